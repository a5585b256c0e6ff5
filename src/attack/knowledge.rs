//! Everything that one reader holds, as one system of whole numbers.
//!
//! From a figure: its counts, exactly or to the base that they are rounded to; and where counts are
//! not printed, what a percentage and its interval say of them. From figures together: levels,
//! periods and categories that add up; parts of a denominator; measures that count among the same
//! units, and those that count among some of them. From several runs: the same figure twice, unless
//! something shows that it was revised.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::published::{Behind, Figure, Printed, Release};
use crate::attack::series::{Levels, Placed, Within, learn};
use crate::attack::system::{FAR, System};
use crate::calendar::Period;
use crate::report::{Condition, MeasureStructure, Periods, PolicyNumbers, Structure};

/// A limit that says nothing.
const NEVER: i64 = i64::MAX / 4;

/// Which count of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quantity {
    /// The count, or the denominator.
    Whole,
    /// The numerator.
    Part,
    /// Denominator less numerator.
    Rest,
    /// Those not counted yet.
    Pending,
    /// Those about whom nobody can know.
    Unknown,
    /// What lies between two figures, published nowhere itself.
    Difference,
}

impl Quantity {
    /// The word for it.
    #[must_use]
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Whole => "count",
            Self::Part => "numerator",
            Self::Rest => "denominator less numerator",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Difference => "difference of two figures",
        }
    }

    /// Whether a figure is made of it. Of what stands beside figures, or lies between them, a nought
    /// says nothing of anybody.
    #[must_use]
    pub(super) fn is_of_a_figure(self) -> bool {
        matches!(self, Self::Whole | Self::Part | Self::Rest)
    }
}

/// A count that is not printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// The measure; for a difference, the units among whom it counts.
    pub(super) measure: String,
    /// Dimension and level.
    pub(super) levels: BTreeMap<String, String>,
    /// The period; for a difference, its months in words.
    pub(super) period: String,
    /// Which count.
    pub(super) quantity: Quantity,
}

/// What a percentage or an interval says of counts that are not printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) part: usize,
    pub(super) whole: usize,
    pub(super) value: Printed,
    pub(super) ends: Option<[Printed; 2]>,
}

/// What one reader holds.
#[derive(Debug, Default)]
pub(super) struct Knowledge {
    /// Everything as sums.
    pub(super) system: System,
    /// What is not printed, with the policy that hides it.
    pub(super) targets: Vec<(Target, usize, PolicyNumbers)>,
    /// Shares of counts that are not printed.
    pub(super) shares: Vec<Share>,
    /// Circles of crossings that are too large to be thought of as one table.
    pub(super) unexplored: usize,
    /// The distinct figures.
    pub(super) figures: BTreeSet<(String, Levels, Period)>,
    /// Those of them that are hidden somewhere.
    pub(super) hidden: BTreeSet<(String, Levels, Period)>,
}

/// A count of one measure at one place and time.
type Key = (String, Quantity, Levels, Period);

/// What one run says, before it is put beside others.
struct Reading<'k> {
    knowledge: &'k mut Knowledge,
    structure: Structure,
    said: Said,
    /// The dimensions of which the tables list every level, for each count.
    split: BTreeMap<Key, BTreeSet<String>>,
}

/// The counts that a run, or all up to one, speaks of.
#[derive(Default)]
struct Said {
    /// The unknown of each.
    counts: BTreeMap<Key, usize>,
    /// What is printed of each, where it is.
    printed: BTreeMap<Key, i64>,
    /// What each truly was, where that is kept: whether it was revised is told, and nothing else.
    behind: BTreeMap<Key, i64>,
}

impl Knowledge {
    /// What these releases say together, oldest first. Those of the same day are one, unless one restates another.
    pub(super) fn of(releases: &[&Release]) -> Self {
        let mut days: BTreeMap<(&str, usize), Vec<&Release>> = BTreeMap::new();
        for release in releases {
            let day = release.structure.as_at.as_str();
            let of_day = days.range((day, 0)..=(day, usize::MAX)).next_back();
            let part = of_day.map_or(0, |((_, part), before)| {
                part + usize::from(before.iter().any(|before| release.restates(before)))
            });
            days.entry((day, part)).or_default().push(release);
        }
        let mut knowledge = Self::default();
        let mut before = Said::default();
        for releases in days.into_values() {
            let structure = together(&releases);
            let mut reading = Reading {
                knowledge: &mut knowledge,
                structure,
                said: Said::default(),
                split: BTreeMap::new(),
            };
            for release in releases {
                for figure in &release.figures {
                    let name = (figure.measure.clone(), figure.period, figure.levels.clone());
                    reading.read(figure, release.behind.get(&name), release.structure.policy);
                }
            }
            reading.among_the_same_units();
            reading.sums();
            let said = reading.said;
            // What one row hides another may print: the denominator of a distribution.
            let shown: BTreeSet<usize> =
                said.printed.keys().filter_map(|key| said.counts.get(key).copied()).collect();
            knowledge.targets.retain(|(_, unknown, _)| !shown.contains(unknown));
            knowledge.unless_revised(&said, &before);
            // What is known of a figure goes on to later runs, though they may not show it.
            before.behind.retain(|key, _| !said.counts.contains_key(key));
            before.counts.extend(said.counts);
            before.printed.extend(said.printed);
            before.behind.extend(said.behind);
        }
        knowledge
    }

    /// Takes for granted that what nothing shows to be revised is the same in both runs. Where it is told which
    /// counts were revised, the others are the same.
    fn unless_revised(&mut self, now: &Said, before: &Said) {
        let revised: BTreeSet<(&str, Period)> = now
            .printed
            .iter()
            .filter(|(key, number)| before.printed.get(*key).is_some_and(|old| old != *number))
            .map(|(key, _)| (key.0.as_str(), key.3))
            .collect();
        let is_told = !now.behind.is_empty() && !before.behind.is_empty();
        for (key, unknown) in &now.counts {
            let Some(old) = before.counts.get(key) else { continue };
            match now.behind.get(key).zip(before.behind.get(key)) {
                Some((one, other)) if one == other => self.system.sum([*old], *unknown),
                Some(_) => {}
                None if is_told => {}
                None if revised.contains(&(key.0.as_str(), key.3)) => {}
                None => self.system.assume_same(*old, *unknown),
            }
        }
    }
}

/// The structures of several releases of one day as one.
fn together(releases: &[&Release]) -> Structure {
    let mut all = match releases.first() {
        Some(first) => first.structure.clone(),
        None => return Structure::default(),
    };
    for other in releases.iter().skip(1).map(|r| &r.structure) {
        for measure in &other.measures {
            if !all.measures.iter().any(|m| m.measure == measure.measure) {
                all.measures.push(measure.clone());
            }
        }
        for breakdown in &other.breakdowns {
            match all.breakdowns.iter_mut().find(|b| b.breakdown == breakdown.breakdown) {
                Some(known) => known.within.extend(breakdown.within.clone()),
                None => all.breakdowns.push(breakdown.clone()),
            }
        }
    }
    all
}

impl Reading<'_> {
    fn measure(&self, name: &str) -> Option<MeasureStructure> {
        self.structure.measures.iter().find(|m| m.measure == name).cloned()
    }

    fn column(&self, breakdown: &str, measure: &MeasureStructure) -> String {
        if breakdown == "category" {
            return measure.categories.clone().unwrap_or_else(|| breakdown.to_owned());
        }
        let found = self.structure.breakdowns.iter().find(|b| b.breakdown == breakdown);
        found.map_or_else(|| breakdown.to_owned(), |b| b.column.clone())
    }

    /// The unknown of a count; a new one the first time.
    fn count(&mut self, key: Key, split: &BTreeSet<String>) -> usize {
        self.split.entry(key.clone()).or_default().extend(split.iter().cloned());
        let system = &mut self.knowledge.system;
        *self.said.counts.entry(key).or_insert_with(|| system.unknown(0, FAR))
    }

    /// A count that should be printed: what is printed of it, or that it is hidden.
    fn seen(
        &mut self,
        key: Key,
        split: &BTreeSet<String>,
        printed: Option<Printed>,
        policy: PolicyNumbers,
    ) -> usize {
        let unknown = self.count(key.clone(), split);
        match printed.and_then(Printed::whole) {
            Some(number) => {
                let (least, most) = behind(number, policy);
                self.knowledge.system.narrow(unknown, least, most);
                self.said.printed.insert(key, number);
            }
            None => self.target(key, unknown, policy),
        }
        unknown
    }

    fn target(
        &mut self,
        (measure, quantity, levels, period): Key,
        unknown: usize,
        policy: PolicyNumbers,
    ) {
        if policy.threshold > 0 {
            let target = Target { measure, levels, period: period.code(), quantity };
            self.knowledge.targets.push((target, unknown, policy));
        }
    }

    /// What truly stood behind a count, if it is kept.
    fn kept(&mut self, key: Key, number: Option<i64>) {
        self.said.behind.extend(number.map(|number| (key, number)));
    }

    /// One row of the published figures.
    fn read(&mut self, figure: &Figure, behind: Option<&Behind>, policy: PolicyNumbers) {
        let Some(own) = self.measure(&figure.measure) else { return };
        let levels: Levels = figure
            .levels
            .iter()
            .map(|(by, level)| (self.column(by, &own), level.clone()))
            .collect();
        let place = (figure.measure.clone(), levels.clone(), figure.period);
        if figure.hidden {
            self.knowledge.hidden.insert(place.clone());
        }
        self.knowledge.figures.insert(place);
        let split: BTreeSet<String> = levels.keys().cloned().collect();
        // A ratio shows the count of the measure above.
        let subject = match own.parts.first() {
            Some(above) if own.kind == "ratio" => above.clone(),
            _ => own.measure.clone(),
        };
        let period = figure.period;
        let key = |quantity, levels: &Levels| (subject.clone(), quantity, levels.clone(), period);
        let mut base = levels.clone();
        if own.kind == "distribution" {
            let category = own.categories.clone().unwrap_or_else(|| "category".to_owned());
            base.remove(&category);
        }
        let base_split: BTreeSet<String> = base.keys().cloned().collect();
        let at_least_one = i64::from(policy.zeros_shown && !policy.zeros_give_way);
        let count = |at: usize| behind.and_then(|behind| behind.counts.get(at).copied());
        match own.kind.as_str() {
            "count" | "ratio" => {
                self.kept(key(Quantity::Whole, &levels), count(0));
                let whole =
                    self.seen(key(Quantity::Whole, &levels), &split, figure.numerator, policy);
                // Where true noughts are shown, a hidden count is none; unless it is hidden for those
                // whom it leaves out, or for what it is divided by.
                if figure.hidden && own.kind == "count" && own.left_out.is_empty() {
                    self.knowledge.system.narrow(whole, at_least_one, FAR);
                }
            }
            "proportion" | "distribution" => {
                let whole =
                    self.seen(key(Quantity::Whole, &base), &base_split, figure.denominator, policy);
                let quantity =
                    if own.kind == "proportion" { Quantity::Part } else { Quantity::Whole };
                let part = self.seen(key(quantity, &levels), &split, figure.numerator, policy);
                let rest = self.count(key(Quantity::Rest, &levels), &split);
                self.knowledge.system.sum([part, rest], whole);
                self.kept(key(Quantity::Whole, &base), count(1));
                self.kept(key(quantity, &levels), count(0));
                self.kept(key(Quantity::Rest, &levels), count(1).zip(count(0)).map(|(a, b)| a - b));
                let is_printed = figure.numerator.is_some() && figure.denominator.is_some();
                if is_printed && !figure.hidden && policy.noise == 0 {
                    self.rest_is_none_or_many([part, whole], rest, policy);
                }
                if figure.numerator.is_none() || figure.denominator.is_none() {
                    self.target(key(Quantity::Rest, &levels), rest, policy);
                }
                if let (Some(value), false) =
                    (figure.value, figure.numerator.is_some() && figure.denominator.is_some())
                {
                    let ends = figure.lower.zip(figure.upper).map(|(low, high)| [low, high]);
                    let ends = ends.filter(|_| own.interval == "wilson");
                    self.share(Share { part, whole, value, ends });
                }
            }
            _ => {
                self.seen(key(Quantity::Whole, &levels), &split, figure.denominator, policy);
                self.kept(key(Quantity::Whole, &levels), count(0));
            }
        }
        let beside = [(Quantity::Pending, figure.pending), (Quantity::Unknown, figure.unknown)];
        for (at, (quantity, printed)) in beside.into_iter().enumerate() {
            self.seen(key(quantity, &base), &base_split, printed, policy);
            self.kept(
                key(quantity, &base),
                behind.and_then(|behind| behind.beside.get(at).copied()),
            );
        }
    }

    /// No share is shown of which few are left: whoever knows that the rest is few knows that it is none, and whoever
    /// knows that it is somebody knows that they are many.
    fn rest_is_none_or_many(
        &mut self,
        [part, whole]: [usize; 2],
        rest: usize,
        policy: PolicyNumbers,
    ) {
        let system = &mut self.knowledge.system;
        let (part, whole) = (system.bounds[part], system.bounds[whole]);
        let threshold = i64::try_from(policy.threshold).unwrap_or(i64::MAX);
        if policy.zeros_shown && whole.1 - part.0 < threshold {
            system.narrow(rest, 0, 0);
        } else if !policy.zeros_shown || whole.0 > part.1 {
            system.narrow(rest, threshold, FAR);
        }
    }

    /// A percentage, rounded half up: the part lies within half a last digit of that share.
    fn share(&mut self, share: Share) {
        let Share { part, whole, value, .. } = share;
        let scale = 200 * 10_i64.pow(value.places.min(6));
        let system = &mut self.knowledge.system;
        system.between([(part, scale), (whole, 1 - 2 * value.units)], 0, NEVER);
        system.between([(part, scale), (whole, -1 - 2 * value.units)], -NEVER, -1);
        self.knowledge.shares.push(share);
    }

    /// Measures that count among the same units, or among some of them, tell of each other.
    fn among_the_same_units(&mut self) {
        let roots: BTreeMap<String, usize> =
            self.structure.measures.iter().fold(BTreeMap::new(), |mut roots, measure| {
                *roots.entry(root(measure)).or_default() += 1;
                roots
            });
        let of_measures: Vec<Key> = self
            .said
            .counts
            .keys()
            .filter(|(_, quantity, ..)| *quantity == Quantity::Whole)
            .cloned()
            .collect();
        for key in of_measures {
            let Some(measure) = self.measure(&key.0) else { continue };
            let root = root(&measure);
            if measure.kind == "ratio" || roots.get(&root).is_none_or(|count| *count < 2) {
                continue;
            }
            self.considered(&key, &measure, &root);
        }
    }

    /// All units that a figure took in are those counted, those pending, those left out.
    fn considered(&mut self, key: &Key, measure: &MeasureStructure, root: &str) {
        let (_, _, levels, period) = key;
        let category = measure.categories.as_ref().filter(|c| levels.contains_key(*c));
        let Some((all, split)) = placed_among(&measure.population, levels, &self.split_of(key))
        else {
            return;
        };
        let Some(&counted) = self.said.counts.get(key) else { return };
        let mut base = levels.clone();
        if let Some(category) = category {
            base.remove(category);
        }
        let beside = |quantity| (measure.measure.clone(), quantity, base.clone(), *period);
        let (pending, unknown) = (beside(Quantity::Pending), beside(Quantity::Unknown));
        if category.is_some() {
            if measure.left_out.is_empty() {
                let of_category = self.root_count(root, all, *period, &split);
                self.some_may_be_pending(counted, &pending, of_category);
            }
            return;
        }
        let taken_in = self.root_count(root, all.clone(), *period, &split);
        let mut terms = vec![(counted, 1), (taken_in, -1)];
        terms.extend(self.said.counts.get(&pending).map(|at| (*at, 1)));
        if measure.unknown_left_out {
            terms.extend(self.said.counts.get(&unknown).map(|at| (*at, 1)));
        }
        if !measure.left_out.is_empty() {
            terms.push((self.left_out(measure, root, &all, &split, key), 1));
        }
        self.knowledge.system.between(terms, 0, 0);
        let only_words = measure.numerator.iter().all(|c| matches!(c, Condition::OneOf { .. }));
        let plain = measure.left_out.is_empty() && !measure.unknown_left_out && only_words;
        let part = (measure.measure.clone(), Quantity::Part, levels.clone(), *period);
        if let (Some(&part), true, false) =
            (self.said.counts.get(&part), plain, measure.numerator.is_empty())
            && let Some((some, split)) = placed_among(&measure.numerator, &all, &split)
        {
            let fulfil = self.root_count(root, some, *period, &split);
            self.some_may_be_pending(part, &pending, fulfil);
        }
        // Those of whom a rule is found to hold are the same, whichever measure asks it. Of those left out nobody asks.
        if let (Some(&part), true, false) =
            (self.said.counts.get(&part), measure.left_out.is_empty(), only_words)
            && let Some((some, split)) = placed_among(&[found_to_hold(measure)], &all, &split)
        {
            let holds = self.root_count(root, some, *period, &split);
            self.knowledge.system.sum([part], holds);
        }
    }

    /// All that have a word are those counted with it, and of those pending none, some or all. Where
    /// none are pending the two are the same.
    fn some_may_be_pending(&mut self, counted: usize, pending: &Key, all: usize) {
        let none = self.said.printed.get(pending) == Some(&0);
        let pending = self.said.counts.get(pending).map(|at| (*at, 1));
        let system = &mut self.knowledge.system;
        if none {
            system.sum([counted], all);
            return;
        }
        system.between([(all, 1), (counted, -1)], 0, NEVER);
        system.between([(counted, 1), (all, -1)].into_iter().chain(pending), 0, NEVER);
    }

    /// Those left out: by one reason that is a word of a column, they are a figure of their own.
    fn left_out(
        &mut self,
        measure: &MeasureStructure,
        root: &str,
        all: &Levels,
        split: &BTreeSet<String>,
        (.., period): &Key,
    ) -> usize {
        if let [conditions] = measure.left_out.as_slice()
            && conditions.iter().all(|c| matches!(c, Condition::OneOf { .. }))
            && let Some((some, split)) = placed_among(conditions, all, split)
        {
            return self.root_count(root, some, *period, &split);
        }
        let unknown = self.knowledge.system.unknown(0, FAR);
        let place = (measure.measure.clone(), Quantity::Difference, all.clone(), *period);
        self.target(place, unknown, self.structure.policy);
        unknown
    }

    fn root_count(
        &mut self,
        root: &str,
        levels: Levels,
        period: Period,
        split: &BTreeSet<String>,
    ) -> usize {
        self.count((root.to_owned(), Quantity::Whole, levels, period), split)
    }

    fn split_of(&self, key: &Key) -> BTreeSet<String> {
        self.split.get(key).cloned().unwrap_or_default()
    }

    /// Levels, periods and categories that add up.
    fn sums(&mut self) {
        let mut within = Within::new();
        for breakdown in &self.structure.breakdowns {
            for (coarser, levels) in &breakdown.within {
                let coarser = self.structure.breakdowns.iter().find(|b| b.breakdown == *coarser);
                let Some(coarser) = coarser else { continue };
                within.insert((breakdown.column.clone(), coarser.column.clone()), levels.clone());
            }
        }
        let stocks: BTreeSet<String> = self
            .structure
            .measures
            .iter()
            .filter(|m| m.periods == Periods::Last)
            .flat_map(|m| [m.measure.clone(), root(m)])
            .collect();
        let mut series: BTreeMap<(&str, Quantity), Vec<Placed>> = BTreeMap::new();
        for (key, &unknown) in &self.said.counts {
            let (subject, quantity, levels, period) = key;
            let last = period.number();
            let begins = period.months().first().map_or(last, |month| month.number());
            let first = if stocks.contains(subject) { last } else { begins };
            let split = self.split.get(key).cloned().unwrap_or_default();
            let placed = Placed { levels: levels.clone(), split, months: (first, last), unknown };
            series.entry((subject, *quantity)).or_default().push(placed);
        }
        let mut parts = BTreeMap::new();
        for ((subject, quantity), placed) in series {
            let found = learn(&placed, &within, &mut self.knowledge.system);
            self.knowledge.unexplored += found.unexplored;
            for between in &found.between {
                if self.structure.policy.threshold > 0
                    && between.without.len() <= between.levels.len() + 1
                {
                    let months = between.months;
                    let month = |number| {
                        Period::from_number(crate::calendar::PeriodKind::Month, number).code()
                    };
                    let target = Target {
                        measure: subject.to_owned(),
                        levels: difference(&between.levels, &between.without),
                        period: format!("{}_{}", month(months.0), month(months.1)),
                        quantity: Quantity::Difference,
                    };
                    self.knowledge.targets.push((target, between.unknown, self.structure.policy));
                }
            }
            parts.insert((subject, quantity), found.unknowns);
        }
        // In every stretch, no more than all are in the numerator.
        for ((subject, _), of_part) in parts.iter().filter(|((_, q), _)| *q == Quantity::Part) {
            let Some(of_whole) = parts.get(&(*subject, Quantity::Whole)) else { continue };
            for (levels, stretches) in of_part {
                for (stretch, part) in stretches {
                    if let Some(whole) = of_whole.get(levels).and_then(|of| of.get(stretch)) {
                        self.knowledge.system.between([(*whole, 1), (*part, -1)], 0, NEVER);
                    }
                }
            }
        }
    }
}

/// Which counts a printed one can stand for. What a policy hides is not behind it.
fn behind(printed: i64, policy: PolicyNumbers) -> (i64, i64) {
    let base = i64::try_from(policy.round_to.max(1)).unwrap_or(1);
    let threshold = i64::try_from(policy.threshold).unwrap_or(0);
    let (least, most) = (printed - base / 2, printed - base / 2 + base - 1);
    if let Some(noise) = i64::try_from(policy.noise).ok().filter(|noise| *noise > 0) {
        // A true nought is never changed.
        return (if printed == 0 { 0 } else { (least - noise).max(1) }, most + noise);
    }
    if printed == 0 {
        (0, if most < threshold { 0 } else { most })
    } else {
        (if base == 1 { least } else { least.max(threshold) }, most)
    }
}

/// Everybody among whom a measure counts, conditions aside.
fn root(measure: &MeasureStructure) -> String {
    let when =
        if measure.counted_on.is_empty() { "at the period's end" } else { &measure.counted_on };
    format!("all of unit {}, by {when}", measure.unit)
}

/// That what a measure asks of each unit was found to hold.
fn found_to_hold(measure: &MeasureStructure) -> Condition {
    let each = measure.numerator.iter().map(|condition| match condition {
        Condition::OneOf { column, words } => format!("{column} in {}", words.join("|")),
        Condition::Rule { rule } => rule.clone(),
    });
    Condition::Rule { rule: format!("found: {}", each.collect::<Vec<_>>().join(" and ")) }
}

/// The levels of a figure among all units of its kind: its own and what its conditions say. Nothing if
/// no such unit can be in it.
fn placed_among(
    conditions: &[Condition],
    levels: &Levels,
    split: &BTreeSet<String>,
) -> Option<(Levels, BTreeSet<String>)> {
    let (mut all, mut split) = (levels.clone(), split.clone());
    for condition in conditions {
        match condition {
            Condition::OneOf { column, words } => match all.get(column) {
                Some(level) if words.contains(level) => {
                    // Its table lists only these: they are not all there are.
                    split.remove(column);
                }
                Some(_) => return None,
                None => drop(all.insert(column.clone(), words.join("|"))),
            },
            Condition::Rule { rule } => drop(all.insert(rule.clone(), "yes".to_owned())),
        }
    }
    Some((all, split))
}

/// In words: the larger figure's levels, and those that the smaller adds.
fn difference(larger: &Levels, smaller: &Levels) -> Levels {
    let mut all = larger.clone();
    for (dimension, level) in smaller.iter().filter(|(d, level)| larger.get(*d) != Some(level)) {
        all.insert(dimension.clone(), format!("not {level}"));
    }
    all
}
