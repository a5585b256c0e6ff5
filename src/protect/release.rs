//! Everything that one audience receives, as one system of sums: each figure once, whichever tables it
//! stands in, over inner cells that no table divides further.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Period;
use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::measure::MeasureKind;
use crate::disclosure::{self, Form, Standing, System, Whose};
use crate::measure::{Amount, Cell, Table};
use crate::protect::UnprotectedError;
use crate::protect::considered::{self, Today};
use crate::protect::earlier::{Held, Holdings};
use crate::protect::ground::{Ground, Kind};
use crate::protect::parts::{self, Counts, Part, Pieces, RowKey};
use crate::protect::preference::{Preference, Wish};
use crate::protect::primary::is_small;
use crate::protect::spans::{self, Spans, fill};
use crate::protect::ties::{self, Left, Times, may_not_follow};

/// What a figure is about. The order does not depend on that of the tables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FigureKey<'a> {
    /// The measure and the level.
    pub(super) row: RowKey<'a>,
    /// The category, if it is one of a distribution.
    pub(super) category: Option<&'a str>,
    /// The period.
    pub(super) period: Period,
}

impl<'a> FigureKey<'a> {
    /// The figure of a cell.
    pub(super) fn of(table: &'a Table, cell: &'a Cell) -> Self {
        let (row, category) = RowKey::of(table, cell);
        Self { row, category, period: cell.period }
    }

    /// What all categories of a distribution have in common.
    pub(super) fn base(&self) -> Self {
        Self { category: None, ..self.clone() }
    }
}

/// What stands beside a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beside {
    /// How many are pending.
    Pending,
    /// How many are unknown.
    Unknown,
    /// How many this exclusion left out.
    LeftOut(usize),
}

impl Beside {
    /// What stands at a place of the list: pending, unknown, then what each exclusion left out.
    pub(super) fn of_place(place: usize) -> Self {
        match place {
            0 => Self::Pending,
            1 => Self::Unknown,
            _ => Self::LeftOut(place - 2),
        }
    }
}

/// A cell of the system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Published<'a> {
    /// The figure.
    pub(super) figure: FigureKey<'a>,
    /// What stands beside it; nothing for the figure itself.
    pub(super) beside: Option<Beside>,
}

/// An inner cell: part of a row in a span of time that nothing divides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct InnerKey<'a> {
    pub(super) row: RowKey<'a>,
    /// The first block of the span.
    pub(super) span: usize,
    pub(super) part: Part<'a>,
}

/// The system of one audience, and what its cells are.
#[derive(Debug)]
pub(super) struct Release<'a> {
    /// The sums.
    pub(super) system: System,
    /// What each of its cells is.
    pub(super) cells: Vec<Published<'a>>,
    /// The number of each.
    numbers: BTreeMap<Published<'a>, usize>,
    /// Their numbers by what they say.
    saying: BTreeMap<(Vec<Form>, Option<Beside>), usize>,
    /// The figure of each cell of each table.
    pub(super) of_table: Vec<Vec<FigureKey<'a>>>,
    /// The cells that were hidden before and still come to the same, with the earlier release.
    pub(super) hidden_in: BTreeMap<usize, usize>,
    /// The cells of what is to be released now; the others are only of earlier releases.
    pub(super) is_new: BTreeSet<usize>,
    /// The cells that have hardly moved since they were hidden, and those that have not since they were shown.
    nearly: [BTreeSet<usize>; 2],
}

/// What is known of a figure before it is added to the system.
struct Asked<'s, 'a> {
    /// Its cell.
    cell: &'a Cell,
    /// Whether it is to be released now.
    is_new: bool,
    /// What was released before.
    holdings: &'s Holdings<'a>,
}

/// For each kind of units and piece of time: which pieces cannot be told apart.
type Blocks<'a> = BTreeMap<(Kind<'a>, Period), usize>;

/// For each kind of units stretches of blocks.
type Stretches<'a> = BTreeMap<Kind<'a>, BTreeSet<BTreeSet<usize>>>;

/// A measure and the breakdowns that split it.
pub(super) type Split<'a> = (&'a str, Vec<&'a str>);

/// Rows, with the spans that they have, each by its first block.
pub(super) type Rows<'a> = BTreeMap<RowKey<'a>, BTreeSet<usize>>;

/// The inner cells of all rows.
pub(super) struct Inner<'a> {
    pub(super) numbers: BTreeMap<InnerKey<'a>, usize>,
    /// The rows by measure and breakdowns, with the spans that they have.
    pub(super) splits: BTreeMap<Split<'a>, Rows<'a>>,
    /// How each split is divided in time.
    pub(super) spans: BTreeMap<Split<'a>, Spans>,
}

impl<'a> Inner<'a> {
    /// The sum of some parts of a row in some blocks; nothing if one of the blocks is not there.
    fn sum(
        &self,
        row: &RowKey<'a>,
        blocks: &BTreeSet<usize>,
        wanted: impl Fn(Part<'a>) -> bool,
    ) -> Option<Form> {
        let split = (row.measure, row.by());
        let has = self.splits.get(&split)?.get(row)?;
        let here = || self.spans_of(&split).filter(|(_, span)| !span.is_disjoint(blocks));
        let is_there = fill(here().map(|(_, span)| span), blocks)
            && here().all(|(span, _)| has.contains(&span));
        is_there.then(|| {
            let parts = here().flat_map(|(span, _)| self.parts(row, span));
            Form::sum(parts.filter_map(|(key, number)| wanted(key.part).then_some(*number)))
        })
    }

    /// The spans of a split, each with its blocks.
    pub(super) fn spans_of(
        &self,
        split: &Split<'a>,
    ) -> impl Iterator<Item = (usize, &BTreeSet<usize>)> {
        self.spans.get(split).into_iter().flatten().map(|(span, blocks)| (*span, blocks))
    }

    /// The parts of a row in a span.
    pub(super) fn parts(
        &self,
        row: &RowKey<'a>,
        span: usize,
    ) -> impl Iterator<Item = (&InnerKey<'a>, &usize)> {
        let first = InnerKey { row: row.clone(), span, part: Part::Holds };
        self.numbers.range(first..).take_while(move |(key, _)| key.row == *row && key.span == span)
    }
}

impl<'a> Release<'a> {
    /// The system of these tables, and of what their readers hold already: `held` has the figures of
    /// `holdings` as they are today. `behind` has the finest counts behind all of them.
    ///
    /// # Errors
    /// When a figure is not the sum of the finest counts.
    pub(super) fn new(
        tables: &'a [Table],
        (held, holdings): (&'a [Table], &Holdings<'a>),
        behind: &'a [Table],
        ground: &Ground<'a>,
        policy: &DisclosurePolicy,
    ) -> Result<Self, UnprotectedError> {
        let pieces = parts::pieces(behind, &holdings.with_others());
        let mut figures: BTreeMap<FigureKey<'a>, &'a Cell> = BTreeMap::new();
        let mut of_table = Vec::with_capacity(tables.len());
        for table in tables {
            let mut keys = Vec::with_capacity(table.cells.len());
            for cell in &table.cells {
                let key = FigureKey::of(table, cell);
                figures.entry(key.clone()).or_insert(cell);
                keys.push(key);
            }
            of_table.push(keys);
        }
        let new: BTreeSet<FigureKey<'a>> = figures.keys().cloned().collect();
        let still_held = holdings.figures();
        for table in held {
            for cell in &table.cells {
                let key = FigureKey::of(table, cell);
                let base = key.base();
                if still_held.contains(&key) || still_held.contains(&base) {
                    figures.entry(key).or_insert(cell);
                }
            }
        }
        let blocks = blocks(&figures, ground);
        let mut system = System::default();
        let published = figures.keys().flat_map(|key| {
            let counted = ground.counts_of(key.row.measure).into_iter();
            let of = |measure| (key.clone(), measure, blocks_of(key, measure, &blocks, ground));
            counted.map(of).collect::<Vec<_>>()
        });
        let spans = spans::spans(published, ground);
        let inner = inner(&pieces, &blocks, spans, ground, &mut system);
        let times = Times {
            same_evening: of_the_same_evening(&blocks),
            together: together(&figures, &blocks, ground),
            quarters: quarters(&figures, &blocks, ground),
        };
        ties::tie(&inner, ground, &times, policy, &mut system);
        let mut release = Self {
            system,
            cells: Vec::new(),
            numbers: BTreeMap::new(),
            saying: BTreeMap::new(),
            of_table,
            hidden_in: BTreeMap::new(),
            is_new: BTreeSet::new(),
            nearly: [BTreeSet::new(), BTreeSet::new()],
        };
        for (key, cell) in &figures {
            let asked = Asked { cell, is_new: new.contains(key), holdings };
            release.add_figure(key, &asked, &inner, &blocks, ground, policy)?;
        }
        // Only those that a release considered: where nothing was released before there is nothing to work out.
        let considered: BTreeSet<_> = holdings.considered.iter().flat_map(BTreeMap::keys).collect();
        let bases: BTreeSet<FigureKey<'a>> = figures.keys().map(FigureKey::base).collect();
        let bases = bases.into_iter().filter(|base| considered.contains(base));
        let today = |base: FigureKey<'a>| {
            let in_time = blocks_of(&base, base.row.measure, &blocks, ground);
            let all = inner.sum(&base.row, &in_time, |_| true)?;
            let counted = inner.sum(&base.row, &in_time, Part::is_counted)?;
            Some((base, Today { all, counted }))
        };
        let today: BTreeMap<_, _> = bases.filter_map(today).collect();
        considered::hold(&holdings.considered, &today, policy.width(), &mut release.system);
        let periods = new.iter().map(|figure| figure.period);
        release.rank(&Preference::new(ground, &policy.last_to_go, periods));
        // A part that no table shows by itself can still be the difference of two that are shown.
        for (split, rows) in &inner.splits {
            let kind = ground.kind(split.0);
            for (row, has) in rows {
                let mut of_part: BTreeMap<Part<'a>, Left> = BTreeMap::new();
                for (span, blocks) in inner.spans_of(split).filter(|(span, _)| has.contains(span)) {
                    for (key, number) in inner.parts(row, span) {
                        may_not_follow(Form::sum([*number]), policy, &mut release.system);
                        let of_part = of_part.entry(key.part).or_default();
                        of_part.push((blocks.clone(), Form::sum([*number])));
                    }
                }
                for part in of_part.values() {
                    times.may_not_follow(&kind, part, policy, &mut release.system);
                    if row.levels.is_empty() {
                        times.foresee(&kind, part, policy, &mut release.system);
                    }
                }
            }
        }
        release.system.differences.sort_unstable();
        release.system.differences.dedup();
        Ok(release)
    }

    /// Ranks the cells by how much they are missed. What stands beside figures is missed least.
    fn rank(&mut self, preference: &Preference<'_>) {
        let cells = || self.cells.iter().zip(&self.system.cells);
        let wish = |(published, cell): (&Published<'a>, &disclosure::Cell)| {
            let is_main = published.beside.is_none();
            is_main.then(|| preference.wish(&published.figure, cell.weight))
        };
        let wishes: Vec<Option<Wish>> = cells().map(wish).collect();
        let ranks: BTreeSet<&Option<Wish>> = wishes.iter().collect();
        let ranks: BTreeMap<&Option<Wish>, u32> = ranks.into_iter().zip(0..).collect();
        let cells = self.cells.iter().zip(&wishes).zip(&mut self.system.cells).enumerate();
        for (number, ((published, wish), cell)) in cells {
            cell.rank = ranks.get(wish).copied().unwrap_or(0);
            cell.last = self.nearly[1].contains(&number)
                || (wish.is_some() && preference.goes_last(&published.figure));
        }
    }

    /// Whether a number is that of a figure that nobody has asked for before.
    pub(super) fn is_first_asked(&self, whose: Whose) -> bool {
        matches!(whose, Whose::Cell(cell) if self.is_new.contains(&cell) && !self.hidden_in.contains_key(&cell))
    }

    /// Whether a figure is hidden only because it has hardly moved since it was.
    pub(super) fn is_echo(&self, figure: &FigureKey<'a>) -> bool {
        self.number(figure, None).is_some_and(|number| self.nearly[0].contains(&number))
    }

    /// The number of a cell of the system.
    pub(super) fn number(&self, figure: &FigureKey<'a>, beside: Option<Beside>) -> Option<usize> {
        // Counts beside a distribution stand once for all its categories.
        let figure = match beside {
            Some(_) => figure.base(),
            None => figure.clone(),
        };
        self.numbers.get(&Published { figure, beside }).copied()
    }

    /// Adds a cell. One that says the same as another, under the name of another period, is that one:
    /// they are shown or hidden together.
    fn add(
        &mut self,
        published: Published<'a>,
        cell: disclosure::Cell,
        asked: &Asked<'_, 'a>,
        policy: &DisclosurePolicy,
    ) -> usize {
        let held = asked.holdings.get(&published.figure, published.beside);
        let says = (cell.shows.clone(), published.beside);
        // Where nobody can be, nothing is said that others say too: each goes with its own figure.
        let says_something = published.beside.is_none() || cell.says_something();
        let number = match self.saying.get(&says).filter(|_| says_something) {
            Some(&number) => number,
            None => {
                let number = self.system.add(cell);
                self.saying.insert(says, number);
                self.cells.push(published.clone());
                number
            }
        };
        self.numbers.insert(published, number);
        if asked.is_new {
            self.is_new.insert(number);
        }
        if let Some(held) = held {
            self.hold(number, held, policy);
        }
        number
    }

    /// Takes it that a number was released before: what was shown is known, and what was hidden stays so.
    fn hold(&mut self, number: usize, held: Held, policy: &DisclosurePolicy) {
        let System { inner, cells, known, above_nought, .. } = &mut self.system;
        let cell = &mut cells[number];
        let value = |sum: &Form| u64::try_from(sum.value(inner)).unwrap_or(0);
        let mut counts = cell.shows.iter().chain(&cell.guards).map(value);
        let small = counts.any(|n| is_small(n, policy) && !(n == 0 && cell.nought_is_shown));
        let stands_open = cell.standing == Standing::Open && !small;
        match held {
            Held::Shown => cell.standing = Standing::Forced,
            Held::ShownToOthers => {
                known.extend(cell.shows.iter().cloned());
                // What those who lay it beside have, and no policy hides, protects nobody if it is hidden.
                if stands_open {
                    cell.standing = Standing::Forced;
                }
            }
            Held::Hidden { release, not_nought } => {
                if cell.standing == Standing::Open {
                    cell.standing = Standing::Withheld;
                }
                let first = self.hidden_in.entry(number).or_insert(release);
                *first = release.min(*first);
                let whole = cell.shows.last().filter(|whole| whole.value(inner) > 0);
                above_nought.extend(whole.filter(|_| not_nought).cloned());
            }
            Held::NearlyHidden(release) if stands_open => {
                cell.standing = Standing::Withheld;
                self.hidden_in.entry(number).or_insert(release);
                self.nearly[0].insert(number);
            }
            Held::NearlyHidden(_) => {}
            Held::NearlyShown => drop(self.nearly[1].insert(number)),
        }
    }

    fn add_figure(
        &mut self,
        key: &FigureKey<'a>,
        asked: &Asked<'_, 'a>,
        inner: &Inner<'a>,
        blocks: &Blocks<'a>,
        ground: &Ground<'a>,
        policy: &DisclosurePolicy,
    ) -> Result<(), UnprotectedError> {
        let cell = asked.cell;
        // What came to something else when it was released is another number: it is not put beside.
        let is_wanted = |beside| {
            asked.is_new || asked.holdings.get(key, beside).is_some_and(|it| !it.is_near())
        };
        let parts_of_ratio = match ground.measure(key.row.measure).map(|m| &m.kind) {
            Some(MeasureKind::Ratio { over, under }) => Some([over.as_str(), under.as_str()]),
            _ => None,
        };
        let whole = |part: Part<'a>| part.is_counted();
        let sums = |row: &RowKey<'a>, wanted: &dyn Fn(Part<'a>) -> bool| {
            inner.sum(row, &blocks_of(key, row.measure, blocks, ground), wanted)
        };
        if let (Some(measures), Amount::Ratio { over, under_units, .. }) =
            (parts_of_ratio, cell.amount)
        {
            let mut shows = Vec::new();
            for (measure, units) in measures.into_iter().zip([over, under_units]) {
                let row = RowKey { measure, ..key.row.clone() };
                let form = sums(&row, &whole);
                shows.push(self.checked(form, units, key)?);
            }
            if is_wanted(None) {
                self.add_main(key, asked, shows, Vec::new(), policy);
            }
            return Ok(());
        }
        // Without the finest counts a figure stands for itself.
        let own: Counts<'a> = parts::of_cell(cell, key.category);
        let mut alone: BTreeMap<Part<'a>, usize> = BTreeMap::new();
        let mut form = |wanted: &dyn Fn(Part<'a>) -> bool, system: &mut System| {
            sums(&key.row, wanted).unwrap_or_else(|| {
                let here = own.iter().filter(|(part, _)| wanted(**part));
                let number = |(part, count): (&Part<'a>, &u64)| {
                    *alone.entry(*part).or_insert_with(|| system.add_inner(*count))
                };
                Form::sum(here.map(number).collect::<Vec<_>>())
            })
        };
        let denominator = form(&whole, &mut self.system);
        let (shows, guards, counts) = match cell.amount {
            Amount::Proportion { numerator, denominator: all } => {
                let above = match key.category {
                    Some(category) => {
                        form(&|part| part == Part::Category(category), &mut self.system)
                    }
                    None => form(&|part| part == Part::Holds, &mut self.system),
                };
                let rest = denominator.minus(&above);
                (vec![above, denominator], vec![rest], vec![numerator, all])
            }
            Amount::Count(n)
            | Amount::Mean { units: n, .. }
            | Amount::Median { units: n, .. }
            | Amount::Sum { units: n, .. } => (vec![denominator], Vec::new(), vec![n]),
            Amount::Ratio { .. } => return Ok(()),
        };
        let flow = &cell.flow;
        let unknown = |part| matches!(part, Part::UnknownCounted | Part::UnknownLeftOut);
        let pending = |part| matches!(part, Part::PendingCounted | Part::Pending);
        let mut beside = vec![
            (Beside::Pending, form(&pending, &mut self.system), flow.pending),
            (Beside::Unknown, form(&unknown, &mut self.system), flow.unknown),
        ];
        for (number, count) in flow.left_out.iter().enumerate() {
            let left_out = form(&|part| part == Part::LeftOut(number), &mut self.system);
            beside.push((Beside::LeftOut(number), left_out, *count));
        }
        for (form, count) in shows.iter().zip(counts) {
            self.checked(Some(form.clone()), count, key)?;
        }
        let main = is_wanted(None).then(|| self.add_main(key, asked, shows, guards, policy));
        let never_waits = ground.never_waits(key.row.measure);
        for (which, form, count) in beside {
            // That nothing is outstanding where nothing ever is tells nobody anything.
            if which == Beside::Pending && never_waits && count == 0 {
                continue;
            }
            let figure = key.base();
            let is_held = asked.holdings.get(&figure, Some(which)).is_some();
            let published = Published { figure, beside: Some(which) };
            if self.numbers.contains_key(&published) || !(asked.is_new || is_held) {
                continue;
            }
            // The unknown of a distribution are in none of its parts: they stand for themselves.
            let form = if form.value(&self.system.inner) == i64::try_from(count).unwrap_or(-1) {
                form
            } else {
                Form::sum([self.system.add_inner(count)])
            };
            let with = main.filter(|_| key.category.is_none());
            let cell = disclosure::Cell {
                with,
                weight: count,
                nought_is_shown: true,
                ..disclosure::Cell::count(form)
            };
            self.add(published, cell, asked, policy);
        }
        Ok(())
    }

    fn add_main(
        &mut self,
        key: &FigureKey<'a>,
        asked: &Asked<'_, 'a>,
        shows: Vec<Form>,
        guards: Vec<Form>,
        policy: &DisclosurePolicy,
    ) -> usize {
        let mut standing = Standing::Open;
        if policy.hide_full_and_empty
            && let Amount::Proportion { numerator, denominator } = asked.cell.amount
            && denominator > 0
            && (numerator == 0 || numerator == denominator)
        {
            standing = Standing::Withheld;
            let nought = if numerator == 0 { shows.first() } else { guards.first() };
            self.system.secrets.extend(nought.cloned());
        }
        // Categories have one denominator between them: what differs is how many are in each.
        let telling = if key.category.is_some() { shows.first() } else { shows.last() };
        let weight = telling.map_or(0, |sum| sum.value(&self.system.inner));
        let cell = disclosure::Cell {
            shows,
            guards,
            standing,
            weight: u64::try_from(weight).unwrap_or(0),
            ..disclosure::Cell::default()
        };
        self.add(Published { figure: key.clone(), beside: None }, cell, asked, policy)
    }

    /// A sum, if it comes to what is to be published.
    fn checked(
        &mut self,
        form: Option<Form>,
        count: u64,
        key: &FigureKey<'a>,
    ) -> Result<Form, UnprotectedError> {
        let Some(form) = form else { return Ok(Form::sum([self.system.add_inner(count)])) };
        if u64::try_from(form.value(&self.system.inner)) == Ok(count) {
            return Ok(form);
        }
        let (measure, period) = (key.row.measure.to_owned(), key.period.code());
        Err(UnprotectedError::DoesNotAddUp { measure, period })
    }
}

/// Pieces of time that every published period of a kind has both or neither of are one block.
fn blocks<'a>(figures: &BTreeMap<FigureKey<'a>, &Cell>, ground: &Ground<'a>) -> Blocks<'a> {
    let mut periods_of: BTreeMap<(Kind<'a>, Period), BTreeSet<Period>> = BTreeMap::new();
    for key in figures.keys() {
        for measure in ground.counts_of(key.row.measure) {
            let kind = ground.kind(measure);
            for piece in ground.pieces(measure, key.period) {
                periods_of.entry((kind.clone(), piece)).or_default().insert(key.period);
            }
        }
    }
    let mut alike: BTreeMap<(Kind<'a>, BTreeSet<Period>), usize> = BTreeMap::new();
    let mut blocks = Blocks::new();
    for ((kind, piece), periods) in periods_of {
        let next = alike.len();
        let block = *alike.entry((kind.clone(), periods)).or_insert(next);
        blocks.insert((kind, piece), block);
    }
    blocks
}

/// The blocks of a figure, by a measure whose counts it shows.
fn blocks_of<'a>(
    figure: &FigureKey<'a>,
    measure: &'a str,
    blocks: &Blocks<'a>,
    ground: &Ground<'a>,
) -> BTreeSet<usize> {
    let kind = ground.kind(measure);
    let pieces = ground.pieces(measure, figure.period);
    pieces.iter().filter_map(|piece| blocks.get(&(kind.clone(), *piece)).copied()).collect()
}

/// For each kind of units the blocks that a published period has together, alone or before another: who knows what is
/// in the other alone, as where nobody is, knows what is in these.
fn together<'a>(
    figures: &BTreeMap<FigureKey<'a>, &Cell>,
    blocks: &Blocks<'a>,
    ground: &Ground<'a>,
) -> Stretches<'a> {
    let mut together = Stretches::new();
    for key in figures.keys() {
        for measure in ground.counts_of(key.row.measure) {
            let here = blocks_of(key, measure, blocks, ground);
            together.entry(ground.kind(measure)).or_default().insert(here);
        }
    }
    for stretches in together.values_mut() {
        let before_others = |one: &BTreeSet<usize>| -> Vec<BTreeSet<usize>> {
            let overlapping = stretches.iter().filter(|other| !other.is_disjoint(one));
            overlapping.map(|other| one - other).collect()
        };
        let left: Vec<BTreeSet<usize>> = stretches.iter().flat_map(before_others).collect();
        stretches.extend(left);
        stretches.retain(|stretch| stretch.len() > 1);
    }
    together
}

/// The blocks of each quarter of which all pieces are published in some way, for each kind of units.
fn quarters<'a>(
    figures: &BTreeMap<FigureKey<'a>, &Cell>,
    blocks: &Blocks<'a>,
    ground: &Ground<'a>,
) -> Stretches<'a> {
    let measures: BTreeSet<&'a str> = figures.keys().map(|key| key.row.measure).collect();
    let counted: BTreeSet<&'a str> =
        measures.into_iter().flat_map(|m| ground.counts_of(m)).collect();
    let mut quarters = Stretches::new();
    for measure in counted {
        let kind = ground.kind(measure);
        let of_kind = blocks.keys().filter(|(of, _)| *of == kind);
        let block = |piece: &Period| blocks.get(&(kind.clone(), *piece)).copied();
        let found: BTreeSet<Period> =
            of_kind.map(|(_, piece)| Period::quarter_of(piece.end())).collect();
        let whole = found.into_iter().filter_map(|quarter| {
            let pieces = ground.pieces(measure, quarter);
            pieces.iter().map(block).collect::<Option<BTreeSet<usize>>>()
        });
        let whole: Vec<_> = whole.filter(|blocks| blocks.len() > 1).collect();
        quarters.entry(kind).or_default().extend(whole);
    }
    quarters
}

/// Blocks that are a longer period for itself, each with that of its last month.
fn of_the_same_evening(blocks: &Blocks<'_>) -> Vec<(usize, usize)> {
    let with_last_month = |((kind, piece), block): (&(Kind<'_>, Period), &usize)| {
        let last = piece.last_month();
        let other = (last != *piece).then(|| blocks.get(&(kind.clone(), last))).flatten()?;
        Some((*block, *other))
    };
    blocks.iter().filter_map(with_last_month).collect()
}

/// The inner cells: the parts of each row in each span.
fn inner<'a>(
    pieces: &Pieces<'a>,
    blocks: &Blocks<'a>,
    spans: BTreeMap<Split<'a>, Spans>,
    ground: &Ground<'a>,
    system: &mut System,
) -> Inner<'a> {
    let mut counts: BTreeMap<InnerKey<'a>, u64> = BTreeMap::new();
    let mut splits: BTreeMap<Split<'a>, Rows<'a>> = BTreeMap::new();
    for (row, pieces) in pieces {
        let kind = ground.kind(row.measure);
        let split = (row.measure, row.by());
        let Some(spans) = spans.get(&split) else { continue };
        for (piece, parts) in pieces {
            let block = blocks.get(&(kind.clone(), *piece));
            let holds = |block: &usize| spans.iter().find(|(_, span)| span.contains(block));
            let Some((&span, _)) = block.and_then(holds) else { continue };
            let rows = splits.entry(split.clone()).or_default();
            rows.entry(row.clone()).or_default().insert(span);
            for (part, count) in parts {
                let key = InnerKey { row: row.clone(), span, part: *part };
                *counts.entry(key).or_insert(0) += count;
            }
        }
    }
    let numbers = counts.into_iter().map(|(key, count)| (key, system.add_inner(count))).collect();
    Inner { numbers, splits, spans }
}
