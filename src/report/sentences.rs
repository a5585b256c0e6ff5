//! Findings in words: a small grammar over published cells. It says what was, how it compares and
//! how sure that is; never why.

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::measure::{Aim, Limits, Measure, MeasureKind, Target};
use crate::definitions::unit::UnitRows;
use crate::protect::{PublishedCell, PublishedNumber, Shown, Symbol};
use crate::statistics::{self, Estimate};

/// How two values compare, as far as their intervals allow to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Clearly higher.
    Higher,
    /// Clearly lower.
    Lower,
    /// Chance alone may have made the difference.
    NotClear,
    /// One of the two is not there.
    NotKnown,
}

impl Change {
    /// It in words that begin a line; nothing where one of the two is not there.
    #[must_use]
    pub(super) fn words(self) -> Option<&'static str> {
        match self {
            Self::Higher => Some("Clearly higher"),
            Self::Lower => Some("Clearly lower"),
            Self::NotClear => Some("No clear change"),
            Self::NotKnown => None,
        }
    }
}

/// How a cell compares with that of another time, of other people: by the 95% interval of their difference.
#[must_use]
pub(super) fn change(now: &PublishedCell, then: &PublishedCell) -> Change {
    let (Some(now), Some(then)) = (estimate(now), estimate(then)) else { return Change::NotKnown };
    let by = statistics::difference(now, then).limits;
    match () {
        () if by.lower > 0.0 => Change::Higher,
        () if by.upper < 0.0 => Change::Lower,
        () => Change::NotClear,
    }
}

/// How one of several cells stands to another: by their two intervals, which have to lie apart. Who looks at many
/// finds one or the other that chance alone has moved further than the interval of a difference.
#[must_use]
pub(super) fn apart(one: &PublishedCell, other: &PublishedCell) -> Change {
    let (Some(one), Some(other)) = (estimate(one), estimate(other)) else {
        return Change::NotKnown;
    };
    match () {
        () if one.limits.lower > other.limits.upper => Change::Higher,
        () if one.limits.upper < other.limits.lower => Change::Lower,
        () => Change::NotClear,
    }
}

/// A value with its interval, as far as both were published.
fn estimate(cell: &PublishedCell) -> Option<Estimate> {
    let of = |shown: Shown| Some(shown.number()?.as_f64());
    let limits = statistics::Limits { lower: of(cell.lower())?, upper: of(cell.upper())? };
    Some(Estimate { value: of(cell.value())?, limits })
}

/// Whether a cell will still change, because units are pending in it. Of a hidden cell nothing is
/// said.
#[must_use]
pub(super) fn provisional(cell: &PublishedCell) -> bool {
    match cell.pending() {
        Shown::Number(pending) => !pending.is_zero(),
        Shown::Symbol(_) => cell.value().number().is_some(),
    }
}

/// What a value is made of: `127 of 136`, `136 scored domains`; nothing for counts.
#[must_use]
pub(super) fn made_of(measure: &Measure, unit: &str, cell: &PublishedCell) -> Option<String> {
    if let Shown::Symbol(symbol) = cell.value() {
        return Some(symbol.shorthand().to_owned());
    }
    match measure.kind {
        MeasureKind::Proportion { .. } | MeasureKind::Distribution { .. } => {
            Some(format!("{} of {}", cell.numerator(), cell.denominator()))
        }
        MeasureKind::Mean { .. } | MeasureKind::Quartile { .. } => {
            Some(format!("{} {unit}", cell.denominator()))
        }
        MeasureKind::Ratio { .. } => {
            Some(format!("{} over {}", cell.numerator(), cell.denominator()))
        }
        MeasureKind::Count | MeasureKind::Sum { .. } => None,
    }
}

/// Whether several of a measure's units can belong to one case, or to one family. Their answers go together, so that
/// an interval which takes each as a witness of its own is too narrow to call a change clear.
#[must_use]
pub(super) fn clustered(definitions: &Definitions, measure: &Measure) -> bool {
    match definitions.unit(&measure.unit).map(|u| &u.rows) {
        None => false,
        // Brothers and sisters come together.
        Some(UnitRows::Source(id)) => definitions.source(id).is_some_and(|s| s.about == "person"),
        Some(_) => true,
    }
}

/// A period as it stands in a sentence after "in": `Sep 2026`, `the year to Sep 2026`.
#[must_use]
pub(super) fn spoken(period: Period) -> String {
    period.label().replace("Year to", "the year to")
}

/// One sentence for a measure: the newest known value, and how it compares with a year before.
#[must_use]
pub(super) fn finding(
    definitions: &Definitions,
    measure: &Measure,
    unit: &str,
    now: &PublishedCell,
    before: Option<&PublishedCell>,
) -> String {
    let title = &measure.title;
    let period = spoken(now.period());
    let value = match now.value() {
        Shown::Number(value) => value,
        Shown::Symbol(Symbol::Confidential) => {
            return format!("{title}: hidden for {period}, so that nobody can be recognised.");
        }
        Shown::Symbol(Symbol::NotAvailable) => {
            return format!("{title}: not yet known for {period}.");
        }
        Shown::Symbol(Symbol::NotApplicable) => {
            return format!("{title}: nothing to compute it from in {period}.");
        }
    };
    let of = made_of(measure, unit, now).map(|m| format!(" ({m})")).unwrap_or_default();
    let so_far = if provisional(now) { ", so far" } else { "" };
    let start = format!("{title}: {value}{of} in {period}{so_far}");
    let Some(before) = before else { return format!("{start}.") };
    let Shown::Number(earlier) = before.value() else { return format!("{start}.") };
    let then = spoken(before.period());
    let (clearly, unsure) = if clustered(definitions, measure) {
        ("", " How sure that is cannot be said, because several belong to one family.")
    } else {
        ("Clearly ", "")
    };
    let sure = |word: &str| {
        let words = capital(&format!("{clearly}{word}"));
        format!("{start}. {words} than in {then} ({earlier}).{unsure}")
    };
    match change(now, before) {
        Change::Higher => sure("higher"),
        Change::Lower => sure("lower"),
        Change::NotClear => format!("{start}. No clear change from {then} ({earlier})."),
        Change::NotKnown => {
            format!("{start}; {} in {then} ({earlier}).", difference(value, earlier))
        }
    }
}

/// What a line says, short enough for a title: its newest value, and whether it has changed in a year.
#[must_use]
pub(super) fn heading(
    definitions: &Definitions,
    measure: &Measure,
    now: &PublishedCell,
    before: Option<&PublishedCell>,
) -> String {
    let title = &measure.title;
    let period = spoken(now.period());
    let Shown::Number(value) = now.value() else {
        return match now.value() {
            Shown::Symbol(Symbol::Confidential) => format!("{title}: hidden for {period}"),
            Shown::Symbol(Symbol::NotAvailable) => format!("{title}: not yet known for {period}"),
            _ => format!("{title}: nothing to compute it from in {period}"),
        };
    };
    let clearly = if clustered(definitions, measure) { "" } else { "clearly " };
    let so_far = if provisional(now) { " so far" } else { "" };
    let start = format!("{title}: {value} in {period}{so_far}");
    match before.map_or(Change::NotKnown, |before| change(now, before)) {
        Change::Higher => format!("{start}, {clearly}higher than a year before"),
        Change::Lower => format!("{start}, {clearly}lower than a year before"),
        Change::NotClear => format!("{start}, no clear change in a year"),
        Change::NotKnown => start,
    }
}

/// How far one number lies from another, in words that go before "in July 2025".
pub(super) fn difference(now: PublishedNumber, then: PublishedNumber) -> String {
    let by = now.minus(then);
    if by.is_zero() {
        return "the same as".to_owned();
    }
    let size = by.to_string().replace('\u{2212}', "");
    let word = if by.as_f64() > 0.0 { "more" } else { "fewer" };
    format!("{size} {word} than")
}

/// How a value stands to a target, in a word that needs no colour. One for information judges nobody.
#[must_use]
pub(super) fn standing(target: &Target, value: PublishedNumber, scale: f64) -> &'static str {
    let value = value.as_f64();
    let reaches = |of: fn(Limits) -> f64| match target.aim {
        Aim::High(limits) => value >= of(limits) * scale,
        Aim::Low(limits) => value <= of(limits) * scale,
        // What binary fractions lose in a difference must not decide.
        Aim::Near(at, limits) => (value - at * scale).abs() <= of(limits) * scale + 1e-9,
        Aim::Information(_) => false,
    };
    if target.is_for_information() {
        "For information"
    } else if reaches(|limits| limits.green) {
        "On target"
    } else if reaches(|limits| limits.amber) {
        "Near target"
    } else {
        "Off target"
    }
}

/// The target in words: `at least 90%`, `at most 18`, `10 to 14`; for information, the value alone.
#[must_use]
pub(super) fn target_words(target: &Target, percent: bool) -> String {
    let (scale, unit) = if percent { (100.0, "%") } else { (1.0, "") };
    let words = |limit: f64| {
        let number = crate::statistics::Decimal::nearest(limit * scale, 1);
        let number = number.map(|d| d.to_string()).unwrap_or_default();
        format!("{}{unit}", number.strip_suffix(".0").unwrap_or(&number))
    };
    match target.aim {
        Aim::High(limits) => format!("at least {}", words(limits.green)),
        Aim::Low(limits) => format!("at most {}", words(limits.green)),
        Aim::Near(at, limits) => {
            format!("{} to {}", words(at - limits.green), words(at + limits.green))
        }
        Aim::Information(at) => words(at),
    }
}

/// From where on a value is near a target, in words; nothing where all that misses it is off it.
#[must_use]
pub(super) fn near_from(target: &Target, percent: bool) -> Option<String> {
    let near = |limits: Limits| Limits { green: limits.amber, ..limits };
    let aim = match target.aim {
        Aim::High(limits) if limits.amber != limits.green => Aim::High(near(limits)),
        Aim::Low(limits) if limits.amber != limits.green => Aim::Low(near(limits)),
        _ => return None,
    };
    Some(target_words(&Target { aim, ..*target }, percent))
}

/// A small number in words; a large one in digits.
#[must_use]
pub(super) fn in_words(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// The same words with a small letter.
#[must_use]
pub(super) fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |c| c.to_lowercase().chain(letters).collect())
}

/// The same words with a capital letter.
#[must_use]
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

/// A list in words: `A`, `A and B`, `A, B and C`.
#[must_use]
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}
