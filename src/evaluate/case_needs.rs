//! Needs of cases as a unit of their own: one row for each need that a case was found to have, or
//! may yet be found to have once a feed has caught up.

use polars::prelude::{Expr as Plan, *};

use crate::columns::{Rings, exact, lower, physical};
use crate::definitions::Definitions;
use crate::definitions::case_need::{
    OUTCOME_RESULT, OUTCOME_STATE, OutcomeState, case_need_columns,
};
use crate::definitions::framework::{Framework, Need};
use crate::definitions::test::TestKind;
use crate::definitions::unit::Unit;
use crate::evaluate::Verdict;
use crate::evaluate::evidence::{JudgedCases, numbered_outcome_tasks, verdicts_in};
use crate::evaluate::frameworks::{outcome_owner, qualified};
use crate::evaluate::outcome_states::{Given, Stand, stands};
use crate::evaluate::overrides::decided_of;
use crate::evaluate::results::open_of;
use crate::evaluate::settle::{code, verdict_of};
use crate::evaluate::task::Task;
use crate::evaluate::unit_scope::{UnitScope, need_column, outcome_column, truth};
use crate::link::{UNIT, number_units};

/// The column of a unit that is not decided yet itself: it is pending in every measure.
pub(crate) const UNDECIDED: &str = "undecided";

/// The column of a need of a case that says whether it stands, or its outcome, by somebody's decision.
pub(crate) const OVERRIDDEN: &str = "overridden";

/// Columns that are needed only while the rows are made.
const CASE: &str = "case";
const ORDER: &str = "order";
const VERDICT: &str = "verdict";
const DECIDED: &str = "decided";

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
    for source in &definitions.sources {
        rings.text.place(&source.title);
        definitions.owner_of(&source.id).iter().for_each(|owner| {
            rings.text.place(owner);
        });
    }
    for verdict in Verdict::ALL {
        rings.text.place(verdict.word());
    }
}

/// The needs of the unit's framework, or of all, in order of case, framework and need.
pub(super) fn case_needs(
    definitions: &Definitions,
    judged: &JudgedCases<'_>,
    unit: &Unit,
) -> PolarsResult<DataFrame> {
    let tasks = numbered_outcome_tasks(definitions);
    let wanted =
        |framework: &&Framework| unit.framework.as_ref().is_none_or(|f| *f == framework.id);
    let mut parts = Vec::new();
    for framework in definitions.frameworks.iter().filter(wanted) {
        for need in &framework.needs {
            let order = u32::try_from(parts.len()).unwrap_or(u32::MAX);
            let part = with_this_need(definitions, judged, &tasks, (framework, need), order)?;
            parts.push(part.lazy());
        }
    }
    if parts.is_empty() {
        return empty();
    }
    let all = concat(parts, UnionArgs::default())?
        .sort([CASE, ORDER], SortMultipleOptions::default())
        .collect()?;
    let others = others_met(&all)?;
    let mut all = all.drop_many([CASE, ORDER, VERDICT, DECIDED]);
    all.with_column(others.into_column())?;
    number_units(&all)
}

/// The cases with one need, or that may yet have it.
fn with_this_need(
    definitions: &Definitions,
    judged: &JudgedCases<'_>,
    tasks: &[Task<'_>],
    (framework, need): (&Framework, &Need),
    order: u32,
) -> PolarsResult<DataFrame> {
    let rings = &judged.linked.inputs.rings;
    let cases = judged.cases;
    let word = |w: &str| exact(rings.text.find(w).unwrap_or(u32::MAX));
    let found = col(need_column(&qualified(framework, &need.id)));
    let undecided = found.clone().eq(code(Verdict::Pending));
    let there = found.eq(code(Verdict::Met)).or(undecided.clone());
    let outcome = framework.outcome_of(&need.id);
    let column = outcome.map(|outcome| outcome_column(&qualified(framework, &outcome.id)));
    let (verdict, open) = match &column {
        Some(column) => {
            let open = col(open_of(column));
            (col(column.as_str()), open.or(col(column.as_str()).eq(code(Verdict::Pending))))
        }
        None => (code(Verdict::Unknown), lit(false)),
    };
    let decided = column.as_ref().map(|column| decided_of(column));
    let decided = decided.filter(|decided| cases.column(decided).is_ok()).map(col);
    let mut verdict_word = lit(NULL).cast(DataType::UInt32);
    for v in Verdict::ALL {
        verdict_word =
            when(verdict.clone().eq(code(v))).then(word(v.word())).otherwise(verdict_word);
    }
    let mut columns = vec![
        col(UNIT).alias(CASE),
        exact(order).alias(ORDER),
        verdict.clone().alias(VERDICT),
        decided.unwrap_or_else(|| lit(false)).alias(DECIDED),
        col("case_id"),
        word(&need.id).alias("need"),
        word(&need.title).alias("need_title"),
        word(&framework.id).alias("framework"),
        word(&need.headline).alias("headline"),
        col("identified_on"),
        verdict_word.alias("outcome_verdict"),
        truth(verdict).alias("outcome_met"),
        open.clone().alias(open_of("outcome_met")),
        open.alias(open_of(OUTCOME_RESULT)),
        undecided.alias(UNDECIDED),
        overridden(framework, need, cases).alias(OVERRIDDEN),
    ];
    // The tests of the outcome on the case's own columns.
    let scope = UnitScope { definitions, linked: judged.linked, period: None };
    let mut whens = Vec::new();
    for (outcome, test) in outcome.iter().flat_map(|o| o.tests.iter().map(move |t| (o, t))) {
        let TestKind::When(asked) = &test.kind else { continue };
        let key = format!("{}.{}", outcome_owner(framework, &outcome.id), test.id);
        let holds = lower(&asked.expr, &scope).cast(DataType::Boolean);
        columns.push(verdict_of(holds).alias(key.as_str()));
        whens.push(key);
    }
    let mut part = cases.clone().lazy().filter(there).select(columns).collect()?;
    let stands = match outcome {
        Some(outcome) => {
            let given = given(&part)?;
            stands(definitions, judged, (framework, outcome), tasks, &given, &part)?
        }
        None => {
            let none = Stand { state: OutcomeState::NoOutcome, window_ends: None, turns_on: None };
            vec![none; part.height()]
        }
    };
    part = part.drop_many(whens);
    tell(definitions, rings, &mut part, &stands)?;
    Ok(part)
}

/// What was found of each of these needs.
fn given(part: &DataFrame) -> PolarsResult<Vec<Given>> {
    let cases = part.column(CASE)?.as_materialized_series().u32()?;
    let yes = |name: &str| part.column(name)?.as_materialized_series().bool().cloned();
    let (undecided, open, decided) =
        (yes(UNDECIDED)?, yes(&open_of("outcome_met"))?, yes(DECIDED)?);
    let verdicts = verdicts_in(part, VERDICT)?.into_iter().enumerate();
    let is = |all: &BooleanChunked, row: usize| all.get(row) == Some(true);
    let given = verdicts.map(|(row, verdict)| Given {
        case: cases.get(row).map_or(usize::MAX, |case| case as usize),
        need_undecided: is(&undecided, row),
        verdict,
        open: is(&open, row),
        decided: is(&decided, row),
    });
    Ok(given.collect())
}

/// Puts where outcomes stand beside their needs.
fn tell(
    definitions: &Definitions,
    rings: &Rings,
    part: &mut DataFrame,
    stands: &[Stand<'_>],
) -> PolarsResult<()> {
    let words = |name: &str, word: &dyn Fn(&Stand<'_>) -> Option<u32>| {
        let places = stands.iter().map(word);
        UInt32Chunked::from_iter_options(name.into(), places).into_column()
    };
    let place = |word: &str| rings.text.find(word);
    let owner = |stand: &Stand<'_>| {
        let source = stand.turns_on.filter(|_| stand.state.lacks_records())?;
        place(&definitions.owner_of(&source.id)?)
    };
    let result = |stand: &Stand<'_>| {
        let found = OutcomeState::RESULTS.iter().position(|result| *result == stand.state);
        found.and_then(|at| u32::try_from(at).ok())
    };
    let ends = stands.iter().map(|stand| stand.window_ends);
    part.with_column(words(OUTCOME_STATE, &|stand| Some(stand.state as u32)))?;
    part.with_column(words(OUTCOME_RESULT, &result))?;
    part.with_column(Int32Chunked::from_iter_options("window_ends_on".into(), ends).into_column())?;
    part.with_column(words("turns_on", &|stand| place(&stand.turns_on?.title)))?;
    part.with_column(words("ask", &owner))?;
    Ok(())
}

/// For each need whether the outcomes of all other needs of its case in its framework are met; nothing where it is
/// the only one.
fn others_met(all: &DataFrame) -> PolarsResult<BooleanChunked> {
    let whose = |name: &str| all.column(name)?.as_materialized_series().u32().cloned();
    let (cases, frameworks) = (whose(CASE)?, whose("framework")?);
    let met = all.column("outcome_met")?.as_materialized_series().bool()?.clone();
    let rows: Vec<_> = cases.iter().zip(frameworks.iter()).zip(met.iter()).collect();
    let mut others = Vec::with_capacity(rows.len());
    for of_case in rows.chunk_by(|(a, _), (b, _)| a == b) {
        let lacking = of_case.iter().filter(|(_, met)| *met != Some(true)).count();
        let alone = of_case.len() == 1;
        let all_met = |met: Option<bool>| lacking == usize::from(met != Some(true));
        others.extend(of_case.iter().map(|(_, met)| (!alone).then(|| all_met(*met))));
    }
    Ok(BooleanChunked::from_iter_options("others_met".into(), others.into_iter()))
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
    let columns = case_need_columns();
    let mut fields: Vec<Field> =
        columns.iter().map(|(name, ty)| Field::new((*name).into(), physical(ty))).collect();
    for name in [open_of("outcome_met"), open_of(OUTCOME_RESULT), UNDECIDED.to_owned()] {
        fields.push(Field::new(name.into(), DataType::Boolean));
    }
    number_units(&DataFrame::empty_with_schema(&fields.into_iter().collect()))
}
