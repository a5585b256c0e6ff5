//! The people behind all measures that count the same units on the same day: how many were considered at
//! each place, whichever measure considered them. Places are words of columns: a level, a condition on a
//! population, a category, a reason to be left out. What holds among the places, every reader knows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::audience::DisclosurePolicy;
use crate::disclosure::{Form, System};
use crate::measure::Within;
use crate::protect::ground::{Conditions, Ground, Kind, Words};
use crate::protect::parts::{Part, RowKey};
use crate::protect::release::Inner;
use crate::protect::spans::{Blocks, fill, stretches};
use crate::protect::ties::{Left, Times, among, hold, may_not_follow, sum_of};

/// Words of columns: those have one of the words in each.
type Place = BTreeMap<String, Words>;

/// The columns of places; of those by which they are not split, the words.
type Shape = BTreeMap<String, Option<Words>>;

/// The units of one kind.
#[derive(Debug, Default)]
struct People {
    /// How many are at a place: spans of time that do not overlap, each with its inner cell.
    at: BTreeMap<Place, Vec<(Blocks, usize)>>,
    /// The places of each shape.
    shapes: BTreeMap<Shape, BTreeSet<Place>>,
    /// What several measures ask, each with those that ask it.
    asked: BTreeMap<Conditions, BTreeSet<String>>,
}

/// A row, the spans that it has, where it stands, and by which columns its table is split.
struct Placed<'r, 'a> {
    row: &'r RowKey<'a>,
    has: &'r BTreeSet<usize>,
    stands: (Place, Shape),
}

/// What a row says of a place in one of its spans.
struct Said {
    blocks: Blocks,
    /// Those who are there.
    some: Form,
    /// Those of whom it is open whether they are.
    open: Form,
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
    let placed = |(row, has)| Some(Placed { row, has, stands: place_of(row, ground)? });
    let mut rows: Vec<_> = inner.splits.values().flatten().filter_map(placed).collect();
    // Places are divided in time as those rows are that say most of it.
    rows.sort_by_key(|placed| Reverse(placed.has.len()));
    for placed in &rows {
        let measure = placed.row.measure;
        let people = kinds.entry(ground.kind(measure)).or_default();
        people.consider(inner, placed, system);
        if let Some(asked) = ground.found_to_hold(measure) {
            people.asked.entry(asked).or_default().insert(measure.to_owned());
        }
    }
    // What one measure does not say of a place by itself, another may: go through twice.
    for _ in 0..2 {
        for placed in &rows {
            if let Some(people) = kinds.get_mut(&ground.kind(placed.row.measure)) {
                people.of_words(inner, placed, ground, system);
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
    /// All that a row considered are the sum of its parts.
    fn consider(&mut self, inner: &Inner<'_>, placed: &Placed<'_, '_>, system: &mut System) {
        let of_span = |(blocks, parts): (Blocks, Vec<(Part<'_>, usize)>)| {
            let some = Form::sum(parts.into_iter().map(|(_, number)| number));
            Said { blocks, some, open: Form::default() }
        };
        let said: Vec<Said> = parts_by_span(inner, placed).into_iter().map(of_span).collect();
        let (place, shape) = placed.stands.clone();
        self.say(place, shape, &said, system);
    }

    /// Those that a row knows to have some words: of a category, in the numerator, left out. Among those
    /// who are not counted there may be more of them.
    fn of_words(
        &mut self,
        inner: &Inner<'_>,
        placed: &Placed<'_, '_>,
        ground: &Ground<'_>,
        system: &mut System,
    ) {
        let (row, (place, shape)) = (placed.row, &placed.stands);
        let by_span = parts_by_span(inner, placed);
        let parts: BTreeSet<Part<'_>> =
            by_span.iter().flat_map(|(_, parts)| parts.iter().map(|(part, _)| *part)).collect();
        let of_parts = |wanted: &dyn Fn(Part<'_>) -> bool| -> BTreeSet<Part<'_>> {
            parts.iter().copied().filter(|part| wanted(*part)).collect()
        };
        let mut sayings: Vec<(Conditions, BTreeSet<Part<'_>>)> = Vec::new();
        if let Some(column) = ground.categories(row.measure) {
            let category = |part: &Part<'_>| match part {
                Part::Category(word) => Some([(*word).to_owned()].into()),
                _ => None,
            };
            let mut wanted: BTreeSet<Words> = parts.iter().filter_map(category).collect();
            // Conditions of others on the same column take several categories together.
            let others = self.at.keys().filter_map(|place| place.get(column));
            wanted.extend(others.filter(|words| words.len() > 1).cloned());
            for words in wanted {
                let inside =
                    of_parts(&|part| matches!(part, Part::Category(c) if words.contains(c)));
                sayings.push((vec![(column.to_owned(), words)], inside));
            }
        }
        if let Some(words) = ground.numerator(row.measure) {
            sayings.push((words, [Part::Holds].into()));
        }
        let open = of_parts(&|part| {
            !matches!(
                part,
                Part::Holds | Part::Fails | Part::Counted | Part::Category(_) | Part::Elsewhere
            )
        });
        let said = |some: &BTreeSet<Part<'_>>, open: &BTreeSet<Part<'_>>| {
            let of_span = |(blocks, parts): &(Blocks, Vec<(Part<'_>, usize)>)| {
                let of = |wanted: &BTreeSet<Part<'_>>| {
                    Form::sum(parts.iter().filter(|(part, _)| wanted.contains(part)).map(|p| p.1))
                };
                Said { blocks: blocks.clone(), some: of(some), open: of(open) }
            };
            by_span.iter().map(of_span).collect::<Vec<_>>()
        };
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
                self.say(place, shape, &said(&some, &open), system);
            }
        }
        // What one measure alone asks says nothing of another's people.
        let asked = ground.found_to_hold(row.measure);
        let asked = asked.filter(|a| self.asked.get(a).is_some_and(|measures| measures.len() > 1));
        if let Some(words) = asked {
            let (mut place, mut shape) = (place.clone(), shape.clone());
            // Of those left out nobody asks.
            let left_out = of_parts(&|part| matches!(part, Part::LeftOut(_)));
            if restrict(&mut place, &mut shape, words) {
                self.say(place, shape, &said(&[Part::Holds].into(), &left_out), system);
            }
        }
        if let Some(words) = ground.left_out(row.measure) {
            let (mut place, mut shape) = (place.clone(), shape.clone());
            if restrict(&mut place, &mut shape, words) {
                let left_out = said(&[Part::LeftOut(0)].into(), &BTreeSet::new());
                self.say(place, shape, &left_out, system);
            }
        }
    }

    /// Those at a place are some, and perhaps part of those of whom it is open where they are: in each stretch of time
    /// that is told of by this and was told of before, or for the first time.
    fn say(&mut self, place: Place, shape: Shape, said: &[Said], system: &mut System) {
        let known = self.at.get(&place).cloned().unwrap_or_default();
        let mut new: Vec<(Blocks, usize)> = Vec::new();
        let told = known.iter().map(|(blocks, _)| blocks);
        for stretch in stretches(told.chain(said.iter().map(|said| &said.blocks))) {
            let here = || known.iter().filter(|(blocks, _)| blocks.is_subset(&stretch));
            let said = || said.iter().filter(|said| said.blocks.is_subset(&stretch));
            let some = sum_of(said().map(|said| &said.some));
            let open = sum_of(said().map(|said| &said.open));
            if here().next().is_none() {
                let count = u64::try_from(some.value(&system.inner));
                if let (Ok(count), 0) = (count, open.value(&system.inner)) {
                    let all = system.add_inner(count);
                    hold(some.minus(&Form::sum([all])), system);
                    new.push((stretch, all));
                }
            } else if fill(here().map(|(blocks, _)| blocks), &stretch)
                && fill(said().map(|said| &said.blocks), &stretch)
            {
                among_all(&some, &open, &Form::sum(here().map(|(_, all)| *all)), system);
            }
        }
        if !(known.is_empty() && new.is_empty()) {
            self.shapes.entry(shape).or_default().insert(place.clone());
            self.at.entry(place).or_default().append(&mut new);
        }
    }

    /// A stock that each kind of period asks anew has the units of the period's last evening.
    fn of_the_same_evening(&self, here: usize, there: usize, system: &mut System) {
        for spans in self.at.values() {
            let of = |block| spans.iter().find(|(blocks, _)| blocks.iter().eq([&block]));
            if let (Some((_, one)), Some((_, other))) = (of(here), of(there)) {
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
                let mut of_total: BTreeMap<Place, Vec<&Vec<(Blocks, usize)>>> = BTreeMap::new();
                for place in places {
                    let Some(total) = total_of(place, coarse, within) else { continue };
                    if total == *place || !self.at.contains_key(&total) {
                        continue;
                    }
                    of_total.entry(total).or_default().extend(self.at.get(place));
                }
                let step_between = self.has_step_between(fine, coarse);
                for (total, places) in of_total {
                    let Some(all) = self.at.get(&total) else { continue };
                    if places.len() > 1 {
                        for place in &places {
                            all_but_one(all, place, (kind, times), policy, system);
                        }
                    }
                    let some: Vec<_> = places.into_iter().flatten().collect();
                    let mut left = Left::new();
                    for stretch in stretches(all.iter().chain(some.iter().copied()).map(|s| &s.0)) {
                        let some = some.iter().filter(|(blocks, _)| blocks.is_subset(&stretch));
                        let some: Vec<usize> = some.map(|(_, number)| *number).collect();
                        let Some(all_here) = filling(all, &stretch) else { continue };
                        if some.is_empty() {
                            continue;
                        }
                        let count =
                            |of: &[usize]| -> u64 { of.iter().map(|at| system.inner[*at]).sum() };
                        // What follows from two steps need not be said of both together.
                        if !step_between || count(&some) == count(&all_here) {
                            left.push((stretch, among(&some, &all_here, policy, system)));
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

/// The inner cells of a place in a stretch of time, if they have all of it.
fn filling(place: &[(Blocks, usize)], stretch: &Blocks) -> Option<Vec<usize>> {
    let here = || place.iter().filter(|(blocks, _)| blocks.is_subset(stretch));
    fill(here().map(|(blocks, _)| blocks), stretch)
        .then(|| here().map(|(_, number)| *number).collect())
}

/// Those of a place who are not at one of the places within it may not follow if they are few, whoever else is
/// counted among them: both places may be shown.
fn all_but_one(
    all: &[(Blocks, usize)],
    one: &[(Blocks, usize)],
    (kind, times): (&Kind<'_>, &Times<'_>),
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    let mut left = Left::new();
    for stretch in stretches(all.iter().chain(one).map(|(blocks, _)| blocks)) {
        if let (Some(all), Some(one)) = (filling(all, &stretch), filling(one, &stretch)) {
            let others = Form::sum(all).minus(&Form::sum(one));
            may_not_follow(others.clone(), policy, system);
            left.push((stretch, others));
        }
    }
    times.may_not_follow(kind, &left, policy, system);
}

/// The parts of a row in each span that it has.
fn parts_by_span<'a>(
    inner: &Inner<'a>,
    placed: &Placed<'_, 'a>,
) -> Vec<(Blocks, Vec<(Part<'a>, usize)>)> {
    let split = (placed.row.measure, placed.row.by());
    let here = inner.spans_of(&split).filter(|(span, _)| placed.has.contains(span));
    let with_parts = |(span, blocks): (usize, &Blocks)| {
        let parts = inner.parts(placed.row, span).map(|(key, number)| (key.part, *number));
        (blocks.clone(), parts.collect())
    };
    here.map(with_parts).collect()
}

/// Tells the reader that those at a place are some, and perhaps part of those of whom it is open.
fn among_all(some: &Form, open: &Form, all: &Form, system: &mut System) {
    if open.terms().is_empty() {
        hold(some.minus(all), system);
        return;
    }
    let more = all.value(&system.inner) - some.value(&system.inner);
    let others = open.value(&system.inner) - more;
    let (Ok(more), Ok(others)) = (u64::try_from(more), u64::try_from(others)) else { return };
    let (more, others) = (system.add_inner(more), system.add_inner(others));
    hold(some.minus(&all.minus(&Form::sum([more]))), system);
    hold(open.minus(&Form::sum([more, others])), system);
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
