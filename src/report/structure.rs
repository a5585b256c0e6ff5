//! What the published figures are, for programs: which count what, which add up to which, and the
//! disclosure policy in numbers. Made from definitions alone, so it can hold nothing that is hidden;
//! whoever wants to check the protection from outside starts here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::definitions::Definitions;
use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::expression::{Checked, Expr};
use crate::definitions::measure::{Counted, Interval, Measure, MeasureKind};
use crate::definitions::population::{conjuncts, headline_of_needs, one_of, own_column};
use crate::definitions::unit::Unit;
use crate::disclosure::Noise;
use crate::measure::Within;
use crate::protect::{Protected, PublishedTable};

/// The layout of the file; it changes when a field changes its meaning.
const LAYOUT: u32 = 1;

/// The structure of what one audience is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structure {
    /// The layout of the file.
    pub layout: u32,
    /// The audience.
    pub audience: String,
    /// Whether it is everybody: whatever else a reader is given, they have this too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// The day as of which everything was judged.
    pub as_at: String,
    /// What is hidden, in numbers.
    pub policy: PolicyNumbers,
    /// The measures with cells, and those from which they are made.
    pub measures: Vec<MeasureStructure>,
    /// The breakdowns of their cells.
    pub breakdowns: Vec<BreakdownStructure>,
}

/// A disclosure policy in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyNumbers {
    /// Counts from 1 to one less than this are hidden; 0 hides nothing.
    pub threshold: u64,
    /// Whether a true nought is shown.
    pub zeros_shown: bool,
    /// Whether it gives way where it would undo what was hidden before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zeros_give_way: bool,
    /// Counts are rounded to this; 1 does not round.
    pub round_to: u64,
    /// How far apart two possible values of a hidden count have to be at least.
    pub width: u64,
    /// How far a printed count may be from the true one because it was changed; nought where none is.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub noise: u64,
}

/// What goes without saying.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_nought(number: &u64) -> bool {
    *number == 0
}

/// What one measure counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureStructure {
    /// Its name.
    pub measure: String,
    /// `count`, `sum`, `proportion`, `mean`, `median`, `distribution`, `ratio`.
    pub kind: String,
    /// Whether the periods add up (`add`), or each holds what its last month holds (`last`).
    pub periods: Periods,
    /// The unit that is counted.
    pub unit: String,
    /// The column whose day puts a unit into a period; empty for stocks.
    pub counted_on: String,
    /// Which units at all: all that fulfil every one of these.
    pub population: Vec<Condition>,
    /// Which of them are left out, reason by reason; the first that holds counts.
    pub left_out: Vec<Vec<Condition>>,
    /// Whether units whose answer is unknown are outside the denominator.
    pub unknown_left_out: bool,
    /// Of a proportion: which are in the numerator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numerator: Vec<Condition>,
    /// Of a distribution: the column of its categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<String>,
    /// Of a ratio: the measure above and the one below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// The interval beside the value: `wilson`, `byar`, `t`, `order_statistic`, `none`.
    pub interval: String,
}

/// How the periods of a measure go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Periods {
    /// A quarter is the sum of its months.
    Add,
    /// A quarter is its last month.
    Last,
}

/// One condition on a unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// A column holds one of these words.
    OneOf {
        /// The column.
        column: String,
        /// The words, in alphabetical order.
        words: Vec<String>,
    },
    /// Anything else, as the definition has it.
    Rule {
        /// The expression.
        rule: String,
    },
}

/// A breakdown and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakdownStructure {
    /// Its name.
    pub breakdown: String,
    /// The column whose words are its levels; its own name where levels are bands.
    pub column: String,
    /// The coarser breakdowns that its levels add up to: breakdown, then level by level.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub within: BTreeMap<String, BTreeMap<String, String>>,
}

impl Structure {
    /// The structure of these tables.
    #[must_use]
    pub fn of(
        definitions: &Definitions,
        protected: &Protected,
        audience: &str,
        policy: &DisclosurePolicy,
    ) -> Self {
        let tables = protected.tables();
        let mut measures: BTreeMap<&str, &Measure> = BTreeMap::new();
        for measure in tables.iter().filter_map(|t| definitions.measure(t.measure())) {
            measures.insert(&measure.id, measure);
            if let MeasureKind::Ratio { over, under } = &measure.kind {
                for part in [over, under].into_iter().filter_map(|id| definitions.measure(id)) {
                    measures.insert(&part.id, part);
                }
            }
        }
        let mut by: Vec<&str> = tables.iter().flat_map(|t| t.by()).map(String::as_str).collect();
        by.sort_unstable();
        by.dedup();
        let breakdowns = by.iter().filter_map(|id| {
            let breakdown = definitions.breakdown(id)?;
            let banded = !breakdown.bands.is_empty();
            let column = if banded { &breakdown.id } else { &breakdown.column };
            let mut within = BTreeMap::new();
            let coarser = by.iter().filter_map(|id| definitions.breakdown(id));
            if breakdown.column == "need" && !banded {
                for headline in coarser.filter(|b| b.column == "headline") {
                    let needs = headline_of_needs(definitions, measures.values().copied());
                    within.insert(headline.id.clone(), needs);
                }
            }
            Some(BreakdownStructure {
                breakdown: breakdown.id.clone(),
                column: column.clone(),
                within,
            })
        });
        Self {
            layout: LAYOUT,
            audience: audience.to_owned(),
            public: definitions.audience(audience).is_some_and(|audience| audience.is_public),
            as_at: definitions.project.as_at.iso(),
            policy: PolicyNumbers {
                threshold: policy.suppress_below,
                zeros_shown: policy.show_zero,
                zeros_give_way: protected.noughts_give_way(),
                round_to: policy.round_to.max(1),
                width: policy.width(),
                noise: policy
                    .cell_key
                    .as_ref()
                    .map_or(0, |key| Noise::furthest(policy.suppress_below, key.most)),
            },
            breakdowns: breakdowns.collect(),
            measures: measures.values().map(|m| MeasureStructure::of(definitions, m)).collect(),
        }
        .with_places(tables, protected.within())
    }

    /// Says of the places in these tables which lie within which.
    fn with_places(mut self, tables: &[PublishedTable], within: &Within) -> Self {
        let shown = |breakdown: &str| -> BTreeSet<&str> {
            let of = |table: &'_ PublishedTable| table.by().iter().position(|by| by == breakdown);
            let levels = tables.iter().filter_map(|table| Some((table, of(table)?)));
            levels
                .flat_map(|(table, at)| table.cells().iter().filter_map(move |c| c.level().get(at)))
                .map(|level| level.code.as_str())
                .collect()
        };
        let columns: Vec<(String, String)> =
            self.breakdowns.iter().map(|b| (b.breakdown.clone(), b.column.clone())).collect();
        for fine in &mut self.breakdowns {
            let shown = shown(&fine.breakdown);
            for (coarse, column) in &columns {
                let Some(words) = within.get(&(fine.column.clone(), column.clone())) else {
                    continue;
                };
                let words = words.iter().filter(|(word, _)| shown.contains(word.as_str()));
                let words = words.map(|(fine, coarse)| (fine.clone(), coarse.clone()));
                fine.within.entry(coarse.clone()).or_insert_with(|| words.collect());
            }
        }
        self
    }
}

impl MeasureStructure {
    fn of(definitions: &Definitions, measure: &Measure) -> Self {
        let all = |checked: &Checked| conditions(&checked.expr, &checked.text);
        let (kind, numerator, categories, parts) = match &measure.kind {
            MeasureKind::Count => ("count", Vec::new(), None, Vec::new()),
            MeasureKind::Sum { .. } => ("sum", Vec::new(), None, Vec::new()),
            MeasureKind::Proportion { numerator } => {
                ("proportion", all(numerator), None, Vec::new())
            }
            MeasureKind::Mean { .. } => ("mean", Vec::new(), None, Vec::new()),
            MeasureKind::Quartile { which, .. } => (which.word(), Vec::new(), None, Vec::new()),
            MeasureKind::Distribution { value, .. } => (
                "distribution",
                Vec::new(),
                Some(own_column(&value.expr).unwrap_or(&value.text)),
                Vec::new(),
            ),
            MeasureKind::Ratio { over, under } => {
                ("ratio", Vec::new(), None, vec![over.clone(), under.clone()])
            }
        };
        let (periods, counted_on) = match &measure.counted {
            Counted::On { column, parent } => {
                let of = definitions.unit(&measure.unit).filter(|_| *parent);
                let of = of.and_then(|u: &Unit| u.of.as_deref()).map(|of| format!("{of}."));
                (Periods::Add, format!("{}{column}", of.unwrap_or_default()))
            }
            Counted::AtPeriodEnd | Counted::FromParts => (Periods::Last, String::new()),
        };
        Self {
            measure: measure.id.clone(),
            kind: kind.to_owned(),
            periods,
            unit: measure.unit.clone(),
            counted_on,
            population: measure.population.as_ref().map(all).unwrap_or_default(),
            left_out: measure.exclude.iter().map(|e| all(&e.when)).collect(),
            unknown_left_out: measure.leaves_out_unknown(),
            numerator,
            categories: categories.map(str::to_owned),
            parts,
            interval: match measure.interval {
                Interval::Wilson => "wilson",
                Interval::Byar => "byar",
                Interval::T => "t",
                Interval::OrderStatistic => "order_statistic",
                Interval::None => "none",
            }
            .to_owned(),
        }
    }
}

/// A condition as the conditions that all have to hold, in order.
fn conditions(expr: &Expr, text: &str) -> Vec<Condition> {
    // A part has no text of its own: the whole stands for it, once.
    let rule = || Condition::Rule { rule: text.to_owned() };
    let condition = |part: &Expr| match one_of(part) {
        Some((column, words)) => Condition::OneOf { column: column.to_owned(), words },
        None => rule(),
    };
    let mut found: Vec<Condition> = conjuncts(expr).into_iter().map(condition).collect();
    found.sort();
    found.dedup();
    found
}
