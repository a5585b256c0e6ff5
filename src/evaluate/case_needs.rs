//! Needs of cases as a unit of their own: one row for each need that a case was found to have, or
//! may yet be found to have once a feed has caught up.

use polars::prelude::{Expr as Plan, *};

use crate::columns::{Rings, exact, physical};
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::framework::{Framework, Need};
use crate::definitions::unit::Unit;
use crate::evaluate::Verdict;
use crate::evaluate::frameworks::qualified;
use crate::evaluate::overrides::decided_of;
use crate::evaluate::results::open_of;
use crate::evaluate::settle::code;
use crate::evaluate::unit_scope::{need_column, outcome_column, truth};
use crate::link::{UNIT, number_units};

/// The column of a unit that is not decided yet itself: it is pending in every measure.
pub(crate) const UNDECIDED: &str = "undecided";

/// The column of a need of a case that says whether it stands, or its outcome, by somebody's decision.
pub(crate) const OVERRIDDEN: &str = "overridden";

/// Gives the words that needs are made of their places, before frames are built from them.
pub(super) fn place_words(definitions: &Definitions, rings: &mut Rings) {
    for framework in &definitions.frameworks {
        rings.text.place(&framework.id);
        for headline in &framework.headlines {
            rings.text.place(&headline.id);
        }
        for need in &framework.needs {
            rings.text.place(&need.id);
            rings.text.place(&need.title);
        }
    }
    for verdict in Verdict::ALL {
        rings.text.place(verdict.word());
    }
}

/// The needs of the unit's framework, or of all, in order of case, framework and need.
pub(super) fn case_needs(
    definitions: &Definitions,
    rings: &Rings,
    cases: &DataFrame,
    unit: &Unit,
) -> PolarsResult<DataFrame> {
    let word = |w: &str| exact(rings.text.find(w).unwrap_or(u32::MAX));
    let mut parts = Vec::new();
    let wanted =
        |framework: &&Framework| unit.framework.as_ref().is_none_or(|f| *f == framework.id);
    for framework in definitions.frameworks.iter().filter(wanted) {
        for need in &framework.needs {
            let found = col(need_column(&qualified(framework, &need.id)));
            let undecided = found.clone().eq(code(Verdict::Pending));
            let there = found.eq(code(Verdict::Met)).or(undecided.clone());
            let order = u32::try_from(parts.len()).unwrap_or(u32::MAX);
            let (verdict, open) = match framework.outcome_of(&need.id) {
                Some(outcome) => {
                    let column = outcome_column(&qualified(framework, &outcome.id));
                    let open = open_of(&column);
                    let open = col(open).or(col(column.as_str()).eq(code(Verdict::Pending)));
                    (col(column), open)
                }
                None => (code(Verdict::Unknown), lit(false)),
            };
            let mut verdict_word = lit(NULL).cast(DataType::UInt32);
            for v in Verdict::ALL {
                verdict_word =
                    when(verdict.clone().eq(code(v))).then(word(v.word())).otherwise(verdict_word);
            }
            parts.push(cases.clone().lazy().filter(there).select([
                col(UNIT).alias("case"),
                exact(order).alias("order"),
                col("case_id"),
                word(&need.id).alias("need"),
                word(&need.title).alias("need_title"),
                word(&framework.id).alias("framework"),
                word(&need.headline).alias("headline"),
                col("identified_on"),
                verdict_word.alias("outcome_verdict"),
                truth(verdict).alias("outcome_met"),
                open.alias(open_of("outcome_met")),
                undecided.alias(UNDECIDED),
                overridden(framework, need, cases).alias(OVERRIDDEN),
            ]));
        }
    }
    if parts.is_empty() {
        return empty();
    }
    let all = concat(parts, UnionArgs::default())?
        .sort(["case", "order"], SortMultipleOptions::default())
        .collect()?;
    number_units(&all.drop_many(["case", "order"]))
}

/// Whether somebody decided that the need is there, or about its outcome.
fn overridden(framework: &Framework, need: &Need, cases: &DataFrame) -> Plan {
    let outcome = framework.outcome_of(&need.id);
    let outcome = outcome.map(|o| outcome_column(&qualified(framework, &o.id)));
    let columns = [Some(need_column(&qualified(framework, &need.id))), outcome];
    let decided = columns.into_iter().flatten().map(|column| decided_of(&column));
    let decided = decided.filter(|column| cases.column(column).is_ok()).map(col);
    decided.reduce(Plan::or).unwrap_or_else(|| lit(false))
}

/// No needs at all: no framework is in use.
fn empty() -> PolarsResult<DataFrame> {
    let text = physical(&Type::Text);
    let words = ["need", "need_title", "framework", "headline", "outcome_verdict"];
    let mut fields: Vec<Field> =
        words.iter().map(|w| Field::new((*w).into(), text.clone())).collect();
    fields.push(Field::new("case_id".into(), DataType::UInt32));
    fields.push(Field::new("identified_on".into(), DataType::Int32));
    fields.push(Field::new("outcome_met".into(), DataType::Boolean));
    fields.push(Field::new(open_of("outcome_met").into(), DataType::Boolean));
    fields.push(Field::new(UNDECIDED.into(), DataType::Boolean));
    fields.push(Field::new(OVERRIDDEN.into(), DataType::Boolean));
    number_units(&DataFrame::empty_with_schema(&fields.into_iter().collect()))
}
