//! Published numbers and cells. Their fields are private to `protect`: nothing else can make one,
//! and `report` and `render` accept no other number.

use std::fmt;

use crate::calendar::Period;
use crate::measure::Level;
use crate::statistics::Decimal;

/// How a published number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// A whole number of things.
    Count,
    /// A share of 100.
    Percent,
    /// Any other number.
    Plain,
}

/// A number that may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedNumber {
    pub(in crate::protect) decimal: Decimal,
    pub(in crate::protect) kind: NumberKind,
}

impl PublishedNumber {
    /// A published number for the tests of renderers.
    #[cfg(test)]
    pub(crate) fn for_tests(value: f64, places: u8, kind: NumberKind) -> Self {
        Self { decimal: Decimal::nearest(value, places).expect("finite"), kind }
    }

    /// For coordinates of charts; exactly what is printed, never more precise.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.decimal.as_f64()
    }

    /// How it is written.
    #[must_use]
    pub fn kind(self) -> NumberKind {
        self.kind
    }

    /// With how many digits behind the point it was published.
    #[must_use]
    pub fn places(self) -> u8 {
        self.decimal.places()
    }

    /// For files: digits with a point, no separators, no unit.
    #[must_use]
    pub fn plain(self) -> String {
        self.decimal.to_string()
    }

    /// What separates two published numbers, as far as they were published.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self { decimal: self.decimal.minus(other.decimal), kind: self.kind }
    }

    /// Whether it is nought as printed.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.decimal.is_zero()
    }
}

/// For pages: `1,234`, `84.8%`, `−0.4`.
impl fmt::Display for PublishedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decimal.grouped())?;
        f.write_str(if self.kind == NumberKind::Percent { "%" } else { "" })
    }
}

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// Hidden to protect people.
    Confidential,
    /// Not available, or not yet known.
    NotAvailable,
    /// Not applicable: nothing to compute it from.
    NotApplicable,
}

impl Symbol {
    /// All of them, in the order in which they are explained.
    pub const ALL: [Self; 3] = [Self::Confidential, Self::NotAvailable, Self::NotApplicable];

    /// The shorthand on pages: `[c]`.
    #[must_use]
    pub fn shorthand(self) -> &'static str {
        match self {
            Self::Confidential => "[c]",
            Self::NotAvailable => "[x]",
            Self::NotApplicable => "[z]",
        }
    }

    /// What the shorthand means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Confidential => "confidential: hidden so that nobody can be recognised",
            Self::NotAvailable => "not available, or not yet known",
            Self::NotApplicable => "not applicable: nothing to compute it from",
        }
    }
}

/// A number, or why there is none. Never a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The number.
    Number(PublishedNumber),
    /// Why there is none.
    Symbol(Symbol),
}

impl Shown {
    /// The number, if there is one.
    #[must_use]
    pub fn number(self) -> Option<PublishedNumber> {
        match self {
            Self::Number(n) => Some(n),
            Self::Symbol(_) => None,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => n.fmt(f),
            Self::Symbol(s) => f.write_str(s.shorthand()),
        }
    }
}

/// A cell that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCell {
    pub(in crate::protect) period: Period,
    pub(in crate::protect) level: Vec<Level>,
    pub(in crate::protect) numerator: Shown,
    pub(in crate::protect) denominator: Shown,
    pub(in crate::protect) value: Shown,
    pub(in crate::protect) lower: Shown,
    pub(in crate::protect) upper: Shown,
    pub(in crate::protect) pending: Shown,
    pub(in crate::protect) unknown: Shown,
    pub(in crate::protect) left_out: Vec<Shown>,
    pub(in crate::protect) overridden: Shown,
}

impl PublishedCell {
    /// The period.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }

    /// The level in each breakdown; empty for the whole council.
    #[must_use]
    pub fn level(&self) -> &[Level] {
        &self.level
    }

    /// Those for which it holds; for counts, the count.
    #[must_use]
    pub fn numerator(&self) -> Shown {
        self.numerator
    }

    /// All that were counted.
    #[must_use]
    pub fn denominator(&self) -> Shown {
        self.denominator
    }

    /// The value of the measure: a percentage, a mean, a count, a ratio.
    #[must_use]
    pub fn value(&self) -> Shown {
        self.value
    }

    /// Lower end of the 95% interval.
    #[must_use]
    pub fn lower(&self) -> Shown {
        self.lower
    }

    /// Upper end of the 95% interval.
    #[must_use]
    pub fn upper(&self) -> Shown {
        self.upper
    }

    /// Units whose answer is not due yet.
    #[must_use]
    pub fn pending(&self) -> Shown {
        self.pending
    }

    /// Units whose answer is not known.
    #[must_use]
    pub fn unknown(&self) -> Shown {
        self.unknown
    }

    /// Of the units counted, those that rest on somebody's decision. Only for those from whom nothing is
    /// hidden.
    #[must_use]
    pub fn overridden(&self) -> Shown {
        self.overridden
    }

    /// Units left out, for each exclusion of the measure in its order.
    #[must_use]
    pub fn left_out(&self) -> &[Shown] {
        &self.left_out
    }
}

/// The published cells of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedTable {
    pub(in crate::protect) measure: String,
    pub(in crate::protect) unit: String,
    pub(in crate::protect) by: Vec<String>,
    pub(in crate::protect) cells: Vec<PublishedCell>,
}

impl PublishedTable {
    /// The measure.
    #[must_use]
    pub fn measure(&self) -> &str {
        &self.measure
    }

    /// What is counted, in the plural.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The breakdowns crossed.
    #[must_use]
    pub fn by(&self) -> &[String] {
        &self.by
    }

    /// Period by period, levels in declared order.
    #[must_use]
    pub fn cells(&self) -> &[PublishedCell] {
        &self.cells
    }
}

#[cfg(test)]
impl PublishedCell {
    /// A published cell for the tests of renderers: numerator, denominator, value, lower, upper,
    /// pending and unknown.
    pub(crate) fn for_tests(period: Period, level: Vec<Level>, shown: [Shown; 7]) -> Self {
        let [numerator, denominator, value, lower, upper, pending, unknown] = shown;
        let left_out = Vec::new();
        Self {
            period,
            level,
            numerator,
            denominator,
            value,
            lower,
            upper,
            pending,
            unknown,
            left_out,
            overridden: Shown::Symbol(Symbol::Confidential),
        }
    }
}

#[cfg(test)]
impl PublishedTable {
    /// A published table for the tests of renderers.
    pub(crate) fn for_tests(
        measure: &str,
        unit: &str,
        by: &[&str],
        cells: Vec<PublishedCell>,
    ) -> Self {
        let by = by.iter().map(ToString::to_string).collect();
        Self { measure: measure.into(), unit: unit.into(), by, cells }
    }
}
