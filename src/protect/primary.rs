//! Which cells are small in themselves.

use crate::definitions::audience::DisclosurePolicy;
use crate::measure::Amount;
use crate::protect::log::PrimaryRule;

/// Whether a policy hides a count by itself: 1 to one less than the threshold, and 0 if zeros are not
/// shown. A threshold of 0 hides nothing.
pub(super) fn is_small(count: u64, policy: &DisclosurePolicy) -> bool {
    if count == 0 {
        policy.suppress_below > 0 && !policy.show_zero
    } else {
        count < policy.suppress_below
    }
}

/// The first count of a cell that is small, if any is.
///
/// The remainder, denominator less numerator, counts like the other two: who is told that 98 of 100
/// reached an outcome is told of the two who did not.
pub(super) fn primary(amount: &Amount, policy: &DisclosurePolicy) -> Option<PrimaryRule> {
    let small = |count| is_small(count, policy);
    match *amount {
        Amount::Proportion { numerator, denominator } => {
            let rest = denominator.saturating_sub(numerator);
            [
                (denominator, PrimaryRule::Denominator),
                (numerator, PrimaryRule::Numerator),
                (rest, PrimaryRule::Remainder),
            ]
            .into_iter()
            .find_map(|(count, rule)| small(count).then_some(rule))
        }
        Amount::Count(units)
        | Amount::Mean { units, .. }
        | Amount::Median { units, .. }
        | Amount::Sum { units, .. } => small(units).then_some(PrimaryRule::Denominator),
        Amount::Ratio { over, under_units, .. } => {
            (small(over) || small(under_units)).then_some(PrimaryRule::Denominator)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protect::tests::policy;

    fn rule(amount: Amount) -> Option<PrimaryRule> {
        primary(&amount, &policy(6, true))
    }

    #[test]
    fn one_to_five_are_small_and_nought_and_six_are_not() {
        let hidden: Vec<u64> = (0..9).filter(|&n| rule(Amount::Count(n)).is_some()).collect();
        assert_eq!(hidden, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn each_side_of_a_proportion_counts() {
        let share = |numerator, denominator| Amount::Proportion { numerator, denominator };
        assert_eq!(rule(share(2, 100)), Some(PrimaryRule::Numerator));
        assert_eq!(rule(share(98, 100)), Some(PrimaryRule::Remainder));
        assert_eq!(rule(share(0, 4)), Some(PrimaryRule::Denominator));
        assert_eq!(rule(share(0, 100)), None);
        assert_eq!(rule(share(100, 100)), None);
    }

    #[test]
    fn a_mean_over_few_is_small_whatever_its_value() {
        let mean = Amount::Mean { units: 3, sum: 9_000_000, sum_of_squares: 1 << 60 };
        assert_eq!(rule(mean), Some(PrimaryRule::Denominator));
        let few_below = Amount::Ratio { over: 50, under: 90_000, under_units: 4 };
        assert_eq!(rule(few_below), Some(PrimaryRule::Denominator));
    }

    #[test]
    fn zeros_are_small_where_they_are_not_shown() {
        let zeros_hidden = policy(6, false);
        assert!(primary(&Amount::Count(0), &zeros_hidden).is_some());
        let everybody = Amount::Proportion { numerator: 40, denominator: 40 };
        assert_eq!(primary(&everybody, &zeros_hidden), Some(PrimaryRule::Remainder));
    }

    #[test]
    fn a_threshold_of_nought_hides_nothing() {
        for n in 0..9 {
            assert!(!is_small(n, &policy(0, true)) && !is_small(n, &policy(0, false)));
        }
    }
}
