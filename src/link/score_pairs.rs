//! Score pairs: for each case, person, scale, domain and respondent, the score to start from and the
//! score at the end.
//!
//! Scores are by far the longest source, and all that belong together lie within one case. So they
//! are put in order of their case by counting, without comparing any two, and each case is then
//! sorted by itself, in parcels of cases at once.

mod pairing;

use std::borrow::Cow;

use polars::prelude::*;
use rayon::prelude::*;

use crate::columns::{ROW, Rings};
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::scale::{Ends, SCORES, Scale, TOTAL, band_names, respondents};
use crate::definitions::source::Source;
use crate::link::units::number_units;
use crate::link::{Linked, PERSON};
use pairing::{Line, Pair, pairs_of_case};

/// Stands for nothing in a column of whole numbers; no ring or code list is that long.
const NOTHING: u32 = u32::MAX;
/// Cases that one thread takes at a time.
const PARCEL: usize = 4096;

/// Gives the word that means a total its place, before frames are built from it.
pub(super) fn place_words(definitions: &Definitions, rings: &mut Rings) {
    let domain = definitions.source(SCORES).and_then(|source| source.column("domain"));
    if domain.is_some_and(|column| column.ty == Type::Text) {
        rings.text.place(TOTAL);
    }
}

/// The pairs, in order of case, person, scale, domain and respondent; of each only the columns that are wanted,
/// and the case.
pub(super) fn score_pairs(
    definitions: &Definitions,
    linked: &Linked,
    wanted: &dyn Fn(&str) -> bool,
) -> PolarsResult<DataFrame> {
    let (Some(source), Some(rows)) =
        (definitions.source(SCORES), linked.inputs.sources.get(SCORES))
    else {
        return Ok(DataFrame::empty());
    };
    let total = match source.column("domain").map(|c| &c.ty) {
        Some(Type::Code(list)) => list.index_of(TOTAL),
        _ => linked.inputs.rings.text.find(TOTAL),
    };
    let rules = Rules::new(definitions, source, total);
    let frame = &rows.frame;
    let informant = match source.column("informant") {
        Some(_) => whole_numbers(frame, "informant")?,
        None => Cow::default(),
    };
    let scores = Scores {
        case: &whole_numbers(frame, "case_id")?,
        person: &whole_numbers(frame, PERSON)?,
        scale: &whole_numbers(frame, "scale")?,
        domain: &whole_numbers(frame, "domain")?,
        informant: &informant,
        stage: &whole_numbers(frame, "stage")?,
        row: &whole_numbers(frame, ROW)?,
        score: frame.column("score")?.as_materialized_series().f64()?,
        on: frame.column("scored_on")?.as_materialized_series().i32()?,
        rules: &rules,
    };
    let order = scores.in_order_of_case();
    let parcels: Vec<Vec<Pair>> = order
        .first
        .par_chunks(PARCEL)
        .enumerate()
        .map(|(parcel, first)| {
            let rows = |case: Option<&u32>| case.map_or(order.rows.len(), |&at| at as usize);
            let rows = rows(order.first.get((parcel + 1) * PARCEL)) - rows(first.first());
            // Most pairs have two ends or more: to grow as they come would mean to copy them.
            let (mut pairs, mut lines) = (Vec::with_capacity(rows), Vec::new());
            for (place, &from) in first.iter().enumerate() {
                let to = order.first.get(parcel * PARCEL + place + 1);
                let to = to.map_or(order.rows.len(), |&to| to as usize);
                let Some(of_case) = order.rows.get(from as usize..to) else { continue };
                lines.clear();
                lines.extend(of_case.iter().filter_map(|&at| scores.line(at as usize)));
                pairs_of_case(&rules, &mut lines, &mut pairs);
            }
            pairs
        })
        .collect();
    number_units(&frame_of(&rules, &parcels, wanted)?)
}

/// What pairing has to know of the definitions, with words as codes.
struct Rules<'a> {
    /// By the code of the scale; none for a scale that nobody defined.
    scales: Vec<Option<ScaleRules<'a>>>,
    /// The domain of totals.
    total: Option<u32>,
    /// The codes of the two stages with a meaning of their own.
    start: Option<u32>,
    close: Option<u32>,
}

struct ScaleRules<'a> {
    scale: &'a Scale,
    /// For each code of `informant`, the one that stands for its respondent.
    respondents: Vec<u32>,
    /// For each of its bands, the code among those of all scales.
    bands: Vec<u32>,
    /// The scales from whose starting scores the closing score is expected.
    expected_from: Vec<(&'a str, u32)>,
}

impl<'a> Rules<'a> {
    fn new(definitions: &'a Definitions, source: &Source, total: Option<u32>) -> Self {
        let words = |column: &str| match source.column(column).map(|c| &c.ty) {
            Some(Type::Code(list)) => list.codes.as_slice(),
            _ => &[],
        };
        let code = |column: &str, word: &str| {
            words(column).iter().position(|w| w == word).and_then(|at| u32::try_from(at).ok())
        };
        let all_bands = band_names(&definitions.scales);
        let rules = |scale: &'a Scale| {
            let band = |name: &str| all_bands.iter().position(|b| b == name);
            let stand_in = respondents(&scale.pairing, words("informant"));
            let informants = (0_u32..).take(words("informant").len());
            let weights = scale.expected.iter().flat_map(|e| &e.weights);
            ScaleRules {
                scale,
                respondents: informants.map(|i| *stand_in.get(&i).unwrap_or(&i)).collect(),
                bands: scale
                    .bands
                    .iter()
                    .map(|b| band(&b.name).and_then(|at| u32::try_from(at).ok()).unwrap_or(NOTHING))
                    .collect(),
                expected_from: weights
                    .filter_map(|(from, _)| Some((from.as_str(), code("scale", from)?)))
                    .collect(),
            }
        };
        Self {
            scales: words("scale").iter().map(|w| definitions.scale(w).map(rules)).collect(),
            total,
            start: code("stage", "start"),
            close: code("stage", "close"),
        }
    }

    fn of(&self, scale: u32) -> Option<&ScaleRules<'a>> {
        self.scales.get(scale as usize)?.as_ref()
    }

    /// Whether a score of this stage can be an end of a pair on this scale.
    fn can_be_an_end(&self, scale: u32, stage: u32) -> bool {
        let whatever = |r: &ScaleRules<'_>| r.scale.pairing.ends == Ends::FirstLatest;
        let stage = Some(stage);
        stage == self.start || stage == self.close || self.of(scale).is_some_and(whatever)
    }
}

/// The rows of the scores, column by column.
struct Scores<'a> {
    case: &'a [u32],
    person: &'a [u32],
    scale: &'a [u32],
    domain: &'a [u32],
    /// Empty for a council that does not record it.
    informant: &'a [u32],
    stage: &'a [u32],
    row: &'a [u32],
    score: &'a Float64Chunked,
    on: &'a Int32Chunked,
    rules: &'a Rules<'a>,
}

/// The rows that can be in a pair, case by case.
struct InOrderOfCase {
    /// Where the rows of each case begin; the last is where those without a case do.
    first: Vec<u32>,
    rows: Vec<u32>,
}

impl Scores<'_> {
    /// Sorts by counting. Cases are numbered from nought without gaps, so each has its own place.
    fn in_order_of_case(&self) -> InOrderOfCase {
        let cases =
            self.case.iter().filter(|&&c| c != NOTHING).max().map_or(0, |&c| c as usize + 1);
        let mut first = vec![0_u32; cases + 1];
        let rows = || {
            let which = self.case.iter().zip(self.scale).zip(self.stage).zip(0_u32..);
            which
                .filter(|(((_, scale), stage), _)| self.rules.can_be_an_end(**scale, **stage))
                .map(|(((case, _), _), at)| ((*case as usize).min(cases), at))
        };
        for (case, _) in rows() {
            if let Some(count) = first.get_mut(case) {
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
        for (case, at) in rows() {
            if let Some(next) = next.get_mut(case)
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
        let informant = self.informant.get(at).copied().unwrap_or(NOTHING);
        let rules = self.rules.of(scale);
        let stand_in = rules.and_then(|r| r.respondents.get(informant as usize));
        let score = self.score.get(at)?;
        Some(Line {
            case: *self.case.get(at)?,
            person: *self.person.get(at)?,
            scale,
            domain: *self.domain.get(at)?,
            respondent: stand_in.copied().unwrap_or(informant),
            stage: *self.stage.get(at)?,
            on: self.on.get(at)?,
            row: *self.row.get(at)?,
            score: rules.map_or(Some(score), |r| r.scale.counted_as(score))?,
        })
    }
}

/// How a column is made.
type MakeColumn<'a> = Box<dyn Fn() -> Column + Send + Sync + 'a>;

/// The columns of [`pair_columns`](crate::definitions::scale::pair_columns) that are wanted, in their order.
fn frame_of(
    rules: &Rules<'_>,
    parcels: &[Vec<Pair>],
    wanted: &dyn Fn(&str) -> bool,
) -> PolarsResult<DataFrame> {
    /// One value of each pair as a column in one piece.
    fn column<'a, T: PolarsNumericType>(
        pairs: &'a [Vec<Pair>],
        name: &'a str,
        of: impl Fn(&Pair) -> Option<T::Native> + Send + Sync + 'a,
    ) -> (&'a str, MakeColumn<'a>)
    where
        ChunkedArray<T>: IntoColumn,
    {
        let make = move || {
            let height = pairs.iter().map(Vec::len).sum();
            let mut values = PrimitiveChunkedBuilder::<T>::new(name.into(), height);
            pairs.iter().flatten().for_each(|pair| values.append_option(of(pair)));
            values.finish().into_column()
        };
        (name, Box::new(make))
    }
    let scale = |p: &Pair| rules.of(p.scale);
    let start_day = |p: &Pair| Pair::known(p.start).map(|_| p.start_on);
    let end_day = |p: &Pair| Pair::known(p.end).map(|_| p.end_on);
    let both = |p: &Pair| Some((Pair::known(p.start)?, Pair::known(p.end)?));
    let gain = |p: &Pair| {
        let (start, end) = both(p)?;
        Some(scale(p)?.scale.gain(start, end))
    };
    let band = |p: &Pair, score: f64| {
        let rules = scale(p)?;
        rules.bands.get(rules.scale.band_at(Pair::known(score)?)?).copied()
    };
    let crossing = |p: &Pair| {
        let (start, end) = both(p)?;
        scale(p)?.scale.crossing(start, end).map(|c| c as u32)
    };
    let days = |p: &Pair| Some(f64::from(end_day(p)?) - f64::from(start_day(p)?));
    let columns = [
        column::<UInt32Type>(parcels, "case_id", |p| Pair::there(p.case)),
        column::<UInt32Type>(parcels, PERSON, |p| Pair::there(p.person)),
        column::<UInt32Type>(parcels, "scale", |p| Pair::there(p.scale)),
        column::<UInt32Type>(parcels, "domain", |p| Pair::there(p.domain)),
        column::<UInt32Type>(parcels, "informant", |p| Pair::there(p.respondent)),
        column::<Int32Type>(parcels, "start_on", start_day),
        column::<Int32Type>(parcels, "end_on", end_day),
        column::<Float64Type>(parcels, "days_between", days),
        column::<Float64Type>(parcels, "start_score", |p| Pair::known(p.start)),
        column::<Float64Type>(parcels, "end_score", |p| Pair::known(p.end)),
        column::<Float64Type>(parcels, "gain", gain),
        column::<UInt32Type>(parcels, "change", |p| {
            scale(p)?.scale.change(gain(p)?).map(|c| c as u32)
        }),
        column::<UInt32Type>(parcels, "band_start", |p| band(p, p.start)),
        column::<UInt32Type>(parcels, "band_end", |p| band(p, p.end)),
        column::<UInt32Type>(parcels, "clinical", crossing),
        column::<Float64Type>(parcels, "added_value", |p| Pair::known(p.added_value)),
    ];
    let made: Vec<MakeColumn<'_>> = columns
        .into_iter()
        .filter(|(name, _)| *name == "case_id" || wanted(name))
        .map(|(_, make)| make)
        .collect();
    DataFrame::new_infer_height(made.par_iter().map(|make| make()).collect())
}

/// A column of identifiers or codes as one slice, [`NOTHING`] where it is empty.
fn whole_numbers<'f>(frame: &'f DataFrame, name: &str) -> PolarsResult<Cow<'f, [u32]>> {
    let column = frame.column(name)?.as_materialized_series().u32()?;
    Ok(match column.cont_slice() {
        Ok(slice) => Cow::Borrowed(slice),
        Err(_) => Cow::Owned(column.iter().map(|n| n.unwrap_or(NOTHING)).collect()),
    })
}
