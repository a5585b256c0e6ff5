//! The scores of one case: totals where only parts were recorded, then the two ends of each pair.

use super::{NOTHING, Rules};
use crate::definitions::scale::{Baseline, Ends, Pairing};

/// One score.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) case: u32,
    pub(super) person: u32,
    pub(super) scale: u32,
    pub(super) domain: u32,
    pub(super) respondent: u32,
    pub(super) stage: u32,
    pub(super) on: i32,
    pub(super) row: u32,
    pub(super) score: f64,
}

impl Line {
    /// What makes scores belong together, as two numbers that compare quickly.
    fn pair(&self) -> (u64, u64) {
        let packed = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        (packed(self.person, self.scale), packed(self.domain, self.respondent))
    }

    /// Pairs together, each in order of day and then of row.
    fn order(&self) -> ((u64, u64), u64) {
        let day = i64::from(self.on) - i64::from(i32::MIN);
        (self.pair(), day.unsigned_abs() << 32 | u64::from(self.row))
    }

    /// Whether two scores were given by one respondent about one person at one sitting.
    fn same_sitting(&self, other: &Self) -> bool {
        let sitting = |l: &Self| (l.person, l.scale, l.respondent, l.stage, l.on);
        sitting(self) == sitting(other)
    }
}

/// One pair; an end that is missing has no score.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) case: u32,
    pub(super) person: u32,
    pub(super) scale: u32,
    pub(super) domain: u32,
    pub(super) respondent: u32,
    pub(super) start_on: i32,
    pub(super) end_on: i32,
    /// Not a number where there is none.
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) added_value: f64,
}

/// Adds the pairs of one case.
pub(super) fn pairs_of_case(rules: &Rules<'_>, lines: &mut Vec<Line>, pairs: &mut Vec<Pair>) {
    lines.sort_unstable_by_key(Line::order);
    if add_totals(rules, lines) {
        lines.sort_by_key(Line::order);
    }
    let first = pairs.len();
    for lines in lines.chunk_by(|a, b| a.pair() == b.pair()) {
        pairs.extend(pair(rules, lines));
    }
    add_added_value(rules, pairs.get_mut(first..).unwrap_or_default());
}

/// Adds the total of every sitting at which enough parts were scored and no total was recorded.
fn add_totals(rules: &Rules<'_>, lines: &mut Vec<Line>) -> bool {
    struct Sitting {
        any: Line,
        sum: f64,
        answered: u32,
        recorded: bool,
    }
    let Some(total_domain) = rules.total else { return false };
    let mut sittings: Vec<Sitting> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if rules.of(line.scale).is_none_or(|r| r.scale.total.is_none()) {
            continue;
        }
        // A part that was scored twice at a sitting counts as it was scored last.
        let later = lines.get(at + 1..).unwrap_or_default();
        let mut same_day = later.iter().take_while(|l| l.pair() == line.pair() && l.on == line.on);
        if same_day.any(|l| l.stage == line.stage) {
            continue;
        }
        let found = match sittings.iter().position(|s| s.any.same_sitting(line)) {
            Some(found) => found,
            None => {
                sittings.push(Sitting { any: *line, sum: 0.0, answered: 0, recorded: false });
                sittings.len() - 1
            }
        };
        let Some(sitting) = sittings.get_mut(found) else { continue };
        if line.domain == total_domain {
            sitting.recorded = true;
        } else {
            sitting.sum += line.score;
            sitting.answered += 1;
            sitting.any.row = sitting.any.row.max(line.row);
        }
    }
    let before = lines.len();
    lines.extend(sittings.into_iter().filter(|s| !s.recorded).filter_map(|s| {
        let scale = rules.of(s.any.scale)?.scale;
        let score = scale.total.as_ref()?.of(s.sum, s.answered, scale.step)?;
        Some(Line { domain: total_domain, score, ..s.any })
    }));
    lines.len() > before
}

/// The pair of the scores that belong together, which come in order of day and row.
fn pair(rules: &Rules<'_>, lines: &[Line]) -> Option<Pair> {
    let any = lines.first()?;
    let by_default = Pairing::default();
    let pairing = rules.of(any.scale).map_or(&by_default, |r| &r.scale.pairing);
    let of_stage = |wanted: Option<u32>| {
        let whatever = pairing.ends == Ends::FirstLatest;
        move |l: &&Line| whatever || Some(l.stage) == wanted
    };
    let mut firsts = lines.iter().filter(of_stage(rules.start));
    let start = match (firsts.next(), pairing.baseline) {
        (Some(first), Baseline::LowerOfFirstTwo) => {
            Some(firsts.next().filter(|second| second.score < first.score).unwrap_or(first))
        }
        (first, _) => first,
    };
    let far_enough =
        |end: &&Line| start.is_none_or(|s| end.on.saturating_sub(s.on) >= pairing.min_gap_days);
    let end = lines.iter().rfind(of_stage(rules.close)).filter(far_enough);
    let (on, score) = (
        |l: Option<&Line>| l.map_or(0, |l| l.on),
        |l: Option<&Line>| l.map_or(f64::NAN, |l| l.score),
    );
    Some(Pair {
        case: any.case,
        person: any.person,
        scale: any.scale,
        domain: any.domain,
        respondent: any.respondent,
        start_on: on(start),
        end_on: on(end),
        start: score(start),
        end: score(end),
        added_value: f64::NAN,
    })
}

/// How much better each closing score of a case is than the one expected without help. All starting
/// scores come from one sitting: the same respondent about the same person on the same day.
fn add_added_value(rules: &Rules<'_>, pairs: &mut [Pair]) {
    for at in 0..pairs.len() {
        let Some(pair) = pairs.get(at).copied() else { continue };
        let Some(of) = rules.of(pair.scale) else { continue };
        let Some(expected) = of.scale.expected.as_ref().filter(|_| !pair.start.is_nan()) else {
            continue;
        };
        let start = |scale: &str| {
            let (_, scale) = of.expected_from.iter().find(|(name, _)| *name == scale)?;
            let same = |p: &&Pair| {
                (p.person, p.scale, p.domain, p.respondent, p.start_on)
                    == (pair.person, *scale, pair.domain, pair.respondent, pair.start_on)
            };
            pairs.iter().find(same).map(|p| p.start).filter(|s| !s.is_nan())
        };
        let value = expected.score(start).map_or(f64::NAN, |e| of.scale.gain(e, pair.end));
        if let Some(pair) = pairs.get_mut(at) {
            pair.added_value = value;
        }
    }
}

impl Pair {
    /// A code or identifier, or nothing.
    pub(super) fn there(number: u32) -> Option<u32> {
        (number != NOTHING).then_some(number)
    }

    /// A score, or nothing.
    pub(super) fn known(score: f64) -> Option<f64> {
        (!score.is_nan()).then_some(score)
    }
}
