//! The people behind all measures that count the same units on the same day: how many were considered at
//! each place, whichever measure considered them. Places are words of columns: a level, a condition on a
//! population, a category, a reason to be left out. What holds among the places, every reader knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::audience::DisclosurePolicy;
use crate::disclosure::{Form, System};
use crate::measure::Within;
use crate::protect::ground::{Conditions, Ground, Kind, Words};
use crate::protect::parts::{Part, RowKey};
use crate::protect::release::Inner;
use crate::protect::ties::{Left, Times, among, hold};

/// Words of columns: those have one of the words in each.
type Place = BTreeMap<String, Words>;

/// The columns of places; of those by which they are not split, the words.
type Shape = BTreeMap<String, Option<Words>>;

/// The units of one kind.
#[derive(Debug, Default)]
struct People {
    /// How many are at a place, by block: the inner cell.
    at: BTreeMap<Place, BTreeMap<usize, usize>>,
    /// The places of each shape.
    shapes: BTreeMap<Shape, BTreeSet<Place>>,
}

/// Adds all that holds among places to what the reader knows.
pub(super) fn tie<'a>(
    inner: &Inner<'a>,
    ground: &Ground<'a>,
    times: &Times<'a>,
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    let mut kinds: BTreeMap<Kind<'a>, People> = BTreeMap::new();
    let placed = |(row, blocks)| Some((row, blocks, place_of(row, ground)?));
    let rows: Vec<_> = inner.splits.values().flatten().filter_map(placed).collect();
    for (row, blocks, stands) in &rows {
        let people = kinds.entry(ground.kind(row.measure)).or_default();
        for block in *blocks {
            people.consider(inner, row, *block, stands, system);
        }
    }
    // What one measure does not say of a place by itself, another may: go through twice.
    for _ in 0..2 {
        for (row, blocks, stands) in &rows {
            let Some(people) = kinds.get_mut(&ground.kind(row.measure)) else { continue };
            for block in *blocks {
                people.of_words(inner, row, *block, (stands, ground), system);
            }
        }
    }
    for (kind, people) in &kinds {
        for (here, there) in &times.same_evening {
            people.of_the_same_evening(*here, *there, system);
        }
        people.add_up(ground.within(), (kind, times), policy, system);
    }
}

/// Where a row stands, and by which columns its table is split; nothing if nobody can be there.
fn place_of(row: &RowKey<'_>, ground: &Ground<'_>) -> Option<(Place, Shape)> {
    let (mut place, mut shape) = (Place::new(), Shape::new());
    for (by, level) in &row.levels {
        let column = ground.column(by);
        place.insert(column.to_owned(), [(*level).to_owned()].into());
        shape.insert(column.to_owned(), None);
    }
    restrict(&mut place, &mut shape, ground.population(row.measure)).then_some((place, shape))
}

/// Takes conditions to a place. Gives false if nobody is left.
fn restrict(place: &mut Place, shape: &mut Shape, conditions: Conditions) -> bool {
    conditions.into_iter().all(|(column, words)| {
        let here = match place.get(&column) {
            Some(own) => own & &words,
            None => words.clone(),
        };
        let any = !here.is_empty();
        if shape.get(&column) != Some(&None) {
            shape.insert(column.clone(), Some(here.clone()));
        }
        place.insert(column, here);
        any
    })
}

impl People {
    /// The inner cell of a place, if there is one.
    fn of(&self, place: &Place, block: usize) -> Option<usize> {
        self.at.get(place)?.get(&block).copied()
    }

    fn insert(&mut self, place: Place, shape: Shape, block: usize, inner: usize) {
        self.shapes.entry(shape).or_default().insert(place.clone());
        self.at.entry(place).or_default().insert(block, inner);
    }

    /// All that a row considered are the sum of its parts.
    fn consider(
        &mut self,
        inner: &Inner<'_>,
        row: &RowKey<'_>,
        block: usize,
        (place, shape): &(Place, Shape),
        system: &mut System,
    ) {
        let parts = Form::sum(inner.parts(row, block).map(|(_, number)| *number));
        self.say(place.clone(), shape.clone(), block, &parts, &Form::default(), system);
    }

    /// Those that a row knows to have some words: of a category, in the numerator, left out. Among those
    /// who are not counted there may be more of them.
    fn of_words(
        &mut self,
        inner: &Inner<'_>,
        row: &RowKey<'_>,
        block: usize,
        ((place, shape), ground): (&(Place, Shape), &Ground<'_>),
        system: &mut System,
    ) {
        let mut sayings: Vec<(Conditions, Vec<usize>)> = Vec::new();
        let parts: Vec<(Part<'_>, usize)> =
            inner.parts(row, block).map(|(key, number)| (key.part, *number)).collect();
        let of = |wanted: &dyn Fn(Part<'_>) -> bool| -> Vec<usize> {
            parts.iter().filter(|(part, _)| wanted(*part)).map(|(_, number)| *number).collect()
        };
        if let Some(column) = ground.categories(row.measure) {
            let mut wanted: BTreeSet<Words> = BTreeSet::new();
            for (part, _) in &parts {
                if let Part::Category(word) = part {
                    wanted.insert([(*word).to_owned()].into());
                }
            }
            // Conditions of others on the same column take several categories together.
            let others = self.at.keys().filter_map(|place| place.get(column));
            wanted.extend(others.filter(|words| words.len() > 1).cloned());
            for words in wanted {
                let inside =
                    |part: Part<'_>| matches!(part, Part::Category(c) if words.contains(c));
                let some = of(&inside);
                sayings.push((vec![(column.to_owned(), words.clone())], some));
            }
        }
        if let Some(words) = ground.numerator(row.measure) {
            sayings.push((words, of(&|part| part == Part::Holds)));
        }
        let open = of(&|part| {
            !matches!(
                part,
                Part::Holds | Part::Fails | Part::Counted | Part::Category(_) | Part::Elsewhere
            )
        });
        let by_category = ground.categories(row.measure).is_some();
        for (words, some) in sayings {
            let (mut place, mut shape) = (place.clone(), shape.clone());
            // Categories are listed side by side.
            if let ([(column, words)], true) = (&words[..], by_category)
                && words.len() == 1
            {
                shape.insert(column.clone(), None);
            }
            if restrict(&mut place, &mut shape, words) {
                let (some, open) = (Form::sum(some), Form::sum(open.iter().copied()));
                self.say(place, shape, block, &some, &open, system);
            }
        }
        if let Some(words) = ground.left_out(row.measure) {
            let (mut place, mut shape) = (place.clone(), shape.clone());
            if restrict(&mut place, &mut shape, words) {
                let left_out = Form::sum(of(&|part| part == Part::LeftOut(0)));
                self.say(place, shape, block, &left_out, &Form::default(), system);
            }
        }
    }

    /// Those at a place are some, and perhaps part of those of whom it is open where they are.
    fn say(
        &mut self,
        place: Place,
        shape: Shape,
        block: usize,
        some: &Form,
        open: &Form,
        system: &mut System,
    ) {
        let count = |form: &Form, system: &System| form.value(&system.inner);
        let (sure, unsure) = (count(some, system), count(open, system));
        let Ok(sure_count) = u64::try_from(sure) else { return };
        let all = match self.of(&place, block) {
            Some(all) => all,
            None if unsure == 0 => system.add_inner(sure_count),
            None => return,
        };
        self.insert(place, shape, block, all);
        let all_form = Form::sum([all]);
        if open.terms().is_empty() {
            hold(some.minus(&all_form), system);
            return;
        }
        let more = i64::try_from(system.inner[all]).unwrap_or(i64::MAX) - sure;
        let (Ok(more), Ok(others)) = (u64::try_from(more), u64::try_from(unsure - more)) else {
            return;
        };
        let (more, others) = (system.add_inner(more), system.add_inner(others));
        hold(some.minus(&all_form.minus(&Form::sum([more]))), system);
        hold(open.minus(&Form::sum([more, others])), system);
    }

    /// A stock that each kind of period asks anew has the units of the period's last evening.
    fn of_the_same_evening(&self, here: usize, there: usize, system: &mut System) {
        for blocks in self.at.values() {
            if let (Some(one), Some(other)) = (blocks.get(&here), blocks.get(&there)) {
                hold(Form::sum([*one]).minus(&Form::sum([*other])), system);
            }
        }
    }

    /// The places of a finer shape come to those of a coarser one, or are among them.
    fn add_up(
        &self,
        within: &Within,
        (kind, times): (&Kind<'_>, &Times<'_>),
        policy: &DisclosurePolicy,
        system: &mut System,
    ) {
        for coarse in self.shapes.keys() {
            for (fine, places) in &self.shapes {
                if fine == coarse || !may_refine(fine, coarse, within) {
                    continue;
                }
                let mut some: BTreeMap<Place, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
                for place in places {
                    let Some(total) = total_of(place, coarse, within) else { continue };
                    if total == *place || !self.at.contains_key(&total) {
                        continue;
                    }
                    let of_total = some.entry(total).or_default();
                    for (block, number) in self.at.get(place).into_iter().flatten() {
                        of_total.entry(*block).or_default().push(*number);
                    }
                }
                let step_between = self.has_step_between(fine, coarse);
                for (total, blocks) in some {
                    let mut left = Left::new();
                    for (block, inside) in blocks {
                        let Some(all) = self.of(&total, block) else { continue };
                        let sum: u64 = inside.iter().map(|at| system.inner[*at]).sum();
                        // What follows from two steps need not be said of both together.
                        if !step_between || sum == system.inner[all] {
                            left.insert(block, among(&inside, all, policy, system));
                        }
                    }
                    times.may_not_follow(kind, &left, policy, system);
                }
            }
        }
    }

    /// Whether a shape both splits and restricts another, and one of the two steps can be taken first.
    fn has_step_between(&self, fine: &Shape, coarse: &Shape) -> bool {
        let restricts = |(column, words): &(&String, &Option<Words>)| {
            words.is_some() && coarse.get(*column) != Some(*words)
        };
        let restrictions: Vec<_> = fine.iter().filter(restricts).collect();
        let splits =
            fine.iter().any(|(column, words)| words.is_none() && !coarse.contains_key(column));
        if restrictions.is_empty() || !splits {
            return false;
        }
        let mut only_restricted = coarse.clone();
        let mut only_split = fine.clone();
        for (column, words) in restrictions {
            only_restricted.insert(column.clone(), words.clone());
            only_split.remove(column);
        }
        self.shapes.contains_key(&only_restricted) || self.shapes.contains_key(&only_split)
    }
}

/// Whether places of one shape can be inside those of another.
fn may_refine(fine: &Shape, coarse: &Shape, within: &Within) -> bool {
    coarse.keys().all(|column| {
        fine.contains_key(column)
            || fine.keys().any(|f| within.contains_key(&(f.clone(), column.clone())))
    })
}

/// The place of a coarser shape that a place is in.
fn total_of(place: &Place, coarse: &Shape, within: &Within) -> Option<Place> {
    let mut total = Place::new();
    for (column, words) in coarse {
        let own = match place.get(column) {
            Some(own) => own.clone(),
            None => place.iter().find_map(|(fine, own)| {
                let map = within.get(&(fine.clone(), column.clone()))?;
                own.iter().map(|word| map.get(word).cloned()).collect::<Option<Words>>()
            })?,
        };
        let of_total = match words {
            Some(words) if own.is_subset(words) => words.clone(),
            None if own.len() == 1 => own,
            _ => return None,
        };
        total.insert(column.clone(), of_total);
    }
    Some(total)
}
