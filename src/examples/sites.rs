//! Every way in which one test can be written slightly wrong: a window a unit too long, a threshold
//! one too low, `>` for `>=`, any for every. Each change is one mutant.

mod expressions;
pub(super) mod records;

use expressions::expressions;

use crate::calendar::Length;
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Comparison, Expr, Literal, Reads, RowFunction};
use crate::definitions::source::{Shape, Silence};
use crate::definitions::test::{
    Asks, PERIOD_END, PERIOD_START, PartsPass, RowTest, SpellsIn, Splits, Stated, Test, TestKind,
    Who, Window,
};
use crate::definitions::words;

/// How a test differs from what was written.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// What was changed, in words.
    pub(super) says: String,
    /// The test as changed.
    pub(super) test: Test,
    /// The edge of the window that was moved, and by how many days; the window itself is as it was.
    pub(super) moved: Option<Moved>,
}

/// An edge of a window by itself: no form of window says it, so it is moved when the dates are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// The first day, by so many days.
    First(i32),
    /// The last day, by so many days.
    Last(i32),
}

/// The edges of a window, moved by a day.
pub(super) const EDGES: [(&str, Moved); 4] = [
    ("the window starts a day earlier", Moved::First(-1)),
    ("the window starts a day later", Moved::First(1)),
    ("the window ends a day earlier", Moved::Last(-1)),
    ("the window ends a day later", Moved::Last(1)),
];

/// Where an expression stands: it decides how it is said and which mistakes are possible.
#[derive(Clone, Copy)]
struct At<'a> {
    definitions: &'a Definitions,
    unit: &'a str,
    over_rows: bool,
    /// Whether unknown is as good as not met, as in a need whose rule has neither `and` nor `not`.
    silence_is_no: bool,
}

impl At<'_> {
    fn say(self, expr: &Expr) -> String {
        words::condition(expr, self.unit, self.over_rows, self.definitions)
    }
}

/// All changes to a test of a unit that can make a difference by the rules of the language.
/// `silence_is_no` says that what the test belongs to takes unknown for not met.
pub(super) fn changes(
    definitions: &Definitions,
    unit: &str,
    test: &Test,
    silence_is_no: bool,
) -> Vec<Change> {
    let at = At { definitions, unit, over_rows: true, silence_is_no };
    match &test.kind {
        TestKind::Rows(rows) => of_rows(at, test, rows),
        TestKind::When(when) => expressions(At { over_rows: false, ..at }, &when.expr)
            .into_iter()
            .map(|(says, expr)| {
                let when = Checked { expr, ..when.clone() };
                Change {
                    says,
                    test: Test { kind: TestKind::When(when), ..test.clone() },
                    moved: None,
                }
            })
            .collect(),
    }
}

/// All changes to a rule: how the tests of a definition decide.
pub(super) fn of_rule(
    definitions: &Definitions,
    unit: &str,
    rule: &Checked,
) -> Vec<(String, Checked)> {
    let at = At { definitions, unit, over_rows: false, silence_is_no: false };
    expressions(at, &rule.expr)
        .into_iter()
        .map(|(says, expr)| (says, Checked { expr, ..rule.clone() }))
        .collect()
}

fn of_rows(at: At<'_>, test: &Test, rows: &RowTest) -> Vec<Change> {
    let mut all = Vec::new();
    let mut push = |says: String, rows: RowTest, moved: Option<Moved>| {
        let kind = TestKind::Rows(Box::new(rows));
        all.push(Change { says, test: Test { kind, ..test.clone() }, moved });
    };
    for (says, window) in lengths(&rows.window) {
        push(format!("window {says}"), RowTest { window, ..rows.clone() }, None);
    }
    if has_movable_edges(&rows.window) {
        for (says, moved) in EDGES {
            push(says.to_owned(), rows.clone(), Some(moved));
        }
    }
    for (says, baseline) in rows.baseline.iter().flat_map(lengths) {
        let rows = RowTest { baseline: Some(baseline), ..rows.clone() };
        push(format!("baseline {says}"), rows, None);
    }
    for spells in other_spells(at.definitions, rows) {
        let says = format!("spells {} for {}", spells_word(spells), spells_word(rows.spells));
        push(says, RowTest { spells, ..rows.clone() }, None);
    }
    for who in other_people(at, rows) {
        let says = format!("{} for {}", who_words(&who), who_words(&rows.who));
        push(says, RowTest { who, ..rows.clone() }, None);
    }
    for (says, splits) in rows.splits.iter().flat_map(other_splits) {
        push(says, RowTest { splits, ..rows.clone() }, None);
    }
    for missing in other_silences(at, rows) {
        let says = match missing {
            Some(stated) => format!("no rows means {}", words::stated(stated)),
            None => "no rows means what the source says".to_owned(),
        };
        push(says, RowTest { missing, ..rows.clone() }, None);
    }
    if let Some(condition) = &rows.condition {
        push("without its `where`".to_owned(), RowTest { condition: None, ..rows.clone() }, None);
        for (says, expr) in expressions(at, &condition.expr) {
            let condition = Some(Checked { expr, ..condition.clone() });
            push(format!("where: {says}"), RowTest { condition, ..rows.clone() }, None);
        }
    }
    let (Asks::Expect(asked) | Asks::Value(asked)) = &rows.asks;
    for (says, expr) in expressions(at, &asked.expr) {
        let asked = Checked { expr, ..asked.clone() };
        let asks = match &rows.asks {
            Asks::Expect(_) => Asks::Expect(asked),
            Asks::Value(_) => Asks::Value(asked),
        };
        push(format!("expect: {says}"), RowTest { asks, ..rows.clone() }, None);
    }
    all
}

/// A window one unit shorter and one unit longer, in words.
pub(super) fn lengths(window: &Window) -> Vec<(String, Window)> {
    let by_one = |count: u32| [count.checked_sub(1), count.checked_add(1)].into_iter().flatten();
    match window {
        Window::After { length, .. }
        | Window::Before { length, .. }
        | Window::UpTo { length, .. } => by_one(length.count)
            .map(|count| {
                let mut other = window.clone();
                if let Window::After { length, .. }
                | Window::Before { length, .. }
                | Window::UpTo { length, .. } = &mut other
                {
                    length.count = count;
                }
                (format!("{} for {length}", Length { count, unit: length.unit }), other)
            })
            .collect(),
        Window::LastPeriods { count, of, .. } | Window::NextPeriods { count, of, .. } => {
            let now = *count;
            by_one(now)
                .filter(|n| *n > 0)
                .map(|n| {
                    let mut other = window.clone();
                    if let Window::LastPeriods { count, .. } | Window::NextPeriods { count, .. } =
                        &mut other
                    {
                        *count = n;
                    }
                    (format!("{of} {n} for {now}"), other)
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Windows that hang from a calendar of periods, or from the reporting period, keep to its days: their
/// edges are not moved.
pub(super) fn has_movable_edges(window: &Window) -> bool {
    let of_calendar = matches!(window, Window::LastPeriods { .. } | Window::NextPeriods { .. });
    // The ends of the reporting period are no dates of the unit that could be moved by a day.
    !of_calendar && !window.anchors().iter().any(|a| *a == PERIOD_START || *a == PERIOD_END)
}

fn other_spells(definitions: &Definitions, rows: &RowTest) -> Vec<SpellsIn> {
    let is_spell =
        definitions.source(&rows.source).is_some_and(|s| matches!(s.shape, Shape::Spell { .. }));
    if !is_spell {
        return Vec::new();
    }
    [SpellsIn::Overlapping, SpellsIn::Starting, SpellsIn::Ending]
        .into_iter()
        .filter(|s| *s != rows.spells)
        .collect()
}

fn spells_word(spells: SpellsIn) -> &'static str {
    match spells {
        SpellsIn::Overlapping => "overlapping",
        SpellsIn::Starting => "starting",
        SpellsIn::Ending => "ending",
    }
}

/// No split, one column fewer, and another number of parts that have to pass.
fn other_splits(splits: &Splits) -> Vec<(String, Option<Splits>)> {
    let mut all = vec![("without its `split_by`".to_owned(), None)];
    for column in splits.by.iter().filter(|_| splits.by.len() > 1) {
        let by = splits.by.iter().filter(|c| *c != column).cloned().collect();
        all.push((format!("not split by {column}"), Some(Splits { by, pass: splits.pass })));
    }
    let others = match splits.pass {
        PartsPass::Every => vec![PartsPass::AtLeast(1)],
        PartsPass::AtLeast(1) => vec![PartsPass::Every, PartsPass::AtLeast(2)],
        PartsPass::AtLeast(n) => {
            vec![PartsPass::Every, PartsPass::AtLeast(n - 1), PartsPass::AtLeast(n + 1)]
        }
    };
    let said = |pass: PartsPass| match pass {
        PartsPass::Every => "every value".to_owned(),
        PartsPass::AtLeast(n) => format!("at least {n}"),
    };
    all.extend(others.into_iter().map(|pass| {
        let says = format!("{} for {}", said(pass), said(splits.pass));
        (says, Some(Splits { pass, ..splits.clone() }))
    }));
    all
}

/// The two other ways to combine, and the widest group in place of a narrower one.
fn other_people(at: At<'_>, rows: &RowTest) -> Vec<Who> {
    let who = &rows.who;
    let Some(group) = who.group() else { return Vec::new() };
    let ways = [Who::Any, Who::Every, Who::Together];
    let mut others: Vec<Who> = ways
        .iter()
        .map(|way| way(group.to_owned()))
        .filter(|w| w != who && !come_to_the_same(at, rows, w))
        .collect();
    let everybody =
        at.definitions.groups.iter().find(|g| {
            matches!(g.condition.expr, Expr::Literal(Literal::YesNo(true))) && g.id != group
        });
    if let Some(everybody) = everybody {
        others.push(match who {
            Who::Any(_) => Who::Any(everybody.id.clone()),
            Who::Every(_) => Who::Every(everybody.id.clone()),
            _ => Who::Together(everybody.id.clone()),
        });
    }
    others
}

/// Whether another way to combine people cannot differ: one row of anybody is one row of all taken
/// together, and no row of each is no row of all.
fn come_to_the_same(at: At<'_>, rows: &RowTest, other: &Who) -> bool {
    let tells = at.definitions.source(&rows.source).is_some_and(|s| s.no_rows == Silence::None);
    let silent = |stated: Stated| rows.missing == Some(stated) || (rows.missing.is_none() && tells);
    match (&rows.who, other) {
        (Who::Any(_), Who::Together(_)) | (Who::Together(_), Who::Any(_)) => {
            (at.silence_is_no || silent(Stated::NotMet)) && asks_for_a_row(rows)
        }
        (Who::Every(_), Who::Together(_)) | (Who::Together(_), Who::Every(_)) => {
            silent(Stated::Met) && asks_for_no_row(rows)
        }
        _ => false,
    }
}

/// Whether a test asks for a row, any row, that holds.
fn asks_for_a_row(rows: &RowTest) -> bool {
    let Asks::Expect(asked) = &rows.asks else { return false };
    match &asked.expr {
        Expr::Rows(Reads::Window, RowFunction::Has(_)) => true,
        Expr::Compare(op, a, b) => {
            counts(a)
                && matches!(
                    (op, number(b)),
                    (Comparison::GreaterOrEqual, Some(1)) | (Comparison::Greater, Some(0))
                )
        }
        _ => false,
    }
}

/// Whether a test asks that no row, or no row that holds, is there.
fn asks_for_no_row(rows: &RowTest) -> bool {
    let Asks::Expect(asked) = &rows.asks else { return false };
    match &asked.expr {
        Expr::Rows(Reads::Window, RowFunction::NoneOf(_) | RowFunction::Every(_)) => true,
        Expr::Compare(op, a, b) => {
            counts(a)
                && matches!(
                    (op, number(b)),
                    (Comparison::Equal | Comparison::LessOrEqual, Some(0))
                        | (Comparison::Less, Some(1))
                )
        }
        _ => false,
    }
}

fn counts(expr: &Expr) -> bool {
    matches!(expr, Expr::Rows(Reads::Window, RowFunction::Count | RowFunction::CountDistinct(_)))
}

/// A small whole number.
fn number(expr: &Expr) -> Option<u8> {
    match expr {
        Expr::Literal(Literal::Number(n)) => (0..=1).find(|whole| f64::from(*whole) == *n),
        _ => None,
    }
}

fn who_words(who: &Who) -> String {
    match who {
        Who::Unit => "the unit".to_owned(),
        Who::Any(group) => format!("any of `{group}`"),
        Who::Every(group) => format!("every one of `{group}`"),
        Who::Together(group) => format!("`{group}` together"),
    }
}

/// What silence could have been taken for instead.
fn other_silences(at: At<'_>, rows: &RowTest) -> Vec<Option<Stated>> {
    if matches!(rows.asks, Asks::Value(_)) {
        return Vec::new();
    }
    let of_source = at.definitions.source(&rows.source).map(|s| s.no_rows);
    // One person's no does not outweigh another's yes, so that no and nobody knows are one.
    if at.silence_is_no && !matches!(rows.who, Who::Every(_)) {
        return match rows.missing {
            None if of_source == Some(Silence::None) && asks_for_a_row(rows) => Vec::new(),
            Some(Stated::Met) => vec![Some(Stated::Unknown)],
            _ => vec![Some(Stated::Met)],
        };
    }
    match rows.missing {
        // A source that would have told us answers the question as it stands.
        None if of_source == Some(Silence::None) => vec![Some(Stated::Unknown)],
        None => vec![Some(Stated::Met), Some(Stated::NotMet)],
        Some(now) => [Stated::Met, Stated::NotMet, Stated::Unknown]
            .into_iter()
            .filter(|s| *s != now)
            .map(Some)
            .collect(),
    }
}
