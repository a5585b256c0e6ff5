//! The registers: families, people, memberships, the crosswalk, cases; posts and population.

use crate::sample::county::{AGENCIES, AS_AT, County};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::family::Role;
use crate::sample::feeds::audit_themes::audit_themes;
use crate::sample::feeds::benchmarks::benchmarks;
use crate::sample::feeds::own_words::own_words;
use crate::sample::feeds::school::{self, Schools};
use crate::sample::feeds::{audits, nominal, pupil_number};
use crate::sample::story::{Case, Fate, Story, Tier};

/// Posts and resident children: what the county holds without any family.
pub(in crate::sample) fn county(county: &County, families: u32, draw: &mut Draw, out: &mut Export) {
    for team in &county.teams {
        for post in &team.posts {
            let fte = format!("{}.{:02}", post.fte / 100, post.fte % 100);
            let row = out.workers.row().text(&format!("W{:05}", post.worker)).text(&fte);
            row.text(team.name).day(post.began).maybe(post.ended).end();
        }
    }
    audits::actions(out);
    own_words(out);
    audit_themes(out);
    benchmarks(out);
    let mut resident = 0_i64;
    for ward in &county.wards {
        for (band, share) in [("0 to 4", 27), ("5 to 10", 34), ("11 to 15", 28), ("16 to 17", 11)] {
            let children = families * ward.size * share / 10_000;
            let children = children.saturating_add_signed(draw.between(-9, 9)).max(1);
            let row = out.population.row().text(&ward.code).text(ward.name).text(ward.locality);
            row.text(band).number(children).end();
            resident += i64::from(children);
        }
    }
    // The five groups of the census, from the most to the fewest.
    for (group, per_mille) in
        [("Asian", 48), ("Black", 16), ("Mixed", 24), ("Other", 9), ("White", 903)]
    {
        let row = out.population_groups.row().text(group).number(resident * per_mille / 1000);
        row.text("21/03/2021").end();
    }
}

/// The family, its people and how other agencies know them.
pub(super) fn family(
    story: &Story,
    county: &County,
    in_police: &[u32],
    schools: &Schools,
    out: &mut Export,
) {
    let family = &story.family;
    let ward = county.wards.get(family.ward).map_or("", |w| w.code.as_str());
    out.families.row().id("F", family.number).text(ward).end();
    for person in &family.people {
        let row = out.people.row().id("P", person.number).day(person.born);
        let school = schools.of(person.number, AS_AT).map(|number| number.to_string());
        row.text(person.sex).text(person.ethnicity).text(&school.unwrap_or_default()).end();
        let role = match person.role {
            Role::Parent => "Parent/carer",
            Role::Child => "Child",
            Role::OtherAdult => "Other adult",
        };
        let row = out.members.row().id("P", person.number).id("F", family.number).text(role);
        row.day(person.joined).maybe(person.left).end();

        let known_to_school = school::was_pupil(person);
        let known_to_police = in_police.contains(&person.number);
        if known_to_school || known_to_police {
            let upn = if known_to_school { pupil_number(person.number) } else { String::new() };
            let nominal = if known_to_police { nominal(person.number) } else { String::new() };
            out.id_map.row().id("P", person.number).text(&upn).text(&nominal).end();
        }
    }
}

/// The case itself.
pub(super) fn case(story: &Story, case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    let ward = county.wards.get(story.family.ward);
    let outcome = case.closed.map_or("", |_| match case.fate {
        Fate::NeedsMet if draw.chance(150) => "All goals achieved",
        Fate::NeedsMet => "Needs met",
        Fate::SteppedUp => "Escalated to CSC",
        Fate::Withdrew => "Family disengaged",
        Fate::MovedAway => "Moved out of area",
        Fate::Other => "Other",
    });
    let level = match case.tier {
        Tier::UniversalPlus => "L2",
        Tier::Targeted => "L3",
        Tier::Intensive => "L3+",
    };
    let led = case.planned.is_some() && draw.chance(965) || draw.chance(600);
    let agency = draw.weighted_index([62, 9, 6, 2, 2, 3, 2, 14].into_iter());
    let agency = if draw.chance(40) { "N/A" } else { AGENCIES.get(agency).copied().unwrap_or("") };
    let youngest = story.family.children(case.started, 0, 17).map(|c| c.age(case.started)).min();

    let row = out.cases.row().id("EH", case.number).id("F", story.family.number);
    let row = row.day(case.identified).day(case.started).maybe(case.assessed);
    let row = row.maybe(case.planned).maybe(case.closed).text(outcome).text(level);
    let row = row.text(ward.map_or("", |w| w.locality)).text(ward.map_or("", |w| w.code.as_str()));
    let row = row.text(county.teams.get(case.team).map_or("", |t| t.name));
    let row = row.text(&case.worker.map_or(String::new(), |w| format!("W{w:05}")));
    let row = row.yes(led).text(agency);
    row.text(&youngest.map_or(String::new(), |age| age.to_string())).end();
}
