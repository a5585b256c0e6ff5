//! The fictional county of Marlshire: places, teams, posts, schools and agencies.

use chrono::Weekday;

use crate::calendar::{Day, WorkingDays};
use crate::sample::draw::Draw;

/// 1 April 2023, the day on which the case system went live.
pub(super) const LIVE: Day = Day(19_448);
/// 30 September 2026, the last day that the exports know.
pub(super) const AS_AT: Day = Day(20_726);
/// 31 July 2026: the police feed lags by two months.
pub(super) const POLICE_TO: Day = Day(20_665);

/// A locality: its name, its share of families, its hardship and the names of its teams and wards.
struct Locality {
    name: &'static str,
    hardship: i32,
    teams: &'static [&'static str],
    wards: [&'static str; 8],
}

const LOCALITIES: [Locality; 5] = [
    Locality {
        name: "Northmoor",
        hardship: 4,
        teams: &["Northmoor Hill", "Northmoor Mill"],
        wards: [
            "Garrow Hill",
            "Thornscar",
            "Millbeck",
            "High Lathe",
            "Peat Lane",
            "Calder Row",
            "Scarside",
            "Whinfold",
        ],
    },
    Locality {
        name: "Eastvale",
        hardship: -2,
        teams: &["Eastvale Quay", "Eastvale Rural"],
        wards: [
            "Old Quay",
            "Saltings",
            "Vale Cross",
            "Fenny Row",
            "Brackwater",
            "Harbour Side",
            "Long Staithe",
            "Oxlode",
        ],
    },
    Locality {
        name: "Southdown",
        hardship: -7,
        teams: &["Southdown Chalk", "Southdown Town"],
        wards: [
            "Chalk Pit",
            "Downs End",
            "Larkfield",
            "Beacon",
            "Orchard Way",
            "Sheepwash",
            "Flint Street",
            "Combe",
        ],
    },
    Locality {
        name: "Westmarsh",
        hardship: 2,
        teams: &["Westmarsh Levels", "Westmarsh Port", "Westmarsh Young Families"],
        wards: [
            "The Levels",
            "Reedmere",
            "Portway",
            "Dyke Road",
            "Heronsgate",
            "Withy Bank",
            "Lower Marsh",
            "Ferry Lane",
        ],
    },
    Locality {
        name: "Central",
        hardship: 6,
        teams: &["Central Station", "Central Minster", "Central Park"],
        wards: [
            "Minster",
            "Station Road",
            "Canalside",
            "Market",
            "Foundry",
            "Parkgate",
            "Glassworks",
            "St Anselm",
        ],
    },
];

/// The agencies that lead cases or give services. Their names carry letters beyond ASCII.
pub(super) const AGENCIES: [&str; 8] = [
    "Marlshire Council Early Help",
    "Marlshire Community Health",
    "St Brónach’s Family Centre",
    "Marlshire Citizens’ Advice",
    "Fernside Homes",
    "Haven Marlshire",
    "Café Solé Community Hub",
    "Marlshire Schools Partnership",
];

/// A ward with a fictional code.
#[derive(Debug)]
pub(super) struct Ward {
    /// Its code, outside the ranges of real wards.
    pub(super) code: String,
    /// Its name.
    pub(super) name: &'static str,
    /// Its locality.
    pub(super) locality: &'static str,
    /// Where its schools begin in the list of schools: six for each locality.
    pub(super) first_school: usize,
    /// The team that serves it.
    pub(super) team: usize,
    /// How much harder life is here than in the middle ward; points of severity.
    pub(super) hardship: i32,
    /// How many children live here, relative to the others.
    pub(super) size: u32,
    /// How many families of minority ethnicity there are, in a thousand.
    pub(super) diversity: i32,
}

/// A locality team.
#[derive(Debug)]
pub(super) struct Team {
    /// Its name.
    pub(super) name: &'static str,
    /// How much more often its cases go well, in a thousand.
    pub(super) effect: i32,
    /// Its posts.
    pub(super) posts: Vec<Post>,
}

/// One post: a worker from one day to another.
#[derive(Debug)]
pub(super) struct Post {
    /// The worker's number.
    pub(super) worker: u32,
    /// Hundredths of a full-time equivalent.
    pub(super) fte: u32,
    /// First day.
    pub(super) began: Day,
    /// Last day.
    pub(super) ended: Option<Day>,
}

/// A school: its number and name.
#[derive(Debug)]
pub(super) struct School {
    /// A number in a fictional authority.
    pub(super) number: u32,
    /// Its name.
    pub(super) name: String,
}

/// The whole county.
#[derive(Debug)]
pub(super) struct County {
    /// The forty wards.
    pub(super) wards: Vec<Ward>,
    /// The twelve teams.
    pub(super) teams: Vec<Team>,
    /// Thirty schools: for each locality four primary and two secondary.
    pub(super) schools: Vec<School>,
    days: WorkingDays,
}

impl County {
    /// A county large enough for so many families.
    pub(super) fn new(families: u32, draw: &mut Draw) -> Self {
        let mut county = Self {
            wards: Vec::new(),
            teams: Vec::new(),
            schools: Vec::new(),
            days: WorkingDays::new(&[Weekday::Sat, Weekday::Sun], &[]),
        };
        for locality in &LOCALITIES {
            county.settle(locality, draw);
        }
        county.fill_posts(families, draw);
        county
    }

    fn settle(&mut self, locality: &Locality, draw: &mut Draw) {
        let (first_team, first_school) = (self.teams.len(), self.schools.len());
        for name in locality.teams {
            self.teams.push(Team { name, effect: draw.between(-50, 50), posts: Vec::new() });
        }
        for (at, name) in locality.wards.iter().enumerate() {
            let number = self.wards.len() + 101;
            self.wards.push(Ward {
                code: format!("M05000{number}"),
                name,
                locality: locality.name,
                first_school,
                team: first_team + at % locality.teams.len(),
                hardship: locality.hardship + draw.bell(0, 6),
                size: u32::try_from(draw.between(70, 130)).unwrap_or(100),
                diversity: (120 + locality.hardship * 15 + draw.bell(0, 60)).clamp(20, 450),
            });
        }
        for (at, ward) in locality.wards.iter().take(6).enumerate() {
            let kind = if at < 4 { "Primary School" } else { "Academy" };
            let saint = if at == 1 { "Ste Thérèse’s " } else { "" };
            let number = 9_990_000 + u32::try_from(self.schools.len()).unwrap_or(0) + 1;
            self.schools.push(School { number, name: format!("{saint}{ward} {kind}") });
        }
    }

    /// Fourteen posts for each thousand families keep a caseload of about fifteen.
    fn fill_posts(&mut self, families: u32, draw: &mut Draw) {
        let seats = (families * 14 / 1000).max(12);
        let teams = u32::try_from(self.teams.len()).unwrap_or(1);
        for seat in 0..seats {
            // Seats beyond a round of all teams go to the last teams, which serve harder places.
            let last_round = seat / teams == seats / teams;
            let place = if last_round { teams - 1 - seat % teams } else { seat % teams };
            let Some(team) = self.teams.get_mut(place as usize) else { return };
            let fte = draw.weighted(&[(100, 55), (80, 25), (60, 20)]);
            let mut began = LIVE.plus_days(-draw.between(60, 1500));
            let mut worker = seat * 10 + 1;
            loop {
                let leaves = LIVE.plus_days(draw.between(120, 2600));
                let ended = (leaves > began && leaves < AS_AT.plus_days(-40)).then_some(leaves);
                team.posts.push(Post { worker, fte, began, ended });
                let Some(left) = ended.filter(|_| worker % 10 < 4) else { break };
                began = left.plus_days(draw.between(1, 25));
                worker += 1;
            }
        }
    }

    /// The number of the worker who takes a case of this team on this day.
    pub(super) fn worker(&self, team: usize, on: Day, draw: &mut Draw) -> Option<u32> {
        let in_post = |p: &&Post| p.began <= on && p.ended.is_none_or(|ended| ended > on);
        let posts: Vec<&Post> = self.teams.get(team)?.posts.iter().filter(in_post).collect();
        let at = draw.weighted_index(posts.iter().map(|p| p.fte));
        posts.get(at).map(|p| p.worker)
    }

    /// This day, or the next one on which offices are open.
    pub(super) fn working_day(&self, day: Day) -> Day {
        (0..10)
            .map(|later| day.plus_days(later))
            .find(|d| self.days.between(d.plus_days(-1), *d) == Ok(1))
            .unwrap_or(day)
    }

    /// So many working days after this day.
    pub(super) fn after_working_days(&self, day: Day, count: i32) -> Day {
        self.days.add(day, count).unwrap_or(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_days_are_the_days_they_say() {
        assert_eq!(LIVE.iso(), "2023-04-01");
        assert_eq!(AS_AT.iso(), "2026-09-30");
        assert_eq!(POLICE_TO.iso(), "2026-07-31");
    }

    #[test]
    fn the_county_has_its_places_teams_and_schools() {
        let county = County::new(1500, &mut Draw::new(1, 0));
        assert_eq!((county.wards.len(), county.teams.len(), county.schools.len()), (40, 12, 30));
        for team in 0..12 {
            assert!(county.worker(team, LIVE, &mut Draw::new(1, 1)).is_some(), "team {team}");
        }
    }
}
