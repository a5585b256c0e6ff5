//! Whom figures of earlier releases considered: those counted, and those who stood beside them, pending or left out.
//! Who is considered does not change with time, unless rows come late. So 35 of 36 who were counted when 1 was
//! pending are 36 now that none is: what stood beside a figure and was hidden follows from what is counted later, and
//! what stands beside it now from what was shown then. For each release all whom a figure considered are a number of
//! their own, if they are not those of today; places come to their total then as they do now.

use std::collections::{BTreeMap, BTreeSet};

use crate::disclosure::{Form, System};
use crate::protect::release::FigureKey;

/// Whom a figure of an earlier release considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Considered {
    all: u64,
    /// How many of them were counted.
    counted: u64,
    /// How many of them were shown, counted or beside; nothing if the figure was hidden.
    shown: Option<u64>,
    /// Whether some who may stand beside it were not shown.
    has_hidden: bool,
    /// Whether that told that there is somebody.
    not_nought: bool,
}

impl Considered {
    /// So many counted, and those beside them, each with whether it was hidden.
    pub(super) fn new<'b>(
        counted: u64,
        beside: impl Iterator<Item = (&'b u64, &'b bool)>,
        is_hidden: bool,
        not_nought: bool,
    ) -> Self {
        let (mut all, mut shown, mut has_hidden) = (counted, counted, false);
        for (count, hidden) in beside {
            all += count;
            shown += if *hidden { 0 } else { *count };
            has_hidden |= hidden;
        }
        Self { all, counted, shown: (!is_hidden).then_some(shown), has_hidden, not_nought }
    }

    /// Whether the figure was shown, and somebody may have stood beside it of whom the reader was not told.
    pub(super) fn has_others(&self) -> bool {
        self.shown.is_some() && self.has_hidden
    }
}

/// All whom a figure considers today, and those of them who are counted.
pub(super) struct Today {
    pub(super) all: Form,
    pub(super) counted: Form,
}

/// For each figure of a release all whom it considered: as a sum, how many they are, and whether they are those of
/// today.
type Forms<'k, 'a> = BTreeMap<&'k FigureKey<'a>, (Form, u64, bool)>;

/// Puts what each release told of all whom its figures considered beside what is told of them today. `width` is how
/// far a number has to move to be another one for its reader.
pub(super) fn hold<'a>(
    releases: &[BTreeMap<FigureKey<'a>, Considered>],
    today: &BTreeMap<FigureKey<'a>, Today>,
    width: u64,
    system: &mut System,
) {
    // One number for all releases in which it was the same.
    let mut then: BTreeMap<(&FigureKey<'a>, u64), usize> = BTreeMap::new();
    let mut told: BTreeSet<(&FigureKey<'a>, Considered)> = BTreeSet::new();
    for release in releases {
        let mut forms = Forms::new();
        for (key, considered) in release {
            let Some(now) = today.get(key) else { continue };
            let today = system.count(&now.all);
            let is_now = today == considered.all;
            let all = if is_now {
                now.all.clone()
            } else {
                let number = then.entry((key, considered.all));
                Form::sum([*number.or_insert_with(|| system.add_inner(considered.all))])
            };
            if told.insert((key, *considered)) {
                tell(&all, considered, system);
                if !is_now && today.abs_diff(considered.all) < width {
                    tell_nearly(now, considered, system);
                }
            }
            forms.insert(key, (all, considered.all, is_now));
        }
        levels_to_total(&forms, system);
    }
}

/// What a figure that was shown told of all whom it considered.
fn tell(all: &Form, considered: &Considered, system: &mut System) {
    let Some(shown) = considered.shown else { return };
    if considered.has_hidden {
        keep(all, considered.all.saturating_sub(shown), considered.not_nought, system);
    } else {
        system.known.push(all.clone());
    }
}

/// Hardly any came or went since. Who takes it that none did, unless nobody was there, nearly knows what was hidden
/// beside the figure then from all of today, and what is beside it today from all of then.
fn tell_nearly(now: &Today, considered: &Considered, system: &mut System) {
    let Some(shown) = considered.shown else { return };
    let (all, counted) = (system.count(&now.all), system.count(&now.counted));
    if considered.has_hidden {
        if let Some(others) = all.checked_sub(shown) {
            keep(&now.all, others, false, system);
        }
    } else if considered.all > 0 && all > counted && counted != considered.counted {
        let beside = Form::sum([system.add_inner(all - counted)]);
        system.known.push(now.counted.plus(&beside));
        secret(beside, false, system);
    }
}

/// So many of all were hidden, and all others are known.
fn keep(all: &Form, others: u64, not_nought: bool, system: &mut System) {
    let others = Form::sum([system.add_inner(others)]);
    system.known.push(all.minus(&others));
    secret(others, not_nought, system);
}

/// What may not follow. That there was nobody tells of nobody.
fn secret(sum: Form, not_nought: bool, system: &mut System) {
    if sum.value(&system.inner) == 0 {
        return;
    }
    if not_nought {
        system.above_nought.push(sum.clone());
    }
    system.secrets.push(sum);
}

/// All whom the levels of one more breakdown considered come to all whom their total did.
fn levels_to_total(forms: &Forms<'_, '_>, system: &mut System) {
    let mut levels: BTreeMap<(FigureKey<'_>, &str), (Form, u64, bool)> = BTreeMap::new();
    for (key, (form, all, is_now)) in forms {
        for (place, (breakdown, _)) in key.row.levels.iter().enumerate() {
            let mut total = (*key).clone();
            total.row.levels.remove(place);
            let sum = levels.entry((total, breakdown)).or_insert((Form::default(), 0, true));
            sum.0 = sum.0.plus(form);
            sum.1 += all;
            sum.2 &= is_now;
        }
    }
    for ((total, _), (sum, of_levels, are_now)) in levels {
        let Some((form, all, is_now)) = forms.get(&total) else { continue };
        // Where all are those of today, it is known already.
        if of_levels == *all && !(are_now && *is_now) {
            system.known.push(sum.minus(form));
        }
    }
}
