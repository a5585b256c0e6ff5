//! Decisions in the place of what rules found.

use std::collections::BTreeMap;

use early_help::calendar::Day;
use early_help::definitions::framework::Framework;
use early_help::definitions::overrides::{Override, Ruled};
use early_help::evaluate::Verdict;

use super::value::Row;
use super::window::dates;
use super::world::{Subject, World};

/// A need, outcome or claim of a case as its rule found it.
pub(super) struct Found<'a> {
    pub(super) framework: &'a Framework,
    pub(super) kind: Ruled,
    pub(super) id: &'a str,
    pub(super) verdict: Verdict,
    /// Whether the windows of all that it rests on have finished.
    pub(super) finished: bool,
    /// The verdicts of the needs without which there is nothing to decide about.
    pub(super) needs: Vec<Verdict>,
}

/// The verdict that stands, and the role of whoever decided it, and when, if its rule found another.
pub(super) fn stands(
    world: &World,
    case: &Subject,
    found: &Found,
) -> (Verdict, Option<(String, Day)>) {
    let about = format!("{}.{}.{}", found.framework.id, found.kind.word(), found.id);
    let mut last: Option<&Row> = None;
    for row in world.rows("overrides") {
        let of_case = row.get("case_id").words() == case.identifier("case").as_deref();
        let of_this = row.get("definition").words() == Some(&about);
        if !of_case || !of_this || refused(world, case, row).is_some() {
            continue;
        }
        let order = |row: &Row| (row.get("decided_on").day(), row.number);
        if last.is_none_or(|last| order(last) < order(row)) {
            last = Some(row);
        }
        world.effects.borrow_mut().insert(row.number, "superseded".to_owned());
    }
    let Some(row) = last else { return (found.verdict, None) };
    let decided = Verdict::from_word(row.get("verdict").words().expect("a verdict"));
    let decided = decided.expect("a verdict");
    let all = |v: Verdict| found.needs.iter().all(|need| *need == v);
    let any = |v: Verdict| found.needs.contains(&v);
    let effect = if found.kind == Ruled::Need && found.verdict == Verdict::NotApplicable
        || found.kind != Ruled::Need && all(Verdict::NotApplicable)
    {
        "outside_the_framework_dates"
    } else if found.kind != Ruled::Need && !any(Verdict::Met) && !any(Verdict::Pending) {
        "need_not_found"
    } else if found.kind != Ruled::Need && !any(Verdict::Met)
        || found.verdict == Verdict::Pending
        || !found.finished
    {
        "window_open"
    } else if found.verdict == decided {
        "as_by_rule"
    } else {
        "counted"
    };
    world.effects.borrow_mut().insert(row.number, effect.to_owned());
    if effect == "counted" {
        let role = row.get("role").words().expect("a role").to_owned();
        (decided, Some((role, row.get("decided_on").day().expect("a day"))))
    } else {
        (found.verdict, None)
    }
}

/// Why a decision does not count, whatever the rule found.
fn refused(world: &World, case: &Subject, row: &Row) -> Option<&'static str> {
    let Some(rule) = lets(world, row) else { return Some("not_open_to_decision") };
    let roles = world.definitions.roles().expect("roles");
    let role = row.get("role").words().and_then(|role| roles.index_of(role));
    if role.is_none_or(|role| !rule.roles.contains(&role)) {
        return Some("role_not_approved");
    }
    if row.get("reason").is_nothing() {
        return Some("no_reason");
    }
    let day = row.get("decided_on").day().expect("a day");
    if day > world.as_at() {
        return Some("after_as_at");
    }
    match dates(world, case, &rule.window) {
        Some((_, last)) if day > last => Some("too_late"),
        Some((first, _)) if day >= first => None,
        _ => Some("too_early"),
    }
}

/// The override that lets a row decide what it does.
fn lets<'w>(world: &'w World, row: &Row) -> Option<&'w Override> {
    let about = row.get("definition");
    let [framework, kind, id] = about.words()?.split('.').collect::<Vec<_>>()[..] else {
        return None;
    };
    let overrides = &world.definitions.framework(framework)?.overrides;
    overrides.iter().find(|rule| {
        rule.decides.word() == kind
            && rule.only.iter().any(|only| only == id)
            && Some(rule.verdict.word()) == row.get("verdict").words()
    })
}

/// What became of each decision, by case, definition and day.
pub(crate) fn effects(world: &World) -> BTreeMap<(String, String, String), String> {
    // Those that rules have to be held against are decided with their needs, outcomes and claims.
    world.need_lines();
    world.claim_lines();
    let cases = world.cases();
    let mut all = BTreeMap::new();
    for row in world.rows("overrides") {
        let text = |column: &str| row.get(column).written();
        let case = cases.iter().find(|c| c.identifier("case") == Some(text("case_id")));
        let refused = match case {
            None => Some("no_such_case"),
            Some(case) => refused(world, case, row),
        };
        let effect = match refused {
            Some(refused) => refused.to_owned(),
            None => world.effects.borrow()[&row.number].clone(),
        };
        all.insert((text("case_id"), text("definition"), text("decided_on")), effect);
    }
    all
}
