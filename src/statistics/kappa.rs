//! How far two people who judged the same things agree beyond chance.
//!
//! Cohen, A coefficient of agreement for nominal scales (1960), with the large-sample variance of Fleiss, Cohen
//! and Everitt (1969).

use crate::statistics::{Confidence, Limits};

/// Agreement beyond chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Cohen's kappa: 1 where all agree, 0 where no more do than by chance.
    pub kappa: f64,
    /// Its interval; nothing where the answers do not vary enough to tell how sure it is, as where all agree: the
    /// formula would then give no width at all.
    pub limits: Option<Limits>,
}

/// A variance of less is none.
const NO_VARIANCE: f64 = 1e-12;

/// Cohen's kappa of a square table: how often the first said `i` and the second `j`. Nothing where there is
/// nothing, and where both always said the same one thing: then chance alone agrees always.
#[must_use]
pub fn kappa<const N: usize>(both: &[[u64; N]; N], confidence: Confidence) -> Option<Agreement> {
    let n = both.iter().flatten().sum::<u64>() as f64;
    let share = |i: usize, j: usize| both[i][j] as f64 / n;
    let first = |i: usize| (0..N).map(|j| share(i, j)).sum::<f64>();
    let second = |j: usize| (0..N).map(|i| share(i, j)).sum::<f64>();
    let agreed = (0..N).map(|i| share(i, i)).sum::<f64>();
    let chance = (0..N).map(|i| first(i) * second(i)).sum::<f64>();
    let room = 1.0 - chance;
    if n == 0.0 || room <= 0.0 {
        return None;
    }
    let value = (agreed - chance) / room;
    let (mut same, mut other) = (0.0, 0.0);
    for i in 0..N {
        same += share(i, i) * (room - (first(i) + second(i)) * (1.0 - agreed)).powi(2);
        for j in (0..N).filter(|j| *j != i) {
            other += share(i, j) * (second(i) + first(j)).powi(2);
        }
    }
    let all = (agreed * chance - 2.0 * chance + agreed).powi(2);
    let variance = (same + (1.0 - agreed).powi(2) * other - all) / (n * room.powi(4));
    let limits = (variance > NO_VARIANCE).then(|| {
        let reach = confidence.z() * variance.sqrt();
        Limits { lower: (value - reach).max(-1.0), upper: (value + reach).min(1.0) }
    });
    Some(Agreement { kappa: value, limits })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 both yes, 15 both no, 5 and 10 apart: agreement of 0.7, of which 0.5 by chance.
    #[test]
    fn half_the_room_above_chance_is_what_is_left_of_it() {
        let found = kappa(&[[20, 5], [10, 15]], Confidence::P95).expect("there is room");
        assert!((found.kappa - 0.4).abs() < 1e-12);
    }

    #[test]
    fn all_alike_and_nothing_say_nothing() {
        assert_eq!(kappa(&[[0, 0], [0, 0]], Confidence::P95), None);
        assert_eq!(kappa(&[[9, 0], [0, 0]], Confidence::P95), None);
    }

    #[test]
    fn full_agreement_says_nothing_of_how_sure_it_is() {
        for both in [[[1, 0], [0, 1]], [[9, 0], [0, 3]], [[0, 5], [0, 0]]] {
            let found = kappa(&both, Confidence::P95);
            assert!(found.is_none_or(|a| a.limits.is_none()), "{both:?}: {found:?}");
        }
    }

    /// The variance is that of the delta method: the slopes of kappa by each share, taken by small steps.
    #[test]
    fn the_variance_is_that_of_small_steps() {
        let table = [[44.0, 5.0, 1.0], [7.0, 20.0, 3.0], [9.0, 5.0, 6.0]];
        let n = table.iter().flatten().sum::<f64>();
        let of = |t: &[[f64; 3]; 3]| {
            let all = t.iter().flatten().sum::<f64>();
            let agreed = (0..3).map(|i| t[i][i] / all).sum::<f64>();
            let chance = (0..3)
                .map(|i| t[i].iter().sum::<f64>() / all * t.iter().map(|r| r[i]).sum::<f64>() / all)
                .sum::<f64>();
            (agreed - chance) / (1.0 - chance)
        };
        let (mut squares, mut mean) = (0.0, 0.0);
        for i in 0..3 {
            for j in 0..3 {
                let (mut up, mut down, step) = (table, table, 1e-4);
                up[i][j] += step;
                down[i][j] -= step;
                let slope = (of(&up) - of(&down)) / (2.0 * step) * n;
                squares += table[i][j] / n * slope * slope;
                mean += table[i][j] / n * slope;
            }
        }
        let expected = ((squares - mean * mean) / n).sqrt() * Confidence::P95.z();
        let counts = table.map(|row| row.map(|x| x as u64));
        let found = kappa(&counts, Confidence::P95).expect("there is room");
        let reach = found.limits.expect("they differ").upper - found.kappa;
        assert!((reach - expected).abs() < 1e-6, "{reach} {expected}");
    }
}
