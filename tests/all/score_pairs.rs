//! The engine and the oracle on crowded score sheets: every rule of pairing, pair by pair.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use early_help::calendar::Day;
use early_help::columns::Rings;
use early_help::definitions::Definitions;
use early_help::definitions::expression::{Literal, Type};
use early_help::definitions::load::load;
use early_help::definitions::scale::{Baseline, Ends, SCORES, pair_columns};
use early_help::link::{Linked, link, whole_score_pairs};
use early_help::read::given;
use polars::prelude::DataFrame;

use crate::oracle::dice::Dice;
use crate::oracle::score_pairs::score_pairs;
use crate::oracle::value::{Council, Value};
use crate::oracle::world::World;

type Given = Vec<BTreeMap<String, Literal>>;

fn shipped() -> Definitions {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    load(&folder).definitions.expect("the shipped definitions")
}

/// Other rules for the family scale than the shipped ones, so that each is met.
fn with_other_rules(definitions: &mut Definitions, dice: &mut Dice) {
    let scale = definitions.scales.iter_mut().find(|s| s.id == "family_scale").expect("a scale");
    let pairing = &mut scale.pairing;
    (pairing.ends, pairing.min_gap_days) =
        *dice.pick(&[(Ends::StartClose, 0), (Ends::FirstLatest, 1)]).expect("a rule");
    pairing.baseline =
        *dice.pick(&[Baseline::First, Baseline::LowerOfFirstTwo]).expect("a baseline");
    pairing.min_gap_days += *dice.pick(&[0, 0, 3, 8]).expect("a gap");
    scale.cut_off = dice.one_in(2).then_some(4.0);
    let total = scale.total.as_mut().expect("a total");
    total.min_answered = *dice.pick(&[1, 2, 3]).expect("a number");
}

/// Scales that are scored together, and the domains of them that are.
type Sheet = (&'static [&'static str], &'static [&'static str]);
const SHEETS: [Sheet; 7] = [
    (&["family_scale"], &["safety", "wellbeing", "education", "boundaries", "total"]),
    (&["family_scale"], &["safety", "wellbeing"]),
    (&["sdq_total"], &["total"]),
    (&["sdq_total", "sdq_impact", "sdq_emotional"], &["total"]),
    (&["sdq_emotional"], &["item_1", "item_2", "item_3", "item_4", "item_5", "total"]),
    (&["worker_scale"], &["safety", "home"]),
    (&["swemwbs"], &["total"]),
];

/// Two cases in which the same few things are scored again and again within a fortnight.
fn crowded_scores(definitions: &Definitions, dice: &mut Dice) -> Given {
    let source = definitions.source(SCORES).expect("scores");
    let code = |column: &str, word: &str| {
        let Some(Type::Code(list)) = source.column(column).map(|c| c.ty.clone()) else {
            panic!("`{column}` is a code")
        };
        Literal::Code(list.index_of(word).expect("a word"), list)
    };
    let text = |t: &str| Literal::Text(t.to_owned());
    let mut rows = Given::new();
    let mut keys = BTreeSet::new();
    for _ in 0..dice.between(20, 200) {
        let sheet = *dice.pick(&SHEETS).expect("a sheet");
        let mut pick = |of: &[&'static str]| *dice.pick(of).expect("a word");
        let informant = pick(&["family", "both", "parent", "young_person", ""]);
        let (case, person) = (pick(&["C1", "C2"]), pick(&["P1", "P1", "P2"]));
        let stage = pick(&["start", "start", "review", "close", "close"]);
        let domain = pick(sheet.1);
        let day = 19_800 + if dice.one_in(2) { dice.between(0, 14) as i32 } else { 60 };
        for id in sheet.0 {
            let scale = definitions.scale(id).expect("a scale");
            let steps = ((scale.high - scale.low) / scale.step).round() as usize;
            let score = scale.low + scale.step * dice.between(0, steps) as f64;
            if !keys.insert((case, person, *id, domain, informant, stage, day)) {
                continue;
            }
            let mut row = BTreeMap::from([
                ("case_id".to_owned(), text(case)),
                ("person_id".to_owned(), text(person)),
                ("scale".to_owned(), code("scale", id)),
                ("domain".to_owned(), text(domain)),
                ("stage".to_owned(), code("stage", stage)),
                ("score".to_owned(), Literal::Number(score)),
                ("scored_on".to_owned(), Literal::Date(Day(day))),
            ]);
            if !informant.is_empty() {
                row.insert("informant".to_owned(), code("informant", informant));
            }
            rows.push(row);
        }
    }
    rows
}

/// Pairs as words, in an order of their own: what the engine links.
fn linked_pairs(definitions: &Definitions, linked: &Linked) -> Vec<Vec<String>> {
    let frame = &whole_score_pairs(definitions, linked).expect("score pairs");
    // What is asked for is the same there as here.
    let kept = linked.units.get("score_pair").expect("score pairs");
    let of_both = kept.columns().iter().filter_map(|c| Some((c, frame.column(c.name()).ok()?)));
    let same = of_both.filter(|(kept, whole)| kept.equals_missing(whole)).count();
    let names = kept.get_column_names().into_iter().filter(|n| frame.column(n).is_ok()).count();
    assert!(same == names && names > 10, "{same} of {names} columns are the same");
    let columns: Vec<Vec<String>> = pair_columns(definitions.source(SCORES), &definitions.scales)
        .iter()
        .map(|(name, ty)| words(frame, name, ty, &linked.inputs.rings))
        .collect();
    let mut rows: Vec<Vec<String>> =
        (0..frame.height()).map(|row| columns.iter().map(|c| c[row].clone()).collect()).collect();
    rows.sort();
    rows
}

fn words(frame: &DataFrame, name: &str, ty: &Type, rings: &Rings) -> Vec<String> {
    let column = frame.column(name).expect("the column").as_materialized_series();
    let number = |n: Option<f64>| n.map(|n| format!("{n:.4}")).unwrap_or_default();
    match ty {
        Type::Date => column
            .i32()
            .expect("days")
            .iter()
            .map(|d| d.map(|d| Day(d).iso()).unwrap_or_default())
            .collect(),
        Type::Number(_) | Type::Score => {
            column.f64().expect("numbers").iter().map(number).collect()
        }
        _ => {
            let word = |place: u32| match ty {
                Type::Code(list) => list.word(place).map(str::to_owned),
                Type::Id(entity) => rings.identifier(entity, place).map(str::to_owned),
                _ => rings.text.word(place).map(str::to_owned),
            };
            let places = column.u32().expect("places").iter();
            places.map(|p| p.map_or_else(String::new, |p| word(p).expect("a word"))).collect()
        }
    }
}

/// The same, as the oracle has it.
fn expected_pairs(definitions: &Definitions, council: &Council) -> Vec<Vec<String>> {
    let world = World::new(definitions, council);
    let columns = pair_columns(definitions.source(SCORES), &definitions.scales);
    let written = |value: Value| match value {
        Value::Number(n) => format!("{n:.4}"),
        other => other.written(),
    };
    let mut rows: Vec<Vec<String>> = score_pairs(&world)
        .iter()
        .map(|row| columns.iter().map(|(name, _)| written(row.get(name))).collect())
        .collect();
    rows.sort();
    rows
}

#[test]
fn the_oracle_agrees_with_every_pair() {
    let mut definitions = shipped();
    let place = |definitions: &Definitions, name: &str| {
        pair_columns(definitions.source(SCORES), &definitions.scales)
            .iter()
            .position(|(n, _)| *n == name)
            .expect("a column")
    };
    let met = ["change", "clinical", "added_value", "band_end", "informant"]
        .map(|name| (name, place(&definitions, name)));
    let mut seen: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for seed in 0..150 {
        let mut dice = Dice(seed);
        with_other_rules(&mut definitions, &mut dice);
        let rows = crowded_scores(&definitions, &mut dice);
        let as_at = definitions.project.as_at;
        let mut council = Council { sources: BTreeMap::new(), complete_to: BTreeMap::new(), as_at };
        for row in &rows {
            let values = row.iter().map(|(name, value)| (name.clone(), Value::from(value)));
            council.add(SCORES, values.collect());
        }
        let rows = rows.into_iter().map(Arc::new).collect();
        let rows = BTreeMap::from([(SCORES.to_owned(), rows)]);
        let inputs = given(&definitions, &rows, &BTreeMap::new()).expect("rows");
        let linked = link(&definitions, inputs, &mut |_| {}).expect("units");
        let found = linked_pairs(&definitions, &linked);
        assert_eq!(found, expected_pairs(&definitions, &council), "seed {seed}");
        for row in &found {
            for (name, at) in met {
                *seen.entry((name, row[at].is_empty())).or_default() += 1;
            }
        }
    }
    for (name, _) in met {
        for empty in [false, true] {
            let times = seen.get(&(name, empty)).copied().unwrap_or_default();
            assert!(times > 100, "`{name}` is empty: {empty}; only {times} times");
        }
    }
}
