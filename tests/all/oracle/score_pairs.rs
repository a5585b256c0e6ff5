//! Score pairs: who scored what, when, which two scores belong together, and what they say.

use std::collections::BTreeMap;

use early_help::calendar::Day;
use early_help::definitions::measure::GoodIs;
use early_help::definitions::scale::{
    Baseline, ChangeMethod, Ends, ReliableChange, Scale, TotalMethod,
};

use super::value::{Row, Value};
use super::world::{World, push};

/// One score, as it counts.
#[derive(Debug, Clone, PartialEq)]
struct Score {
    case: String,
    person: String,
    scale: String,
    domain: String,
    respondent: String,
    stage: String,
    on: Day,
    row: u32,
    score: f64,
}

/// The two ends of a pair.
#[derive(Debug, Clone)]
struct Ended {
    any: Score,
    start: Option<Score>,
    end: Option<Score>,
}

/// One row for each case, person, scale, domain and respondent with a score that can be an end.
pub(crate) fn score_pairs(world: &World) -> Vec<Row> {
    let mut scores: Vec<Score> =
        world.rows("scores").iter().filter_map(|row| score(world, row)).collect();
    let totals = totals(world, &scores);
    scores.extend(totals);
    scores.sort_by_key(|s| (s.on, s.row));
    let key =
        |s: &Score| [&s.case, &s.person, &s.scale, &s.domain, &s.respondent].map(String::clone);
    let mut together: BTreeMap<[String; 5], Vec<Score>> = BTreeMap::new();
    for score in scores {
        together.entry(key(&score)).or_default().push(score);
    }
    let pairs: Vec<Ended> = together.values().filter_map(|scores| ends(world, scores)).collect();
    let mut rows = Vec::new();
    for pair in &pairs {
        columns(world, pair, &pairs, &mut rows);
    }
    rows
}

fn score(world: &World, row: &Row) -> Option<Score> {
    let scale = row.get("scale").written();
    let mut counts_as = row.get("score").number()?;
    let mut respondent = row.get("informant").written();
    if let Some(scale) = world.definitions.scale(&scale) {
        if let Some(metric) = &scale.metric {
            counts_as = metric[((counts_as - scale.low) / scale.step).round() as usize];
        }
        for list in &scale.pairing.same_informant {
            if list.contains(&respondent) {
                respondent = list[0].clone();
            }
        }
    }
    Some(Score {
        case: row.get("case_id").written(),
        person: row.get("person_id").written(),
        scale,
        domain: row.get("domain").written(),
        respondent,
        stage: row.get("stage").written(),
        on: row.get("scored_on").day()?,
        row: row.number,
        score: counts_as,
    })
}

/// The totals of all sittings that have none recorded and enough parts.
fn totals(world: &World, scores: &[Score]) -> Vec<Score> {
    let mut sittings: Vec<Vec<&Score>> = Vec::new();
    for score in scores {
        let same = |s: &Score| {
            s.case == score.case
                && s.person == score.person
                && s.scale == score.scale
                && s.respondent == score.respondent
                && s.stage == score.stage
                && s.on == score.on
        };
        match sittings.iter_mut().find(|sitting| same(sitting[0])) {
            Some(sitting) => sitting.push(score),
            None => sittings.push(vec![score]),
        }
    }
    let mut totals = Vec::new();
    for sitting in sittings {
        let Some(scale) = world.definitions.scale(&sitting[0].scale) else { continue };
        let Some(total) = &scale.total else { continue };
        if sitting.iter().any(|s| s.domain == "total") {
            continue;
        }
        let mut parts: BTreeMap<&str, &Score> = BTreeMap::new();
        for part in &sitting {
            let known = parts.entry(part.domain.as_str()).or_insert(part);
            if part.row >= known.row {
                *known = part;
            }
        }
        let answered = parts.len() as f64;
        if answered < f64::from(total.min_answered) {
            continue;
        }
        let sum: f64 = parts.values().map(|p| p.score).sum();
        let half_up = |x: f64| (x + 0.5 + 1e-9).floor();
        let score = match total.method {
            TotalMethod::Sum => {
                half_up(sum * f64::from(total.items) / answered / scale.step) * scale.step
            }
            TotalMethod::Mean => half_up(sum * 100.0 / answered) / 100.0,
        };
        let row = parts.values().map(|p| p.row).max().expect("a part");
        let any = sitting[0].clone();
        totals.push(Score { domain: "total".into(), row, score, ..any });
    }
    totals
}

/// The ends among scores that belong together, in order of day and row.
fn ends(world: &World, scores: &[Score]) -> Option<Ended> {
    let pairing = world
        .definitions
        .scale(&scores[0].scale)
        .map(|scale| scale.pairing.clone())
        .unwrap_or_default();
    let may_be = |stage: &str| {
        let any = pairing.ends == Ends::FirstLatest;
        scores.iter().filter(move |s| any || s.stage == stage).cloned().collect::<Vec<_>>()
    };
    let (starts, closes) = (may_be("start"), may_be("close"));
    let mut start = starts.first().cloned();
    if pairing.baseline == Baseline::LowerOfFirstTwo
        && starts.len() > 1
        && starts[1].score < starts[0].score
    {
        start = Some(starts[1].clone());
    }
    let mut end = closes.last().cloned();
    if let (Some(from), Some(to)) = (&start, &end)
        && to.on.0 - from.on.0 < pairing.min_gap_days
    {
        end = None;
    }
    let any = start.clone().or(end.clone())?;
    Some(Ended { any, start, end })
}

fn columns(world: &World, pair: &Ended, pairs: &[Ended], rows: &mut Vec<Row>) {
    let text = |words: &str| if words.is_empty() { Value::Nothing } else { Value::text(words) };
    let number = |n: Option<f64>| n.map_or(Value::Nothing, Value::Number);
    let day = |s: &Option<Score>| s.as_ref().map_or(Value::Nothing, |s| Value::Day(s.on));
    let scale = world.definitions.scale(&pair.any.scale);
    let (start, end) = (pair.start.as_ref(), pair.end.as_ref());
    let both = start.zip(end);
    let gain = both.zip(scale).map(|((start, end), scale)| better(scale, start.score, end.score));
    let band = |score: Option<&Score>| {
        let score = score?.score;
        scale?.bands.iter().rfind(|b| b.from <= score).map(|b| b.name.clone())
    };
    let change = gain.zip(scale.and_then(|s| s.reliable.as_ref())).map(|(g, r)| change(r, g));
    let clinical = both.zip(scale).and_then(|((start, end), scale)| {
        let cut_off = scale.cut_off?;
        let inside = |score: f64| match scale.better {
            GoodIs::High => score <= cut_off,
            GoodIs::Low => score >= cut_off,
        };
        Some(match (inside(start.score), inside(end.score)) {
            (true, false) => "moved_out",
            (true, true) => "stayed_in",
            (false, false) => "stayed_out",
            (false, true) => "moved_in",
        })
    });
    let values = [
        ("case_id", text(&pair.any.case)),
        ("person_id", text(&pair.any.person)),
        ("scale", text(&pair.any.scale)),
        ("domain", text(&pair.any.domain)),
        ("informant", text(&pair.any.respondent)),
        ("start_on", day(&pair.start)),
        ("end_on", day(&pair.end)),
        ("days_between", number(both.map(|(s, e)| f64::from(e.on.0 - s.on.0)))),
        ("start_score", number(start.map(|s| s.score))),
        ("end_score", number(end.map(|s| s.score))),
        ("gain", number(gain)),
        ("change", text(change.unwrap_or_default())),
        ("band_start", text(&band(start).unwrap_or_default())),
        ("band_end", text(&band(end).unwrap_or_default())),
        ("clinical", text(clinical.unwrap_or_default())),
        ("added_value", number(scale.and_then(|scale| added_value(scale, pair, pairs)))),
    ];
    push(rows, &values);
}

fn better(scale: &Scale, start: f64, end: f64) -> f64 {
    match scale.better {
        GoodIs::High => end - start,
        GoodIs::Low => start - end,
    }
}

fn change(reliable: &ReliableChange, gain: f64) -> &'static str {
    let reached = |gain: f64| match reliable.method {
        ChangeMethod::Fixed { points } => gain >= points - 1e-9,
        ChangeMethod::JacobsonTruax { sd, reliability, confidence } => {
            assert!((confidence - 0.95).abs() < 1e-9, "the oracle knows one normal quantile");
            let of_one_score = sd * (1.0 - reliability).sqrt();
            gain / (of_one_score * 2_f64.sqrt()) > 1.959_963_985
        }
    };
    match (reached(gain), reached(-gain)) {
        (true, _) => "improved",
        (_, true) => "worse",
        _ => "same",
    }
}

fn added_value(scale: &Scale, pair: &Ended, pairs: &[Ended]) -> Option<f64> {
    let expected = scale.expected.as_ref()?;
    let (start, end) = (pair.start.as_ref()?, pair.end.as_ref()?);
    let mut sum = expected.constant;
    for (of, weight) in &expected.weights {
        let same = |p: &&Ended| {
            p.any.case == start.case
                && p.any.person == start.person
                && p.any.scale == *of
                && p.any.domain == start.domain
                && p.any.respondent == start.respondent
                && p.start.as_ref().is_some_and(|s| s.on == start.on)
        };
        sum += weight * pairs.iter().find(same)?.start.as_ref()?.score;
    }
    Some(better(scale, sum, end.score))
}
