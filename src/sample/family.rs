//! Who lives in a family: ages, sexes, ethnicity, who joined and left, and how hard life is.

use crate::calendar::Day;
use crate::sample::county::{County, Ward};
use crate::sample::draw::Draw;
use crate::sample::story::known;

/// A person's place in the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A parent or carer.
    Parent,
    /// A child of the family.
    Child,
    /// Another adult of the household.
    OtherAdult,
}

/// One person.
#[derive(Debug)]
pub(super) struct Person {
    /// The number from which all of the person's identifiers are made.
    pub(super) number: u32,
    /// Date of birth.
    pub(super) born: Day,
    /// `F`, `M` or `U`, as the case system writes it.
    pub(super) sex: &'static str,
    /// The case system's ethnicity code.
    pub(super) ethnicity: &'static str,
    /// Place in the family.
    pub(super) role: Role,
    /// The day from which the person belonged to the family.
    pub(super) joined: Day,
    /// The day the person left it.
    pub(super) left: Option<Day>,
}

impl Person {
    /// Age in completed years.
    pub(super) fn age(&self, on: Day) -> i32 {
        on.age_of(self.born)
    }

    /// Whether the person belonged to the family on a day.
    pub(super) fn belongs(&self, on: Day) -> bool {
        self.joined <= on && self.left.is_none_or(|left| left >= on)
    }

    /// Whether the person is a child of compulsory school age on a day.
    pub(super) fn school_age(&self, on: Day) -> bool {
        self.role == Role::Child && (5..=15).contains(&self.age(on))
    }
}

/// One family.
#[derive(Debug)]
pub(super) struct Family {
    /// Its number.
    pub(super) number: u32,
    /// Where it lives, as a place in the list of wards.
    pub(super) ward: usize,
    /// How hard life is: about 50, from 0 to 100.
    pub(super) severity: i32,
    /// How readily it takes up help: about 0, in thousandths of success.
    pub(super) response: i32,
    /// Its people, adults first. There is always one adult and one child.
    pub(super) people: Vec<Person>,
}

const ETHNICITIES: [(&str, u32); 16] = [
    ("WOTH", 22),
    ("WIRI", 3),
    ("WIRT", 4),
    ("MWBC", 9),
    ("MWAS", 6),
    ("MOTH", 6),
    ("AIND", 8),
    ("APKN", 13),
    ("ABAN", 6),
    ("AOTH", 5),
    ("CHNE", 2),
    ("BCRB", 5),
    ("BAFR", 9),
    ("BOTH", 2),
    ("OOTH", 4),
    ("NOBT", 14),
];

impl Family {
    /// The family with this number as it stands on a day.
    pub(super) fn new(number: u32, on: Day, county: &County, draw: &mut Draw) -> Self {
        // Harder wards send more families.
        let need = |w: &Ward| w.size.saturating_add_signed(w.hardship * 4);
        let at = draw.weighted_index(county.wards.iter().map(need));
        let ward = county.wards.get(at);
        let severity = (draw.bell(50, 15) + ward.map_or(0, |w| w.hardship)).clamp(5, 95);
        let minority = draw.chance(ward.map_or(150, |w| w.diversity));
        let ethnicity = if minority { draw.weighted(&ETHNICITIES) } else { "WBRI" };
        let mut family =
            Self { number, ward: at, severity, response: draw.bell(0, 90), people: Vec::new() };
        family.settle(on, ethnicity, draw);
        family
    }

    fn settle(&mut self, on: Day, ethnicity: &'static str, draw: &mut Draw) {
        let ages = child_ages(draw);
        let eldest = on.plus_months(-12 * ages.iter().copied().max().unwrap_or(5));
        let together = eldest.plus_days(-draw.between(200, 1500));
        let carer_sex = draw.weighted(&[("F", 880), ("M", 115), ("U", 5)]);
        self.add(
            eldest.plus_days(-birth_gap(draw)),
            carer_sex,
            ethnicity,
            Role::Parent,
            together,
            draw,
        );
        if draw.chance(560 - (self.severity - 50) * 4) {
            let sex = draw.weighted(&[("M", 88), ("F", 12)]);
            let born = eldest.plus_days(-birth_gap(draw));
            self.add(born, sex, ethnicity, Role::Parent, together, draw);
            if draw.chance(60)
                && let Some(second) = self.people.last_mut()
            {
                second.left = known(on.plus_days(draw.between(60, 500)));
            }
        }
        if draw.chance(50) {
            let born = on.plus_days(-draw.between(19 * 365, 72 * 365));
            let sex = draw.pick(&["F", "M"]);
            let joined = on.plus_days(-draw.between(500, 2000));
            self.add(born, sex, ethnicity, Role::OtherAdult, joined, draw);
        }
        for age in ages {
            let born = on.plus_months(-12 * age).plus_days(-draw.between(0, 364));
            let sex = draw.weighted(&[("M", 520), ("F", 472), ("U", 8)]);
            self.add(born, sex, ethnicity, Role::Child, born, draw);
        }
        let due = on.plus_days(draw.between(20, 200));
        if draw.chance(35)
            && let Some(born) = known(due)
        {
            let sex = draw.pick(&["F", "M"]);
            self.add(born, sex, ethnicity, Role::Child, born, draw);
        }
    }

    fn add(
        &mut self,
        born: Day,
        sex: &'static str,
        ethnicity: &'static str,
        role: Role,
        joined: Day,
        draw: &mut Draw,
    ) {
        let place = u32::try_from(self.people.len()).unwrap_or(9);
        let ethnicity = match draw.between(0, 99) {
            0..=2 => "NOBT",
            3 => "REFU",
            4..=5 if role == Role::Child => "MOTH",
            _ => ethnicity,
        };
        let number = self.number * 10 + place;
        self.people.push(Person { number, born, sex, ethnicity, role, joined, left: None });
    }

    /// The adults who belong on a day.
    pub(super) fn adults(&self, on: Day) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |p| p.role != Role::Child && p.belongs(on))
    }

    /// The children who belong on a day and are of these ages then.
    pub(super) fn children(&self, on: Day, from: i32, to: i32) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |p| {
            p.role == Role::Child && p.belongs(on) && (from..=to).contains(&p.age(on))
        })
    }

    /// The parent who answers for the family.
    pub(super) fn carer(&self) -> Option<&Person> {
        self.people.first()
    }
}

/// One to six ages from 0 to 17, the youngest first.
fn child_ages(draw: &mut Draw) -> Vec<i32> {
    let wanted = draw.weighted(&[(1, 28), (2, 34), (3, 21), (4, 11), (5, 4), (6, 2)]);
    let mut age = draw.weighted(&[
        (0, 9),
        (1, 7),
        (2, 7),
        (3, 8),
        (5, 16),
        (7, 16),
        (9, 15),
        (11, 13),
        (13, 11),
        (14, 8),
    ]);
    age += draw.between(0, 2);
    let mut ages = vec![age];
    while ages.len() < wanted {
        age += draw.between(1, 4);
        if age > 17 {
            break;
        }
        ages.push(age);
    }
    ages
}

/// Days between a parent's birth and the eldest child's.
fn birth_gap(draw: &mut Draw) -> i32 {
    draw.bell(27, 5).clamp(18, 44) * 365 + draw.between(0, 364)
}
