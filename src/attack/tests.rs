//! The attacker against arithmetic that cannot be doubted: every possibility gone through.

use proptest::prelude::*;

use crate::attack::bounds::{Asked, Interval, Means, intervals};
use crate::attack::branch::branch;
use crate::attack::linear::{Linear, Programme};
use crate::attack::moves::Moves;
use crate::attack::propagate::{Contradiction, Propagator};
use crate::attack::search::{Effort, Search};
use crate::attack::system::{FAR, Place, System};

/// The intervals of all unknowns, part by part.
fn found(system: &System) -> Result<Vec<(i64, i64)>, Contradiction> {
    let (parts, places) = system.parts();
    let mut means = Means::default();
    let mut of_part = Vec::new();
    for part in &parts {
        if part.contradicted {
            return Err(Contradiction);
        }
        let asked =
            (0..part.system.bounds.len()).map(|unknown| (unknown, Asked::EXACTLY)).collect();
        of_part.push(intervals(&part.system, &asked, None, &mut means)?);
    }
    let of = |place: &Place| match *place {
        Place::In(part, inside) => {
            let interval: &Interval = &of_part[part][inside];
            assert!(interval.exact(), "an end is not proved: {interval:?}");
            interval.outer
        }
        Place::Known(number) => (number, number),
    };
    Ok(places.iter().map(of).collect())
}

/// The least and most of each unknown over every possibility.
fn every_possibility(system: &System) -> Option<Vec<(i64, i64)>> {
    let mut numbers: Vec<i64> = system.bounds.iter().map(|(least, _)| *least).collect();
    let mut ends: Option<Vec<(i64, i64)>> = None;
    loop {
        if system.allows(&numbers) {
            let ends = ends.get_or_insert_with(|| numbers.iter().map(|n| (*n, *n)).collect());
            for ((least, most), n) in ends.iter_mut().zip(&numbers) {
                (*least, *most) = ((*least).min(*n), (*most).max(*n));
            }
        }
        let mut at = 0;
        loop {
            let Some((least, most)) = system.bounds.get(at) else { return ends };
            if numbers[at] < *most {
                numbers[at] += 1;
                break;
            }
            numbers[at] = *least;
            at += 1;
        }
    }
}

/// Few unknowns with narrow bounds, and sums of them that some numbers do satisfy.
fn small_system() -> impl Strategy<Value = System> {
    let unknowns = proptest::collection::vec((0..2_i64, 0..5_i64), 2..7);
    (unknowns, any::<u64>()).prop_flat_map(|(unknowns, seed)| {
        let count = unknowns.len();
        let term = prop_oneof![4 => Just(0_i64), 4 => Just(1), 2 => Just(-1), 1 => Just(3)];
        let row = (proptest::collection::vec(term, count), 0..3_i64, 0..3_i64);
        proptest::collection::vec(row, 1..5).prop_map(move |rows| {
            let mut system = System::default();
            let mut truth = Vec::new();
            for (at, (least, wide)) in unknowns.iter().enumerate() {
                system.unknown(*least, least + wide);
                truth.push(
                    least + i64::try_from(seed >> (8 * at % 56) & 7).expect("small") % (wide + 1),
                );
            }
            for (times, below, above) in &rows {
                let sum: i64 = times.iter().zip(&truth).map(|(t, n)| t * n).sum();
                let slack = if below + above > 2 { (*below, *above) } else { (0, 0) };
                let terms = times.iter().copied().enumerate();
                system.between(terms, sum - slack.0, sum + slack.1);
            }
            system
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn intervals_are_those_of_every_possibility(system in small_system()) {
        let expected = every_possibility(&system);
        prop_assert_eq!(found(&system).ok(), expected);
    }
}

/// A table with its margins known: `shown` are the cells that are published.
fn square(cells: &[i64], columns: usize, shown: impl Fn(usize) -> bool) -> (System, Vec<usize>) {
    let mut system = System::default();
    let unknowns: Vec<usize> = cells
        .iter()
        .enumerate()
        .map(|(at, &n)| if shown(at) { system.unknown(n, n) } else { system.unknown(0, 100) })
        .collect();
    for row in unknowns.chunks(columns) {
        let sum = row.iter().map(|at| cells[*at]).sum();
        system.between(row.iter().map(|at| (*at, 1)), sum, sum);
    }
    for column in 0..columns {
        let members: Vec<usize> = unknowns.iter().copied().skip(column).step_by(columns).collect();
        let sum = members.iter().map(|at| cells[*at]).sum();
        system.between(members.into_iter().map(|at| (at, 1)), sum, sum);
    }
    (system, unknowns)
}

#[test]
fn a_lone_hidden_cell_is_what_the_others_leave() {
    let (system, unknowns) = square(&[3, 8, 9, 7], 2, |at| at != 0);
    assert_eq!(found(&system).expect("sound")[unknowns[0]], (3, 3));
}

#[test]
fn four_hidden_cells_of_a_square_can_turn() {
    let (system, _) = square(&[3, 8, 9, 7], 2, |_| false);
    assert_eq!(found(&system).expect("sound"), [(0, 11), (0, 11), (1, 12), (4, 15)]);
}

#[test]
fn whole_numbers_know_more_than_fractions() {
    // A triangle: each two come to three or four. Fractions reach 1.5, whole numbers cannot.
    let mut system = System::default();
    let [a, b, c] = [0; 3].map(|_| system.unknown(0, 9));
    for (one, other) in [(a, b), (b, c), (a, c)] {
        system.between([(one, 1), (other, 1)], 3, 4);
    }
    let spare = system.unknown(0, 9);
    system.between([(a, 1), (spare, 1)], 9, 9);
    assert_eq!(found(&system).expect("sound")[..3], [(1, 2), (1, 2), (1, 2)]);
    // With exactly three each there is no whole answer, though one and a half would do.
    let mut none = System::default();
    let [a, b, c] = [0; 3].map(|_| none.unknown(0, 9));
    for (one, other) in [(a, b), (b, c), (a, c)] {
        none.between([(one, 1), (other, 1)], 3, 3);
    }
    assert_eq!(found(&none), Err(Contradiction));
}

#[test]
fn cases_on_either_side_of_a_fraction_end_in_whole_numbers_or_in_none() {
    // A ring of five: each two neighbours come to at least one, twice all of them to at most so many. Fractions do it
    // with five, whole numbers take six.
    let ring = |most: i64| {
        let mut system = System::default();
        let five = [0; 5].map(|_| system.unknown(0, 9));
        for at in 0..5 {
            system.between([(five[at], 1), (five[(at + 1) % 5], 1)], 1, 18);
        }
        system.between(five.map(|at| (at, 2)), 0, most);
        let (mut programme, mut moves) = (Programme::new(&system), Moves::new(&system));
        let fractions = programme.most(&system.bounds, |_| 0.0, None);
        assert!(matches!(fractions, Linear::Best(..)), "{fractions:?}");
        let propagator = Propagator::new(&system);
        let effort = Effort { cases: 400, until: None };
        branch(&mut programme, &propagator, &mut moves, &system.bounds, effort)
    };
    assert!(matches!(ring(6), Search::Found(numbers) if numbers.iter().sum::<i64>() == 3));
    assert_eq!(ring(5), Search::None);
}

#[test]
fn what_sums_leave_of_no_end_is_no_end() {
    let mut system = System::default();
    let [whole, known, rest] =
        [(0, FAR), (111, 111), (0, FAR - 111)].map(|(l, m)| system.unknown(l, m));
    system.sum([known, rest], whole);
    let mut programme = Programme::new(&system);
    let most = programme.most(&system.bounds, |at| if at == rest { 1.0 } else { 0.0 }, None);
    assert!(matches!(most, Linear::Best(best, _) if best.is_infinite()), "{most:?}");
}

#[test]
fn two_known_numbers_that_were_only_taken_for_the_same_are_a_revision_and_no_contradiction() {
    let mut system = System::default();
    let (then, now) = (system.unknown(3, 3), system.unknown(4, 4));
    system.assume_same(then, now);
    let (parts, _) = system.parts();
    assert!(parts.iter().any(|part| part.contradicted && part.system.has_assumptions()));
    system.between([(then, 1), (now, 1)], 8, 8);
    let (parts, _) = system.without_assumptions().parts();
    assert!(parts.iter().any(|part| part.contradicted && !part.system.has_assumptions()));
}
