//! Random councils that release their tables one after another: whoever keeps them all may find no more than
//! from the last.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::definitions::measure::Interval;
use crate::measure::{Amount, Cell, Flow, Table};
use crate::protect::log::CellName;
use crate::protect::tests::random_council::{Council, councils};
use crate::protect::tests::{attacker, measure, policy};
use crate::protect::{
    Earlier, EarlierRelease, Ground, Protected, PublishedTable, Reason, RecordedFigure, ToRelease,
    UnprotectedError, protect,
};

/// The tables of a council dealt into releases, some periods in several of them.
fn dealt(council: &Council, releases: usize, dice: &mut ChaCha8Rng) -> Vec<Vec<Table>> {
    let mut hands = vec![Vec::new(); releases];
    for table in &council.tables {
        let mut periods: Vec<_> = table.cells.iter().map(|cell| cell.period).collect();
        periods.dedup();
        let mut parts = vec![Table { cells: Vec::new(), ..table.clone() }; releases];
        for period in periods {
            let cells = table.cells.iter().filter(|cell| cell.period == period);
            let cells: Vec<_> = cells.cloned().collect();
            let first = dice.random_range(0..releases);
            parts[first].cells.extend(cells.clone());
            if dice.random() && first + 1 < releases {
                parts[first + 1].cells.extend(cells);
            }
        }
        let parts = hands.iter_mut().zip(parts).filter(|(_, part)| !part.cells.is_empty());
        parts.for_each(|(hand, part)| hand.push(part));
    }
    hands.retain(|hand| !hand.is_empty());
    hands
}

/// Protects one release after another; those that cannot be are not released.
fn released(council: &Council, hands: &[Vec<Table>]) -> Vec<Option<Protected>> {
    let measures = [measure("m", Interval::None)];
    let (ground, policy) = (Ground::new(&measures), policy(council.threshold, council.zeros));
    let mut earlier = Earlier::default();
    let mut all: Vec<Option<Protected>> = Vec::new();
    for (number, tables) in hands.iter().enumerate() {
        let out = all.iter().zip(hands).filter(|(released, _)| released.is_some());
        let held: Vec<Table> = out.flat_map(|(_, hand)| hand.clone()).collect();
        let behind = &council.months;
        let given = ToRelease { tables, earlier: &earlier, held: &held, behind };
        let protected = match protect(&given, &ground, &policy) {
            Err(UnprotectedError::ToldBefore { first, .. }) if number > 0 => {
                // Whoever is refused is told where to look.
                assert!(
                    first.trim_start_matches("a difference beside ").starts_with("m, "),
                    "{first}"
                );
                None
            }
            protected => Some(protected.expect("it can be protected")),
        };
        if let Some(protected) = &protected {
            earlier.releases.push(EarlierRelease {
                name: format!("release {number}"),
                is_their_own: number % 3 != 1,
                figures: Arc::new(protected.record().to_vec()),
            });
        }
        all.push(protected);
    }
    all
}

/// The same where nothing stands in the way of the first.
fn first_of(council: &Council) -> Protected {
    let first = released(council, std::slice::from_ref(&council.tables)).remove(0);
    first.expect("the first can be released")
}

#[test]
fn releases_laid_side_by_side_give_nothing_away_and_take_nothing_back() {
    let (mut because_of_earlier, mut stopped, mut all) = (0, 0, 0);
    for seed in councils().take(30) {
        let council = Council::new(seed);
        let dice = &mut ChaCha8Rng::seed_from_u64(seed);
        let hands = dealt(&council, 4, dice);
        let releases = released(&council, &hands);
        let out: Vec<(&Vec<Table>, &Protected)> =
            hands.iter().zip(&releases).filter_map(|(hand, r)| Some((hand, r.as_ref()?))).collect();
        (stopped, all) = (stopped + hands.len() - out.len(), all + hands.len());
        let truth: Vec<Table> = out.iter().flat_map(|(hand, _)| hand.to_vec()).collect();
        let shown: Vec<PublishedTable> =
            out.iter().flat_map(|(_, release)| release.tables().to_vec()).collect();
        let Council { threshold, zeros, .. } = council;
        let found = attacker::attack(&truth, &shown, threshold, zeros);
        assert!(found.is_empty(), "council {seed}: {}", found.join("\n"));
        let mut hidden: BTreeMap<CellName, bool> = BTreeMap::new();
        for (number, (_, release)) in out.iter().enumerate() {
            for figure in release.record() {
                let before = hidden.insert(figure.cell.clone(), figure.is_hidden);
                let same = before.is_none_or(|before| before == figure.is_hidden);
                assert!(same, "council {seed}: {} in release {number}", figure.cell);
            }
            because_of_earlier +=
                release.log().iter().filter(|cell| cell.reason.release().is_some()).count();
        }
    }
    assert!(because_of_earlier > 0, "no release ever mattered for a later one");
    assert!(10 * stopped < all, "{stopped} of {all} could not be released");
}

#[test]
fn without_memory_the_same_releases_give_counts_away() {
    let open = councils().take(20).filter(|&seed| {
        let council = Council::new(seed);
        let dice = &mut ChaCha8Rng::seed_from_u64(seed);
        let hands = dealt(&council, 4, dice);
        let alone =
            hands.iter().flat_map(|hand| released(&council, std::slice::from_ref(hand))).flatten();
        let shown: Vec<PublishedTable> = alone.flat_map(|r| r.tables().to_vec()).collect();
        let Council { threshold, zeros, .. } = council;
        !attacker::attack(&hands.concat(), &shown, threshold, zeros).is_empty()
    });
    assert!(open.count() > 0, "there is nothing to remember for");
}

#[test]
fn a_figure_that_came_to_something_else_is_judged_by_itself() {
    let council = (0..)
        .map(Council::new)
        .find(|council| council.threshold == 5 && first_of(council).hidden() > 5);
    let council = council.expect("there is one that hides something");
    let first = first_of(&council);
    // What was released came to so many more in each.
    let moved = |by: u64| {
        let mut figures = first.record().to_vec();
        for figure in &mut figures {
            figure.counts.iter_mut().chain(&mut figure.beside).for_each(|count| *count += by);
        }
        figures
    };
    let release = |figures| EarlierRelease {
        name: "then".into(),
        is_their_own: true,
        figures: Arc::new(figures),
    };
    let measures = [measure("m", Interval::None)];
    let (ground, policy) = (Ground::new(&measures), policy(council.threshold, council.zeros));
    let after = |figures| {
        let earlier = Earlier { releases: vec![release(figures)], ..Earlier::default() };
        let (tables, behind) = (&council.tables[..], &council.months[..]);
        let given = ToRelease { tables, earlier: &earlier, held: tables, behind };
        protect(&given, &ground, &policy).expect("it can be protected")
    };
    assert_eq!(after(moved(500)).log(), first.log(), "as if nothing had been released");
    // Who knows that it has hardly moved nearly knows what it was: what was hidden stays so, but not for ever.
    let near = after(moved(1));
    let hidden = |of: &[RecordedFigure]| {
        let hidden = of.iter().filter(|figure| figure.is_hidden).map(|figure| figure.cell.clone());
        hidden.collect::<BTreeSet<CellName>>()
    };
    assert!(hidden(near.record()).is_superset(&hidden(first.record())));
    assert!(near.record().iter().any(|figure| figure.is_echo));
    // What does hold is hidden as it was, and where it is not small, for that alone.
    let again = after(first.record().to_vec());
    assert_eq!(again.tables(), first.tables());
    for cell in again.log() {
        let before = matches!(&cell.reason, Reason::HiddenBefore { release } if release == "then");
        assert!(before || matches!(cell.reason, Reason::Primary(_)), "{cell}");
    }
}

/// A locality, its share, and how many are pending beside it.
type Waiting = (&'static str, (u64, u64), u64);

/// A share by locality that considers the same people whenever it is asked.
fn waiting(of: &[Waiting]) -> Vec<Table> {
    let one = |(level, (numerator, denominator), pending): &Waiting| Cell {
        flow: Flow { pending: *pending, ..Flow::default() },
        ..super::cell(
            super::september(),
            &[level],
            Amount::Proportion { numerator: *numerator, denominator: *denominator },
        )
    };
    vec![super::table("m", &["locality"], of.iter().map(one).collect())]
}

/// What stood pending beside the figures of the first of two releases, and of the second.
fn pending(first: &[Waiting], second: &[Waiting]) -> [Vec<String>; 2] {
    let measures = [measure("m", Interval::None)];
    let (ground, policy) = (Ground::new(&measures), policy(5, true));
    let (first, second) = (waiting(first), waiting(second));
    let before = protect(&ToRelease::first(&first, &first), &ground, &policy).expect("it can be");
    let release = EarlierRelease {
        name: "then".into(),
        is_their_own: true,
        figures: Arc::new(before.record().to_vec()),
    };
    let earlier = Earlier { releases: vec![release], ..Earlier::default() };
    let given = ToRelease { tables: &second, earlier: &earlier, held: &second, behind: &second };
    let after = protect(&given, &ground, &policy).expect("it can be protected");
    [before, after].map(|protected| {
        let cells = protected.tables().iter().flat_map(|table| table.cells());
        cells.map(|cell| format!("{} {}", cell.denominator(), cell.pending())).collect()
    })
}

#[test]
fn who_was_pending_does_not_follow_from_who_is_counted_later() {
    let then = [("east", (25, 35), 1), ("north", (20, 40), 2), ("south", (30, 60), 9)];
    // All that were pending are counted now: with nought beside 36, it was one.
    let now = [("east", (25, 36), 0), ("north", (21, 42), 0), ("south", (30, 69), 0)];
    let [before, after] = pending(&then, &now);
    assert_eq!(before, ["35 [c]", "40 [c]", "60 9"]);
    assert_eq!(after, ["36 [c]", "42 [c]", "69 0"]);
    // And where none were, and one is now, because somebody's answer was taken back.
    let [before, after] = pending(&now, &then);
    assert_eq!(before, ["36 0", "42 0", "69 0"]);
    assert!(!after.iter().any(|cell| cell.starts_with("35 ") || cell.starts_with("40 ")));
}

#[test]
fn who_is_considered_may_change_when_rows_come_late() {
    let then = [("east", (25, 35), 1), ("north", (20, 40), 2)];
    let now = [("east", (35, 50), 0), ("north", (31, 62), 0)];
    let [_, after] = pending(&then, &now);
    assert_eq!(after, ["50 0", "62 0"], "many more are considered than were");
}

#[test]
fn where_nobody_was_considered_few_may_be_now() {
    let then = [("east", (0, 0), 0), ("north", (20, 40), 9)];
    let now = [("east", (1, 1), 1), ("north", (20, 40), 9)];
    let [before, after] = pending(&then, &now);
    assert_eq!(before, ["0 0", "40 9"]);
    assert_eq!(after, ["[c] [c]", "40 9"], "nobody takes it that none came");
}
