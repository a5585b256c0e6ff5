//! A small sound folder: one of each kind of definition.

use std::path::Path;

use crate::definitions::Definitions;
use crate::definitions::load::load_texts;

pub(crate) const PROJECT: &str = r#"
[file]
language = 1
id = "town"
title = "Town"
[project]
council = "Town Council"
as_at = 2026-09-30
uses = ["core", "rules", "figures", "feeds", "stories"]
[calendar.terms]
kind = "named_periods"
[calendar.terms.periods]
autumn = { start = 2025-09-01, end = 2025-12-19 }
spring = { start = 2026-01-05, end = 2026-03-27 }
[parameter.regular]
type = "proportion"
value = 0.9
title = "Regular attendance"
[parameter.limit]
type = "number"
unit = "working_days"
value = 45
title = "Time allowed"
[parameter.lasting]
type = "number"
unit = "months"
value = 6
title = "How long an outcome has to last"
[breakdown.area]
title = "Area"
value = "area"
[breakdown.age]
title = "Age"
value = "youngest"
bands = [{ name = "young", from = 0, to = 4 }, { name = "older", from = 5, to = 17 }]
[disclosure.open]
title = "Nothing hidden"
suppress_below = 0
round_to = 1
[audience.inside]
title = "Managers"
disclosure = "open"
[audience.police]
title = "Police"
disclosure = "open"
[allow.reference_unchecked]
rules = ["rules.*"]
why = "The town is not a real one"
until = 2026-12-31
[allow.no_example]
rules = ["rules.*"]
why = "One story is enough here"
until = 2026-12-31
"#;

pub(crate) const CORE: &str = r#"
[file]
language = 1
id = "core"
title = "Core"
[unit.case]
title = "A case"
plural = "cases"
source = "cases"
[unit.case.anchor]
identified_on = "identified_on"
closed_on = "closed_on"
[group.children]
title = "children"
where = "age_on(unit.identified_on) < 18"
[group.with_this_need]
title = "those with the need"
where = "has_this_need"
[source.people]
title = "People"
shape = "entity"
about = "person"
key = ["person_id"]
[source.people.columns]
person_id = { type = "id", of = "person" }
date_of_birth = { type = "date" }
[source.cases]
title = "Cases"
shape = "spell"
about = "case"
key = ["case_id"]
start = "identified_on"
end = "closed_on"
no_rows = "none"
[source.cases.columns]
case_id = { type = "id", of = "case" }
family_id = { type = "id", of = "family" }
identified_on = { type = "date" }
closed_on = { type = "date", optional = true }
decided_on = { type = "date", optional = true }
area = { type = "text", optional = true }
youngest = { type = "number", unit = "years", optional = true }
reason = { type = "code", codes = ["met", "moved"], optional = true }
[source.police]
title = "Police"
shape = "event"
about = "person"
key = ["incident_id"]
date = "happened_on"
no_rows = "none"
[source.police.columns]
incident_id = { type = "id", of = "incident" }
person_id = { type = "id", of = "person" }
happened_on = { type = "date" }
kind = { type = "code", codes = ["crime", "missing"] }
[source.attendance]
title = "Attendance"
shape = "period"
about = "person"
key = ["person_id", "starts_on"]
start = "starts_on"
end = "ends_on"
calendar = "terms"
[source.attendance.columns]
person_id = { type = "id", of = "person" }
starts_on = { type = "date" }
ends_on = { type = "date" }
possible = { type = "number", unit = "sessions" }
attended = { type = "number", unit = "sessions" }
share = { type = "proportion", formula = "attended / possible" }
"#;

pub(crate) const RULES: &str = r#"
[file]
language = 1
id = "rules"
title = "Rules"
valid = { from = 2022-04-01, by = "case.identified_on" }
reference = { document = "The guidance", checked = false }
[headline.safety]
title = "Safe"
[need.missing]
headline = "safety"
title = "A child went missing"
[need.missing.test.episode]
source = "police"
who = "children"
combine = "any"
where = "kind = 'missing'"
window = { before = "identified_on", for = "12 months" }
expect = "count(*) >= 1"
[outcome.found]
need = "missing"
title = "Not missing for six months"
sustained = "6 months"
[outcome.found.test.none]
source = "police"
who = "with_this_need"
combine = "every"
where = "kind = 'missing'"
window = { after = "closed_on", for = "6 months" }
expect = "count(*) = 0"
[claim.success]
title = "Success"
rule = "needs_identified >= 1 and every_need_met and closed"
[claim.success.test.closed]
when = "closed_on is not null"
"#;

pub(crate) const FIGURES: &str = r#"
[file]
language = 1
id = "figures"
title = "Figures"
[defaults.measure]
owner = "Performance"
audience = ["inside"]
periods = ["month", "quarter"]
by = ["area"]
[fact.attending]
title = "Attending"
unit = "case"
source = "attendance"
who = "children"
combine = "every"
window = { last = 2, of = "terms", by = "closed_on" }
expect = "every(share >= param.regular)"
[measure.closed]
title = "Cases closed"
description = "Cases closed"
why = "To know"
unit = "case"
kind = "count"
counted_on = "closed_on"
[measure.met]
title = "Needs met"
description = "Of cases closed, those with success"
why = "To know"
unit = "case"
kind = "proportion"
counted_on = "closed_on"
population = "need.missing"
exclude = [{ name = "moved", when = "reason = 'moved'", why = "Nobody can know" }]
numerator = "outcome.found and attending"
[pack.monthly]
title = "Monthly"
audience = "inside"
period = "month"
headlines = ["closed"]
[pack.monthly.section.all]
title = "All"
figures = [{ measure = "met", chart = "bars", by = ["area"] }]
"#;

pub(crate) const FEEDS: &str = r#"
[file]
language = 1
id = "feeds"
title = "Feeds"
[map.cases]
from = "cases.csv"
complete_to = 2026-09-30
[map.cases.columns]
case_id = { column = "ID" }
family_id = { column = "FAMILY" }
identified_on = { column = "FOUND" }
reason = { column = "REASON", codes = "reasons" }
[map.police]
from = "police.csv"
complete_to = { newest = "happened_on", less = "2 months" }
[map.police.columns]
incident_id = { column = "URN" }
person_id = { column = "PERSON" }
happened_on = { column = "DATE" }
kind = { column = "KIND" }
[map.attendance]
from = "attendance.csv"
complete_to = 2026-07-31
[map.attendance.columns]
person_id = { column = "PERSON" }
starts_on = { column = "FROM" }
ends_on = { column = "TO" }
possible = { column = "POSS" }
attended = { column = "ATT" }
[codes.reasons]
unmapped = "missing"
[codes.reasons.map]
"Needs met" = "met"
"#;

pub(crate) const STORIES: &str = r#"
[file]
language = 1
id = "stories"
title = "Stories"
[cast.lees]
cases = [{ case_id = "C1", family_id = "F1", identified_on = 2024-01-10 }]
[[example]]
of = "rules.outcome.found"
says = "Still open"
cast = "lees"
given.police = [{ incident_id = "I1", person_id = "P1", happened_on = 2023-06-01, kind = "missing" }]
expect = { C1 = "pending" }
"#;

/// The files of the folder by name, in order of their names.
pub(crate) const FILES: [(&str, &str); 6] = [
    ("core.toml", CORE),
    ("feeds.toml", FEEDS),
    ("figures.toml", FIGURES),
    ("project.toml", PROJECT),
    ("rules.toml", RULES),
    ("stories.toml", STORIES),
];

/// The folder, loaded.
pub(crate) fn definitions() -> Definitions {
    load_texts(Path::new("town"), &FILES).definitions.expect("a sound folder")
}
