//! The outsider against the sample council: every run, every audience, and all of them together.

use std::collections::{BTreeMap, BTreeSet};

use early_help::attack::{Figure, Release, attack};

use super::patience;
use crate::cli::{MONTHLY, QUARTERLY, Run};

/// What an audience was given by a run.
fn given(run: &Run, folder: &str) -> Release {
    let file = |name: &str| run.bytes(&format!("{folder}/data/{name}"));
    Release::of(file("cells.csv"), file("structure.json"), folder.into()).expect("sound files")
}

const PARTNERS: [(&str, &std::sync::LazyLock<Run>); 4] = [
    ("2026-09-monthly/board", &MONTHLY),
    ("2026-27-Q2-quarterly/board", &QUARTERLY),
    ("2026-27-Q2-quarterly/police", &QUARTERLY),
    ("2026-27-Q2-quarterly/schools", &QUARTERLY),
];

/// Were one of the outsider's sums wrong, the true figures would contradict it; and an attack on sums
/// that are wrong proves nothing.
#[test]
fn everything_that_the_outsider_takes_for_true_is_true_of_the_figures_that_are_hidden() {
    type Place = (String, early_help::calendar::Period, BTreeSet<(String, String)>);
    let place =
        |f: &Figure| -> Place { (f.measure.clone(), f.period, f.levels.iter().cloned().collect()) };
    let internal = given(&MONTHLY, "2026-09-monthly/internal");
    let truth: BTreeMap<Place, &Figure> = internal.figures.iter().map(|f| (place(f), f)).collect();
    let mut told = 0;
    for (folder, run) in PARTNERS {
        let mut board = given(run, folder);
        for figure in &mut board.figures {
            if let Some(truth) = truth.get(&place(figure)) {
                told += usize::from(figure.hidden);
                // What is true, and that it was hidden.
                *figure = Figure { hidden: figure.hidden, ..(*truth).clone() };
            }
        }
        let findings = attack(folder, &[&board], patience());
        assert_eq!((findings.contradictions, findings.revised), (0, 0), "{folder}");
    }
    assert!(told > 20, "only {told} hidden figures stand open in the internal files");
}

#[test]
fn the_structure_of_a_release_holds_no_figure() {
    for (folder, run) in PARTNERS {
        let structure = std::str::from_utf8(run.bytes(&format!("{folder}/data/structure.json")));
        let structure: serde_json::Value =
            serde_json::from_str(structure.expect("text")).expect("JSON");
        let mut numbers = 0;
        count_numbers(&structure, &mut numbers);
        assert_eq!(numbers, 4, "{folder}: the layout, and three numbers of the policy");
    }
}

fn count_numbers(value: &serde_json::Value, found: &mut usize) {
    match value {
        serde_json::Value::Number(_) => *found += 1,
        serde_json::Value::Array(all) => all.iter().for_each(|v| count_numbers(v, found)),
        serde_json::Value::Object(all) => all.values().for_each(|v| count_numbers(v, found)),
        _ => {}
    }
}

#[test]
fn nothing_hidden_in_the_sample_council_can_be_worked_out() {
    for (folder, run) in PARTNERS {
        let findings = attack(folder, &[&given(run, folder)], patience());
        assert!(findings.holds(), "{folder}: {:#?}", findings.exposed);
    }
}

/// Those who are given packs of their own sit at one table.
#[test]
fn partners_who_lay_their_packs_side_by_side_learn_nothing_hidden() {
    let partners = [
        "health",
        "housing",
        "jobcentre",
        "partnership",
        "police",
        "schools",
        "specialist",
        "voluntary",
    ];
    let given = partners.map(|who| given(&QUARTERLY, &format!("2026-27-Q2-quarterly/{who}")));
    let theirs: Vec<&Release> = given.iter().collect();
    let findings = attack("all partners", &theirs, patience());
    assert!(findings.hidden > 50, "only {} figures are hidden", findings.hidden);
    assert!(findings.holds(), "{:#?}", findings.exposed);
}
