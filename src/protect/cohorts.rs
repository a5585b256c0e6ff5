//! What is left of several cohorts together, each family counted for as long as it has been followed: the
//! Kaplan–Meier estimate from the published cells of each cohort. As all that is made from what is shown, it gives
//! nothing back.

use crate::protect::derived::count;
use crate::protect::{NumberKind, PublishedCell, PublishedNumber, Shown, Symbol};
use crate::statistics::{Confidence, Decimal, Spell, SurvivalLimits, kaplan_meier};

/// With fewer than this under observation an estimate says nothing.
const LEAST: u64 = 10;

/// What is left at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// The share left, in per cent to one place.
    pub share: Shown,
    /// The lower end of its 95% interval.
    pub lower: Shown,
    /// The upper end.
    pub upper: Shown,
    /// How many have been followed up to this time, whatever had come to them before.
    pub so_many: Shown,
}

/// What is left of all cohorts at each of these times. A cohort has one cell for each time, as long as the time has
/// passed for it: out of how many, and of how many nothing had come by then. It is followed up to the last time that
/// is known of all of it. Nothing while there is none, and nothing at all if any of its counts is hidden: the others
/// would say how many are left out.
#[must_use]
pub fn followed(cohorts: &[Vec<&PublishedCell>], times: &[u32]) -> Option<Vec<Followed>> {
    let mut spells = Vec::new();
    let mut sizes: Vec<(u32, u64)> = Vec::new();
    for cohort in cohorts {
        sizes.push(follow(cohort, times, &mut spells)?);
    }
    let curve = kaplan_meier(&spells, SurvivalLimits::LogLog, Confidence::P95);
    let longest = spells.iter().map(|spell| spell.exit).max()?;
    let at = |time: &u32| {
        let so_many = sizes.iter().filter(|(last, _)| last >= time).map(|(_, size)| size).sum();
        let so_many = super::publish::whole(so_many);
        if *time > longest || curve.at_risk(*time) < LEAST {
            let none = Shown::Symbol(Symbol::NotAvailable);
            return Followed { share: none, lower: none, upper: none, so_many };
        }
        let step = curve.at(*time);
        let limits = step.and_then(|step| step.limits);
        Followed {
            share: percent(step.map_or(Some(1.0), |step| Some(step.survival))),
            lower: percent(limits.map(|l| l.lower)),
            upper: percent(limits.map(|l| l.upper)),
            so_many,
        }
    };
    Some(times.iter().map(at).collect())
}

/// The spells of a cohort: to so many it had come by each time, and the rest are lost from sight at the last. Gives
/// that last time, and how many they are.
fn follow(cohort: &[&PublishedCell], times: &[u32], spells: &mut Vec<Spell>) -> Option<(u32, u64)> {
    let mut size = None;
    let (mut left, mut last) = (0, 0);
    for (cell, time) in cohort.iter().zip(times) {
        let [held, all, pending] =
            [count(cell.numerator())?, count(cell.denominator())?, count(cell.pending())?];
        if pending > 0 || size.is_some_and(|size| size != all) {
            break;
        }
        let before = if size.is_none() { all } else { left };
        let fell = usize::try_from(before.checked_sub(held)?).ok()?;
        spells.extend(vec![Spell { entry: 0, exit: *time, ended: true }; fell]);
        (size, left, last) = (Some(all), held, *time);
    }
    let left = usize::try_from(left).ok()?;
    spells.extend(vec![Spell { entry: 0, exit: last, ended: false }; left]);
    Some((last, size.unwrap_or(0)))
}

fn percent(share: Option<f64>) -> Shown {
    match share.and_then(|share| Decimal::nearest(100.0 * share, 1)) {
        Some(decimal) => Shown::Number(PublishedNumber { decimal, kind: NumberKind::Percent }),
        None => Shown::Symbol(Symbol::NotAvailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Period;
    use crate::definitions::measure::Interval;
    use crate::measure::Amount;
    use crate::protect::publish::{Status, publish};
    use crate::protect::tests::{cell, measure, policy};

    fn shown((numerator, denominator): (u64, u64), hidden: bool) -> PublishedCell {
        let quarter = Period::parse("2026-27-Q1").expect("a quarter");
        let status = Status { cell: hidden, pending: false, unknown: false, left_out: Vec::new() };
        let made = cell(quarter, &[], Amount::Proportion { numerator, denominator });
        publish(&made, Some(&measure("held", Interval::Wilson)), &status, &policy(6, true))
    }

    fn together(cohorts: &[&[(u64, u64)]]) -> Option<Vec<String>> {
        let cells: Vec<Vec<PublishedCell>> = cohorts
            .iter()
            .map(|c| c.iter().map(|made_of| shown(*made_of, false)).collect())
            .collect();
        let cohorts: Vec<Vec<&PublishedCell>> = cells.iter().map(|c| c.iter().collect()).collect();
        let found = followed(&cohorts, &[3, 6, 9])?;
        Some(found.iter().map(|at| format!("{} of {}", at.share, at.so_many)).collect())
    }

    #[test]
    fn a_family_counts_as_long_as_it_has_been_followed() {
        // All are followed for three months, 60 for six, 20 for nine: 0.9, × 50/55, × 15/17.
        let found =
            together(&[&[(18, 20), (17, 20), (15, 20)], &[(37, 40), (33, 40)], &[(35, 40)]]);
        let expected = ["90.0% of 100", "81.8% of 60", "72.2% of 20"];
        assert_eq!(found.expect("a curve"), expected);
    }

    #[test]
    fn one_cohort_that_is_followed_to_the_end_has_its_own_shares() {
        let found = together(&[&[(38, 40), (30, 40), (30, 40)]]);
        assert_eq!(found.expect("a curve"), ["95.0% of 40", "75.0% of 40", "75.0% of 40"]);
    }

    #[test]
    fn with_fewer_than_ten_there_is_no_estimate() {
        let found = together(&[&[(11, 12), (9, 12), (8, 12)]]);
        assert_eq!(found.expect("a curve"), ["91.7% of 12", "75.0% of 12", "[x] of 12"]);
    }

    #[test]
    fn a_hidden_count_takes_the_estimate_with_it() {
        let (open, hidden) = (shown((38, 40), false), shown((3, 40), true));
        assert_eq!(followed(&[vec![&open], vec![&hidden]], &[3]), None);
        assert_eq!(together(&[]), None);
    }
}
