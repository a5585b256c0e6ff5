//! From what the rows show to a verdict: the final reading of a finished window, and the early
//! reading of one that is still open, where only what more rows cannot change is settled.

use polars::prelude::*;

use crate::columns::{Lowering, exact, lower};
use crate::definitions::expression::{Comparison, Expr as Ask, Literal, Reads, RowFunction};
use crate::definitions::source::Silence;
use crate::definitions::test::Stated;
use crate::evaluate::Verdict;

/// A verdict as a column's constant.
pub(super) fn code(verdict: Verdict) -> Expr {
    exact(verdict as u32)
}

/// Three-valued truth as verdicts.
pub(super) fn verdict_of(truth: Expr) -> Expr {
    settled_by(truth).fill_null(code(Verdict::Unknown))
}

/// Three-valued truth as verdicts, nothing where it is nothing. The verdicts that settle a question are the
/// first two, met before not met, so that whether it does not hold is their number; a chain of conditions would
/// ask for the truth once for each.
pub(super) fn settled_by(truth: Expr) -> Expr {
    truth.not().cast(DataType::UInt32)
}

/// What is stated as a verdict.
pub(super) fn stated(stated: Stated) -> Verdict {
    match stated {
        Stated::Met => Verdict::Met,
        Stated::NotMet => Verdict::NotMet,
        Stated::Unknown => Verdict::Unknown,
        Stated::NotApplicable => Verdict::NotApplicable,
    }
}

/// What a test says when its window is over and empty, if that says anything.
pub(super) fn silence(missing: Option<Stated>, no_rows: Silence) -> Option<Verdict> {
    match (missing, no_rows) {
        (Some(s), _) => Some(stated(s)),
        (None, Silence::Unknown) => Some(Verdict::Unknown),
        (None, Silence::None) => None,
    }
}

/// What is known of a window or a baseline when verdicts are made.
pub(super) struct Closing {
    /// It has dates.
    pub(super) dated: Expr,
    /// It has dates, and all of them lie within what the feed knows.
    pub(super) finished: Expr,
    /// It will never have dates: the unit has ended without the anchor.
    pub(super) never: Expr,
}

/// Which comparisons an open window cannot turn any more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settles {
    WhenTrue,
    WhenFalse,
}

/// The verdict of one test, given the number of rows in its window.
pub(super) fn settle(
    ask: &Ask,
    over: &dyn Lowering,
    rows: Expr,
    window: &Closing,
    baseline: Option<&Closing>,
    silence: Option<Verdict>,
) -> Expr {
    let both_finished = match baseline {
        Some(b) => window.finished.clone().and(b.finished.clone()),
        None => window.finished.clone(),
    };
    let may_settle = match baseline {
        Some(b) => window.dated.clone().and(b.finished.clone()),
        None => window.dated.clone(),
    };
    let never = match baseline {
        Some(b) => window.never.clone().or(b.never.clone()),
        None => window.never.clone(),
    };
    let still_open = when(never).then(code(Verdict::Unknown)).otherwise(code(Verdict::Pending));
    let in_time = when(both_finished)
        .then(verdict_of(lower(ask, over).cast(DataType::Boolean)))
        .when(may_settle)
        .then(settled_by(early(ask, over)))
        .otherwise(lit(NULL).cast(DataType::UInt32))
        .fill_null(still_open);
    match silence {
        Some(verdict) => {
            let silent = window.finished.clone().and(rows.eq(lit(0.0)));
            when(silent).then(code(verdict)).otherwise(in_time)
        }
        None => in_time,
    }
}

/// An expectation as far as more rows cannot change it; nothing for the rest.
fn early(ask: &Ask, over: &dyn Lowering) -> Expr {
    let nothing = || lit(NULL).cast(DataType::Boolean);
    match ask {
        Ask::Not(a) => early(a, over).not(),
        Ask::And(a, b) => early(a, over).and(early(b, over)),
        Ask::Or(a, b) => early(a, over).or(early(b, over)),
        Ask::Rows(Reads::Window, RowFunction::Has(_)) => only(Settles::WhenTrue, ask, over),
        Ask::Rows(Reads::Window, RowFunction::Every(_) | RowFunction::NoneOf(_)) => {
            only(Settles::WhenFalse, ask, over)
        }
        Ask::Compare(op, a, b) => {
            match (counts_rows(a), constant(b), constant(a), counts_rows(b)) {
                (true, Some(limit), _, _) => settled(*op, limit, ask, over),
                (_, _, Some(limit), true) => settled(mirrored(*op), limit, ask, over),
                _ if !may_change(ask) => lower(ask, over),
                _ => nothing(),
            }
        }
        _ if !may_change(ask) => lower(ask, over).cast(DataType::Boolean),
        _ => nothing(),
    }
}

/// Whether more rows can only undo what is asked: it holds of no rows, and once lost it stays lost. What is
/// still open then holds as it stands, for as long as nothing more happens.
pub(super) fn only_undone(ask: &Ask) -> bool {
    one_way(ask, Settles::WhenFalse)
}

/// Whether everything in an expectation can be settled in one way alone.
fn one_way(ask: &Ask, way: Settles) -> bool {
    let turned = match way {
        Settles::WhenTrue => Settles::WhenFalse,
        Settles::WhenFalse => Settles::WhenTrue,
    };
    match ask {
        Ask::Not(a) => one_way(a, turned),
        Ask::And(a, b) | Ask::Or(a, b) => one_way(a, way) && one_way(b, way),
        Ask::Rows(Reads::Window, RowFunction::Has(_)) => way == Settles::WhenTrue,
        Ask::Rows(Reads::Window, RowFunction::Every(_) | RowFunction::NoneOf(_)) => {
            way == Settles::WhenFalse
        }
        Ask::Compare(op, a, b) => {
            let compared = match (counts_rows(a), constant(b), constant(a), counts_rows(b)) {
                (true, Some(limit), _, _) => Some((*op, limit)),
                (_, _, Some(limit), true) => Some((mirrored(*op), limit)),
                _ => None,
            };
            compared.and_then(|(op, limit)| settles(op, limit)) == Some(way)
        }
        _ => false,
    }
}

/// The way in which a comparison of a number of rows can be settled early, if there is one.
fn settles(op: Comparison, limit: f64) -> Option<Settles> {
    match op {
        Comparison::Less | Comparison::LessOrEqual => Some(Settles::WhenFalse),
        Comparison::Equal if limit == 0.0 => Some(Settles::WhenFalse),
        Comparison::Greater | Comparison::GreaterOrEqual => Some(Settles::WhenTrue),
        Comparison::Equal | Comparison::NotEqual => None,
    }
}

fn settled(op: Comparison, limit: f64, ask: &Ask, over: &dyn Lowering) -> Expr {
    match settles(op, limit) {
        Some(way) => only(way, ask, over),
        None => lit(NULL).cast(DataType::Boolean),
    }
}

fn only(settles: Settles, ask: &Ask, over: &dyn Lowering) -> Expr {
    let now = lower(ask, over);
    let kept = if settles == Settles::WhenTrue { now.clone() } else { now.clone().not() };
    when(kept).then(now).otherwise(lit(NULL).cast(DataType::Boolean))
}

fn counts_rows(ask: &Ask) -> bool {
    matches!(ask, Ask::Rows(Reads::Window, RowFunction::Count | RowFunction::CountDistinct(_)))
}

fn constant(ask: &Ask) -> Option<f64> {
    match ask {
        Ask::Literal(Literal::Number(n)) | Ask::Parameter(_, Literal::Number(n)) => Some(*n),
        _ => None,
    }
}

/// Whether more rows could change what is asked. A baseline has finished before anything is settled.
fn may_change(ask: &Ask) -> bool {
    let mut found = false;
    ask.walk(&mut |e| {
        found |= matches!(e, Ask::Rows(Reads::Window, f) if *f != RowFunction::DaysInWindow);
    });
    found
}

fn mirrored(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}
