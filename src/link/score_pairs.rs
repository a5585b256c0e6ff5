//! Score pairs: for each case, person, scale and domain, the score at the start and at the close.

use polars::prelude::*;

use polars_ops::frame::JoinCoalesce;

use crate::columns::{ROW, exact};
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::measure::GoodIs;
use crate::link::units::number_units;
use crate::link::{Linked, PERSON};

/// The source of scores.
const SCORES: &str = "scores";
/// What the `change` column of a score pair can say, in the order of its codes.
pub const CHANGES: [&str; 3] = ["improved", "same", "worse"];

/// The pairs, in order of case, person, scale and domain.
pub(super) fn score_pairs(definitions: &Definitions, linked: &Linked) -> PolarsResult<DataFrame> {
    let (Some(source), Some(rows)) =
        (definitions.source(SCORES), linked.inputs.sources.get(SCORES))
    else {
        return Ok(DataFrame::empty());
    };
    let code = |column: &str, word: &str| match source.column(column).map(|c| &c.ty) {
        Some(Type::Code(list)) => list.index_of(word).unwrap_or(u32::MAX),
        _ => u32::MAX,
    };
    let stage = |word: &str| col("stage").eq(lit(code("stage", word)));
    let keys = ["case_id", PERSON, "scale", "domain"];
    let key_columns = keys.map(col);
    // Date and row as one number: sorting by it is cheap, and no two rows are equal in it.
    let order = col("scored_on").cast(DataType::Int64) * exact(1_i64 << 32) + col(ROW);
    let scores = rows
        .frame
        .clone()
        .lazy()
        .filter(stage("start").or(stage("close")))
        .with_column(order.alias("order"))
        .select(
            key_columns
                .iter()
                .cloned()
                .chain(["stage", "score", "order"].map(col))
                .collect::<Vec<_>>(),
        )
        .sort(["order"], SortMultipleOptions::default())
        .collect()?;
    let at = |word: &str, score: Expr, name: &str| {
        let scores = scores.clone().lazy().filter(stage(word));
        // Rows keep their order within a group; the order of groups is settled below.
        scores.group_by(key_columns.clone()).agg([score.alias(name)])
    };
    let starts = at("start", col("score").first(), "start_score");
    let closes = at("close", col("score").last(), "end_score");
    let both =
        JoinArgs { coalesce: JoinCoalesce::CoalesceColumns, ..JoinArgs::new(JoinType::Full) };
    let pairs = starts
        .join(closes, key_columns.clone(), key_columns, both)
        .sort(keys, SortMultipleOptions::default());
    let gain = col("end_score") - col("start_score");
    let mut change = lit(NULL).cast(DataType::UInt32);
    for scale in &definitions.scales {
        let Some(meaningful) = &scale.meaningful else { continue };
        let better = match scale.better {
            GoodIs::High => gain.clone(),
            GoodIs::Low => lit(0.0) - gain.clone(),
        };
        let points = lit(meaningful.points);
        change =
            when(col("scale").eq(lit(code("scale", &scale.id))).and(better.clone().is_not_null()))
                .then(
                    when(better.clone().gt_eq(points.clone()))
                        .then(exact(0_u32))
                        .when(better.lt_eq(lit(0.0) - points))
                        .then(exact(2_u32))
                        .otherwise(exact(1_u32)),
                )
                .otherwise(change);
    }
    let pairs = pairs.with_column(change.alias("change")).collect()?;
    number_units(&pairs)
}
