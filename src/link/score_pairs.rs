//! Score pairs: for each case, person, scale and domain, the score at the start and at the close.
//!
//! Scores are by far the longest source, and all that belong together lie within one case. So they
//! are put in order of their case by counting, without comparing any two, and each case is then
//! sorted by itself, in parcels of cases at once.

use std::borrow::Cow;

use polars::prelude::*;
use rayon::prelude::*;

use crate::columns::ROW;
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::measure::GoodIs;
use crate::definitions::scale::Scale;
use crate::link::units::number_units;
use crate::link::{Linked, PERSON};

/// The source of scores.
const SCORES: &str = "scores";
/// What the `change` column of a score pair can say, in the order of its codes.
pub const CHANGES: [&str; 3] = ["improved", "same", "worse"];
/// Stands for nothing in a column of whole numbers; no ring or code list is that long.
const NOTHING: u32 = u32::MAX;
/// Cases that one thread takes at a time.
const PARCEL: usize = 4096;

/// The pairs, in order of case, person, scale and domain.
pub(super) fn score_pairs(definitions: &Definitions, linked: &Linked) -> PolarsResult<DataFrame> {
    let (Some(source), Some(rows)) =
        (definitions.source(SCORES), linked.inputs.sources.get(SCORES))
    else {
        return Ok(DataFrame::empty());
    };
    let words = |column: &str| match source.column(column).map(|c| &c.ty) {
        Some(Type::Code(list)) => list.codes.clone(),
        _ => Vec::new(),
    };
    let stage = |word: &str| {
        words("stage").iter().position(|w| w == word).and_then(|at| u32::try_from(at).ok())
    };
    let scales: Vec<Option<&Scale>> = words("scale").iter().map(|w| definitions.scale(w)).collect();
    let scores = Scores {
        case: &whole_numbers(&rows.frame, "case_id")?,
        person: &whole_numbers(&rows.frame, PERSON)?,
        scale: &whole_numbers(&rows.frame, "scale")?,
        domain: &whole_numbers(&rows.frame, "domain")?,
        stage: &whole_numbers(&rows.frame, "stage")?,
        row: &whole_numbers(&rows.frame, ROW)?,
        score: rows.frame.column("score")?.as_materialized_series().f64()?,
        on: rows.frame.column("scored_on")?.as_materialized_series().i32()?,
        start: stage("start"),
        close: stage("close"),
        scales,
    };
    let order = scores.in_order_of_case();
    let parcels: Vec<Pairs> = order
        .first
        .par_chunks(PARCEL)
        .enumerate()
        .map(|(parcel, first)| {
            let mut pairs = Pairs::default();
            let mut lines = Vec::new();
            for (place, &from) in first.iter().enumerate() {
                let to = order.first.get(parcel * PARCEL + place + 1);
                let to = to.map_or(order.rows.len(), |&to| to as usize);
                let Some(of_case) = order.rows.get(from as usize..to) else { continue };
                lines.clear();
                lines.extend(of_case.iter().filter_map(|&at| scores.line(at as usize)));
                lines.sort_unstable_by_key(|line| (line.subject, line.domain, line.when));
                for pair in lines.chunk_by(|a, b| a.subject == b.subject && a.domain == b.domain) {
                    pairs.add(&scores, pair);
                }
            }
            pairs
        })
        .collect();
    number_units(&Pairs::frame(&parcels)?)
}

/// The rows of the scores, column by column.
struct Scores<'a> {
    case: &'a [u32],
    person: &'a [u32],
    scale: &'a [u32],
    domain: &'a [u32],
    stage: &'a [u32],
    row: &'a [u32],
    score: &'a Float64Chunked,
    on: &'a Int32Chunked,
    /// The codes of the two stages that make pairs.
    start: Option<u32>,
    close: Option<u32>,
    /// The scales, by code.
    scales: Vec<Option<&'a Scale>>,
}

/// The rows that can be in a pair, case by case.
struct InOrderOfCase {
    /// Where the rows of each case begin; the last is where those without a case do.
    first: Vec<u32>,
    rows: Vec<u32>,
}

/// One score, ready to be sorted within its case.
#[derive(Clone, Copy)]
struct Line {
    case: u32,
    /// Person and scale.
    subject: u64,
    domain: u32,
    /// Day and row: no two are equal in it.
    when: u64,
    closing: bool,
    score: f64,
}

impl Scores<'_> {
    /// Sorts by counting. Cases are numbered from nought without gaps, so each has its own place.
    fn in_order_of_case(&self) -> InOrderOfCase {
        let cases =
            self.case.iter().filter(|&&c| c != NOTHING).max().map_or(0, |&c| c as usize + 1);
        let place = |case: u32| (case as usize).min(cases);
        let mut first = vec![0_u32; cases + 1];
        let rows = || {
            let stages = self.stage.iter().map(|&s| Some(s));
            let wanted = stages.map(|s| s == self.start || s == self.close);
            self.case.iter().zip(wanted).zip(0_u32..).filter(|((_, wanted), _)| *wanted)
        };
        for ((&case, _), _) in rows() {
            if let Some(count) = first.get_mut(place(case)) {
                *count += 1;
            }
        }
        let mut before = 0;
        for count in &mut first {
            before += *count;
            *count = before - *count;
        }
        let mut next = first.clone();
        let mut in_order = vec![0; before as usize];
        for ((&case, _), at) in rows() {
            if let Some(next) = next.get_mut(place(case))
                && let Some(slot) = in_order.get_mut(*next as usize)
            {
                *slot = at;
                *next += 1;
            }
        }
        InOrderOfCase { first, rows: in_order }
    }

    /// A row with a score and a day; a row without either says nothing.
    fn line(&self, at: usize) -> Option<Line> {
        let scale = *self.scale.get(at)?;
        let day = i64::from(self.on.get(at)?) - i64::from(i32::MIN);
        Some(Line {
            case: *self.case.get(at)?,
            subject: u64::from(*self.person.get(at)?) << 32 | u64::from(scale),
            domain: *self.domain.get(at)?,
            when: day.unsigned_abs() << 32 | u64::from(*self.row.get(at)?),
            closing: self.close == Some(*self.stage.get(at)?),
            score: self.score.get(at)?,
        })
    }
}

/// Pairs, column by column.
#[derive(Default)]
struct Pairs {
    case: Vec<Option<u32>>,
    person: Vec<Option<u32>>,
    scale: Vec<Option<u32>>,
    domain: Vec<Option<u32>>,
    start: Vec<Option<f64>>,
    end: Vec<Option<f64>>,
    change: Vec<Option<u32>>,
}

impl Pairs {
    /// Adds the pair of the scores that belong together, which come in order of day and row.
    fn add(&mut self, scores: &Scores<'_>, lines: &[Line]) {
        let Some(any) = lines.first() else { return };
        let start = lines.iter().find(|l| !l.closing).map(|l| l.score);
        let end = lines.iter().rfind(|l| l.closing).map(|l| l.score);
        let there = |number: u32| (number != NOTHING).then_some(number);
        let (person, scale) = ((any.subject >> 32) as u32, any.subject as u32);
        self.case.push(there(any.case));
        self.person.push(there(person));
        self.scale.push(there(scale));
        self.domain.push(there(any.domain));
        self.start.push(start);
        self.end.push(end);
        let scale = scores.scales.get(scale as usize).copied().flatten();
        self.change.push(scale.and_then(|s| change(s, start?, end?)));
    }

    fn frame(parcels: &[Self]) -> PolarsResult<DataFrame> {
        fn joined<T: Copy>(parcels: &[Pairs], of: impl Fn(&Pairs) -> &[T]) -> Vec<T> {
            let length = parcels.iter().map(|p| of(p).len()).sum();
            let mut all = Vec::with_capacity(length);
            parcels.iter().for_each(|p| all.extend_from_slice(of(p)));
            all
        }
        DataFrame::new_infer_height(vec![
            Column::new("case_id".into(), joined(parcels, |p| &p.case)),
            Column::new(PERSON.into(), joined(parcels, |p| &p.person)),
            Column::new("scale".into(), joined(parcels, |p| &p.scale)),
            Column::new("domain".into(), joined(parcels, |p| &p.domain)),
            Column::new("start_score".into(), joined(parcels, |p| &p.start)),
            Column::new("end_score".into(), joined(parcels, |p| &p.end)),
            Column::new("change".into(), joined(parcels, |p| &p.change)),
        ])
    }
}

/// The code of a change, if the scale says what a change is.
fn change(scale: &Scale, start: f64, end: f64) -> Option<u32> {
    let meaningful = scale.meaningful.as_ref()?;
    let better = match scale.better {
        GoodIs::High => end - start,
        GoodIs::Low => start - end,
    };
    Some(if better >= meaningful.points {
        0
    } else if better <= -meaningful.points {
        2
    } else {
        1
    })
}

/// A column of identifiers or codes as one slice, [`NOTHING`] where it is empty.
fn whole_numbers<'f>(frame: &'f DataFrame, name: &str) -> PolarsResult<Cow<'f, [u32]>> {
    let column = frame.column(name)?.as_materialized_series().u32()?;
    Ok(match column.cont_slice() {
        Ok(slice) => Cow::Borrowed(slice),
        Err(_) => Cow::Owned(column.iter().map(|n| n.unwrap_or(NOTHING)).collect()),
    })
}
