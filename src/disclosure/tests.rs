//! Small tables, protected, and attacked by trying all whole tables that agree with what is published.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::suppress::protect_within;
use super::work::Work;
use super::{Cell, Form, Protection, Rule, Standing, System, Whose, Why, protect};

/// A table of these dimensions with all its margins, the grand total ranked highest.
fn cube(counts: &[u64], dimensions: &[usize]) -> System {
    let mut system = System { inner: counts.to_vec(), ..System::default() };
    for kept in (0..1_usize << dimensions.len()).rev() {
        let mut lines: std::collections::BTreeMap<Vec<usize>, Vec<usize>> = Default::default();
        for inner in 0..counts.len() {
            let mut rest = inner;
            let mut line = Vec::new();
            for (dimension, size) in dimensions.iter().enumerate() {
                if kept >> dimension & 1 == 1 {
                    line.push(rest % size);
                }
                rest /= size;
            }
            lines.entry(line).or_default().push(inner);
        }
        for inner in lines.into_values() {
            let form = Form::sum(inner);
            let weight = u64::try_from(form.value(counts)).expect("a count");
            let rank = dimensions.len() as u32 - kept.count_ones();
            system.add(Cell { rank, weight, ..Cell::count(form) });
        }
    }
    system
}

/// Few people in most places, and nobody in some.
fn counts(random: &mut ChaCha8Rng, many: usize) -> Vec<u64> {
    let one = |random: &mut ChaCha8Rng| match random.random_range(0..10_u8) {
        0..2 => 0,
        2..7 => random.random_range(1..=3),
        _ => random.random_range(1..=9),
    };
    (0..many).map(|_| one(random)).collect()
}

/// A sum, and between which numbers it lies.
type Fact = (Form, i64, i64);

/// What a reader knows of a table that was published so.
fn facts(system: &System, protection: &Protection, rule: &Rule) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (number, cell) in system.cells.iter().enumerate() {
        if protection.why(number).is_none() {
            let known = |form: &Form| (form.clone(), form.value(&system.inner));
            facts.extend(cell.shows.iter().map(known).map(|(form, value)| (form, value, value)));
        } else if rule.noughts_shown {
            let whole = cell.shows.last().expect("a cell shows something");
            facts.push((whole.clone(), 1, i64::MAX / 4));
        }
    }
    facts
}

/// Whether there are two whole tables that agree with the facts and are so far apart in a sum. A search
/// without a thought to how the engine does it: halve the widest choice until all are made.
fn is_open(facts: &[Fact], secret: &Form, inner: &[u64], width: i64) -> bool {
    let truth = secret.value(inner);
    let exists = |least: i64, most: i64| {
        let all: Vec<Fact> = facts.iter().cloned().chain([(secret.clone(), least, most)]).collect();
        let ends = (vec![0; inner.len()], vec![24; inner.len()]);
        exists_within(&all, ends)
    };
    ((truth - width).max(0)..=truth).any(|low| exists(0, low) && exists(low + width, i64::MAX / 4))
}

fn exists_within(facts: &[Fact], (mut low, mut high): (Vec<i64>, Vec<i64>)) -> bool {
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for (form, least, most) in facts {
            let ends = |ends: &[i64]| form.terms().iter().map(|(at, _)| ends[*at]).sum::<i64>();
            let (bottom, top) = (ends(&low), ends(&high));
            if bottom > *most || top < *least {
                return false;
            }
            for (at, _) in form.terms() {
                let (up, down) = (most - (bottom - low[*at]), least - (top - high[*at]));
                if up < high[*at] || down > low[*at] {
                    (high[*at], low[*at]) = (up.min(high[*at]), down.max(low[*at]));
                    changed = true;
                    break;
                }
            }
        }
    }
    let Some(widest) = (0..low.len()).filter(|at| low[*at] < high[*at]).min_by_key(|at| {
        // The narrowest choice first: it fails soonest.
        high[*at] - low[*at]
    }) else {
        return true;
    };
    let middle = i64::midpoint(low[widest], high[widest]);
    let mut lower = high.clone();
    lower[widest] = middle;
    if exists_within(facts, (low.clone(), lower)) {
        return true;
    }
    low[widest] = middle + 1;
    exists_within(facts, (low, high))
}

/// Nothing small is shown, and all that is hidden is open to a reader who tries all tables. Gives how many
/// cells are hidden.
fn assert_is_protected(system: &System, protection: &Protection, rule: &Rule, seed: u64) -> usize {
    let facts = facts(system, protection, rule);
    let mut hidden = 0;
    for (number, cell) in system.cells.iter().enumerate() {
        let secret = &cell.shows[0];
        let value = secret.value(&system.inner);
        let width = i64::try_from(rule.width).expect("a width");
        if protection.why(number).is_none() {
            assert!(!rule.is_small(value), "seed {seed}: {value} is shown");
        } else {
            hidden += 1;
            // Who knows a number of many nearer than the width knows that it is not small.
            let least = i64::try_from(rule.threshold).expect("a threshold") + width - 1;
            assert!(
                value >= least || is_open(&facts, secret, &system.inner, width),
                "seed {seed}: {number}"
            );
        }
    }
    hidden
}

#[test]
fn nothing_hidden_can_be_found_in_small_tables_of_one_to_three_dimensions() {
    let (mut hidden, mut repaired) = (0, 0);
    for seed in 0..96_u64 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let dimensions: &[usize] = match seed % 4 {
            0 => &[5],
            1 => &[3, 3],
            2 => &[2, 4],
            _ => &[2, 2, 2],
        };
        let counts = counts(&mut random, dimensions.iter().product());
        let system = cube(&counts, dimensions);
        let rule = Rule::below([3, 5, 6][(seed / 4 % 3) as usize], seed / 12 % 2 == 0);
        let protection = protect(&system, &rule);
        assert_eq!(protection.audit().unsafe_secrets, [], "seed {seed}");
        repaired += protection.audit().repaired;
        hidden += assert_is_protected(&system, &protection, &rule, seed);
    }
    assert!(hidden > 500 && repaired > 50, "{hidden} hidden, {repaired} repaired: too easy");
}

#[test]
fn with_less_work_allowed_less_is_published_and_it_is_said() {
    let (mut hidden, mut frugal, mut unproved, mut patiently) = (0, 0, 0, 0);
    for seed in 0..48_u64 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let counts = counts(&mut random, 8);
        let system = cube(&counts, &[2, 2, 2]);
        let rule = Rule::below([3, 5, 6][(seed % 3) as usize], seed / 3 % 2 == 0);
        let protection = protect_within(&system, &rule, |_| Work::of(0));
        assert_eq!(protection.audit().unsafe_secrets, [], "seed {seed}");
        assert_is_protected(&system, &protection, &rule, seed);
        let cells = 0..system.cells.len();
        hidden += cells.clone().filter(|cell| protection.why(*cell).is_some()).count();
        unproved += protection.audit().unproved;
        let patient = protect(&system, &rule);
        patiently += patient.audit().unproved;
        frugal += cells.filter(|cell| patient.why(*cell).is_some()).count();
    }
    assert!(hidden > frugal, "{hidden} and {frugal} hidden: too easy");
    assert!(unproved > 10 * patiently, "{unproved} and {patiently} unproved: too easy");
}

#[test]
fn a_share_is_hidden_with_all_that_it_shows_and_the_few_outside_it_are_not_to_be_found() {
    let mut system = System::default();
    let [yes, no] = [98, 2].map(|n| system.add_inner(n));
    let elsewhere = [60, 70].map(|n| system.add_inner(n));
    let whole = |parts: [usize; 2]| Form::sum(parts);
    let few = system.add(Cell { weight: 100, ..Cell::share(Form::sum([yes]), whole([yes, no])) });
    let other = Cell::share(Form::sum([elsewhere[0]]), whole(elsewhere));
    let other = system.add(Cell { weight: 130, ..other });
    let all = Cell::share(
        Form::sum([yes, elsewhere[0]]),
        Form::sum([yes, no, elsewhere[0], elsewhere[1]]),
    );
    let all = system.add(Cell { rank: 1, weight: 230, ..all });
    let protection = protect(&system, &Rule::below(6, true));
    assert_eq!(protection.why(few), Some(Why::Small));
    let protects = Why::Protects { whose: Whose::Cell(few), doubt: None };
    assert_eq!(protection.why(other), Some(protects));
    assert_eq!(protection.why(all), None);
}

#[test]
fn what_the_reader_has_already_stays_and_what_was_hidden_from_them_stays_hidden() {
    // They have the total and the first month; the second was hidden. The third may not be shown now.
    let mut system = System::default();
    let months: Vec<usize> = [20, 3, 30].map(|n| system.add_inner(n)).to_vec();
    system.known.push(Form::sum(months.clone()));
    system.known.push(Form::sum([months[0]]));
    system.secrets.push(Form::sum([months[1]]));
    let third = system.add(Cell::count(Form::sum([months[2]])));
    let protection = protect(&system, &Rule::below(6, true));
    let protects = Why::Protects { whose: Whose::Secret(0), doubt: None };
    assert_eq!(protection.why(third), Some(protects));
}

#[test]
fn a_secret_that_is_out_already_is_reported_and_nothing_is_hidden_for_its_sake() {
    let mut system = System::default();
    let [small, large] = [3, 30].map(|n| system.add_inner(n));
    system.known.push(Form::sum([small, large]));
    let forced = Cell { standing: Standing::Forced, ..Cell::count(Form::sum([large])) };
    system.add(forced);
    let other = system.add_inner(50);
    let other = system.add(Cell::count(Form::sum([other])));
    let first = system.add(Cell::count(Form::sum([small])));
    let protection = protect(&system, &Rule::below(6, true));
    assert_eq!(protection.why(other), None);
    let (whose, _) = protection.audit().unsafe_secrets[0];
    assert_eq!(whose, Whose::Cell(first));
}

#[test]
fn what_goes_last_goes_only_when_nothing_else_helps() {
    let hidden = |counts: &[u64]| {
        let mut system = System::default();
        let places: Vec<usize> = counts.iter().map(|n| system.add_inner(*n)).collect();
        for (place, weight) in places.iter().zip(counts) {
            // The second goes last, though it is the smallest.
            let last = *place == places[1];
            let count = Cell::count(Form::sum([*place]));
            system.add(Cell { weight: *weight, last, ..count });
        }
        system.known.push(Form::sum(places));
        let protection = protect(&system, &Rule::below(6, true));
        (0..counts.len()).map(|cell| protection.why(cell).is_some()).collect::<Vec<_>>()
    };
    assert_eq!(hidden(&[3, 9, 40]), [true, false, true]);
    assert_eq!(hidden(&[3, 9]), [true, true]);
    // One other is not enough: 3 and 1 add up to a small number.
    assert_eq!(hidden(&[3, 9, 1]), [true, true, true]);
}

#[test]
fn cells_that_go_with_another_are_hidden_with_it() {
    let mut system = System::default();
    let [small, pending] = [2, 80].map(|n| system.add_inner(n));
    let leader = system.add(Cell::count(Form::sum([small])));
    let beside = Cell { with: Some(leader), ..Cell::count(Form::sum([pending])) };
    let beside = system.add(beside);
    let protection = protect(&system, &Rule::below(6, true));
    assert_eq!(protection.why(beside), Some(Why::With(leader)));
}

#[test]
fn a_nought_that_goes_with_another_cell_is_not_taken_for_anything_else() {
    // Nobody is pending, and that is hidden only because the cell is: a reader who took it for at least
    // one would contradict the total.
    let mut system = System::default();
    let [small, large, none] = [2, 80, 0].map(|n| system.add_inner(n));
    let leader = system.add(Cell { weight: 2, ..Cell::count(Form::sum([small])) });
    system.add(Cell { weight: 80, ..Cell::count(Form::sum([large])) });
    let pending = Cell { nought_is_shown: true, ..Cell::count(Form::sum([none])) };
    let beside = system.add(Cell { with: Some(leader), ..pending });
    system.known.push(Form::sum([small, large, none]));
    let protection = protect(&system, &Rule::below(6, true));
    assert_eq!(protection.why(beside), Some(Why::With(leader)));
    assert_eq!(protection.audit().unsafe_secrets, []);
}

#[test]
fn that_few_or_nobody_are_beside_a_figure_tells_less_than_that_there_is_nobody() {
    let mut system = System::default();
    let [small, large, none, one] = [2, 80, 0, 1].map(|n| system.add_inner(n));
    let leader = system.add(Cell { weight: 2, ..Cell::count(Form::sum([small])) });
    system.add(Cell { weight: 80, ..Cell::count(Form::sum([large])) });
    let pending = Cell { nought_is_shown: true, ..Cell::count(Form::sum([none])) };
    let beside = system.add(Cell { with: Some(leader), ..pending });
    system.known.push(Form::sum([none, one]));
    let rule = Rule::below(6, true);
    assert_eq!(protect(&system, &rule).audit().unsafe_secrets, []);
    // Were it the other that is hidden, one would be told of whom there is at least one.
    system.cells[beside].shows = vec![Form::sum([one])];
    assert_eq!(protect(&system, &rule).audit().unsafe_secrets.len(), 1);
}

#[test]
fn that_a_number_is_large_may_be_known_and_that_it_may_be_small_may_not() {
    use super::secrets::Secret;
    let of = |truth, nought, open_at_nought| {
        let (sum, width, many, cell) = (0, 4, 6, None);
        Secret { sum, width, many, nought, open_at_nought, truth, cell }
    };
    let tells = |secret: &Secret, ends: [(i64, i64); 5]| ends.map(|ends| secret.is_told_by(ends));
    let figure = of(7, true, false);
    let ends = [(7, 7), (6, 9), (5, 8), (5, 9), (0, 3)];
    assert_eq!(tells(&figure, ends), [false, false, true, false, true]);
    let nought = of(0, true, false);
    assert_eq!(tells(&nought, [(0, 0), (0, 1), (0, 3), (0, 4), (0, 9)])[..3], [false, true, true]);
    // Between figures it is enough that there may be nobody.
    let difference = of(2, false, true);
    let ends = [(2, 2), (1, 4), (0, 2), (1, 5), (0, 9)];
    assert_eq!(tells(&difference, ends), [true, true, false, false, false]);
}

#[test]
fn without_a_threshold_nothing_is_hidden() {
    let system = cube(&[1, 0, 2, 5], &[2, 2]);
    let protection = protect(&system, &Rule::below(0, true));
    assert!((0..system.cells.len()).all(|cell| protection.why(cell).is_none()));
}

#[test]
fn the_same_system_gives_the_same_answer() {
    let counts = counts(&mut ChaCha8Rng::seed_from_u64(5), 60);
    let system = cube(&counts, &[3, 4, 5]);
    let rule = Rule::below(6, true);
    assert_eq!(protect(&system, &rule), protect(&system, &rule));
}

/// Several tables side by side that have nobody in common.
fn side_by_side(tables: &[System]) -> System {
    let mut all = System::default();
    for table in tables {
        let first = all.inner.len();
        all.inner.extend(&table.inner);
        for cell in &table.cells {
            let moved = |form: &Form| Form::of(form.terms().iter().map(|(at, n)| (first + at, *n)));
            let shows = cell.shows.iter().map(moved).collect();
            all.add(Cell { shows, ..cell.clone() });
        }
    }
    all
}

#[test]
fn what_has_nothing_to_do_with_one_another_is_protected_alike_beside_it_and_alone() {
    let random = &mut ChaCha8Rng::seed_from_u64(7);
    let tables: Vec<System> = [[3, 4], [2, 5], [4, 4], [3, 3]]
        .map(|dimensions| cube(&counts(random, dimensions.iter().product()), &dimensions))
        .to_vec();
    let rule = Rule::below(5, true);
    let alone: Vec<bool> = (tables.iter())
        .flat_map(|table| {
            let protection = protect(table, &rule);
            (0..table.cells.len()).map(move |cell| protection.why(cell).is_some())
        })
        .collect();
    let system = side_by_side(&tables);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| protect(&system, &rule))
    };
    let (one, four) = (with(1), with(4));
    assert_eq!(one, four);
    let together: Vec<bool> = (0..system.cells.len()).map(|c| one.why(c).is_some()).collect();
    assert_eq!(together, alone);
}

/// Whether a table that hides just these cells is safe, by trying all whole tables.
fn is_safe(system: &System, hidden: &[bool], rule: &Rule) -> bool {
    let mut facts: Vec<Fact> = Vec::new();
    for (cell, hidden) in system.cells.iter().zip(hidden) {
        let value = cell.shows[0].value(&system.inner);
        let (least, most) = if *hidden { (1, i64::MAX / 4) } else { (value, value) };
        facts.push((cell.shows[0].clone(), least, most));
    }
    let width = i64::try_from(rule.width).expect("a width");
    let many = i64::try_from(rule.threshold).expect("a threshold") + width - 1;
    system.cells.iter().zip(hidden).filter(|(_, hidden)| **hidden).all(|(cell, _)| {
        let secret = &cell.shows[0];
        let value = secret.value(&system.inner);
        value >= many || is_open(&facts, secret, &system.inner, width)
    })
}

/// The fewest further cells that make a table safe: all choices of none, of one, of two … are tried, so that what
/// is found is proved to be the least.
fn fewest(system: &System, rule: &Rule) -> Option<usize> {
    let value = |cell: &Cell| cell.shows[0].value(&system.inner);
    let small: Vec<bool> = system.cells.iter().map(|cell| rule.is_small(value(cell))).collect();
    let may: Vec<usize> =
        (0..small.len()).filter(|c| !small[*c] && value(&system.cells[*c]) > 0).collect();
    let safe = |hidden: &[bool]| is_safe(system, hidden, rule);
    (0..=may.len()).find(|many| any_choice(&mut small.clone(), &may, *many, &safe))
}

/// Whether hiding some choice of so many cells is safe.
fn any_choice(
    hidden: &mut [bool],
    may: &[usize],
    many: usize,
    safe: &dyn Fn(&[bool]) -> bool,
) -> bool {
    if many == 0 {
        return safe(hidden);
    }
    (0..may.len()).any(|at| {
        hidden[may[at]] = true;
        let found = any_choice(hidden, &may[at + 1..], many - 1, safe);
        hidden[may[at]] = false;
        found
    })
}

#[test]
fn what_is_hidden_for_others_is_within_a_fifth_of_the_fewest_that_would_do() {
    let (mut hidden, mut least) = (0, 0);
    for seed in 0..200_u64 {
        let random = &mut ChaCha8Rng::seed_from_u64(1_000 + seed);
        let dimensions: &[usize] = [&[2, 3][..], &[3, 2], &[2, 2], &[6]][seed as usize % 4];
        let counts: Vec<u64> = (0..dimensions.iter().product())
            .map(|_| match random.random_range(0..4_u8) {
                0 => random.random_range(0..=4),
                _ => random.random_range(5..=15),
            })
            .collect();
        let system = cube(&counts, dimensions);
        let rule = Rule::below([3, 5][seed as usize / 4 % 2], true);
        let Some(fewest) = fewest(&system, &rule) else { continue };
        let protection = protect(&system, &rule);
        let secondary = |cell: &usize| matches!(protection.why(*cell), Some(Why::Protects { .. }));
        let here = (0..system.cells.len()).filter(secondary).count();
        assert_is_protected(&system, &protection, &rule, seed);
        hidden += here;
        least += fewest;
    }
    assert!(least > 200, "{least}: too easy");
    assert!(5 * hidden <= 6 * least, "{hidden} are hidden for others, {least} would do");
}
