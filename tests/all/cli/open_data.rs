//! What is for release, in the shape of the national standards: every figure of it was published, what is
//! hidden stays so, and nothing that is not for release is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::{MONTHLY, QUARTERLY, Run, a_folder, copy_of, early_help, repository, text};

/// The open data of both runs: the run, the folder of the audience, and the name of a data file.
fn data_files() -> Vec<(&'static Run, String, &'static str)> {
    let of_run = |run: &'static Run| {
        let names = run.files.keys().filter(|name| name.contains("/data/open/"));
        let names = names.filter(|n| n.ends_with(".csv") && !n.ends_with(".meta.csv"));
        names.map(move |name| {
            let folder = name.split("/data/").next().expect("a folder").to_owned();
            (run, folder, name.as_str())
        })
    };
    [&*MONTHLY, &*QUARTERLY].into_iter().flat_map(of_run).collect()
}

/// The ending of the code of a period in `cells.csv`, as the standard writes it.
fn ending(row: &BTreeMap<String, String>) -> String {
    let (digits, identifier) = (&row["time_period"], row["time_identifier"].as_str());
    match identifier {
        "Reporting year" => format!("_{digits}"),
        "Financial year" => format!("{}-{}", &digits[..4], &digits[4..]),
        _ if identifier.starts_with("Financial year Q") => {
            format!("{}-{}-{}", &digits[..4], &digits[4..], &identifier["Financial year ".len()..])
        }
        _ => digits.clone(),
    }
}

#[test]
fn every_figure_of_the_open_data_was_published_to_the_same_audience() {
    let columns = [
        ("_percent", "value"),
        ("_mean", "value"),
        ("_median", "value"),
        ("_ratio", "value"),
        ("_out_of", "denominator"),
        ("_lower", "lower"),
        ("_upper", "upper"),
        ("_pending", "pending"),
        ("_unknown", "unknown"),
    ];
    let mut compared = 0;
    let mut symbols = BTreeSet::new();
    for (run, folder, name) in data_files() {
        let cells = run.rows(&format!("{folder}/data/cells.csv"));
        let file = name.rsplit('/').next().expect("a name");
        let measures: BTreeSet<&String> = cells.iter().map(|cell| &cell["measure"]).collect();
        let of = |measure: &&&String| file.starts_with(&format!("{measure}_"));
        let measure = measures.iter().filter(of).max_by_key(|m| m.len()).expect("a measure");
        let of_measure: Vec<_> =
            cells.iter().filter(|cell| cell["measure"] == ***measure).collect();
        for row in run.rows(name) {
            let ending = ending(&row);
            for (column, field) in &row {
                let Some((_, shown)) = columns.iter().find(|(end, _)| column.ends_with(end)) else {
                    continue;
                };
                if ["c", "x", "z"].contains(&field.as_str()) {
                    symbols.insert(field.clone());
                    continue;
                }
                let there = of_measure.iter().any(|cell| {
                    let period = &cell["period"];
                    let of_period = period.ends_with(&ending)
                        || period.starts_with(&ending)
                        || period.rsplit_once('-').is_some_and(|(year, _)| year.ends_with(&ending));
                    of_period && cell[*shown] == *field
                });
                assert!(there, "{name}: {column} {field} of {ending}");
                compared += 1;
            }
        }
    }
    assert!(compared > 1_000, "only {compared} figures were compared");
    assert_eq!(symbols.into_iter().collect::<String>(), "cxz", "every symbol occurs");
}

#[test]
fn what_is_not_for_release_is_not_written_as_open_data() {
    let folders: BTreeSet<String> = data_files().into_iter().map(|(_, folder, _)| folder).collect();
    assert_eq!(
        folders.into_iter().collect::<Vec<_>>(),
        [
            "2026-09-monthly/board",
            "2026-09-monthly/public",
            "2026-27-Q2-quarterly/board",
            "2026-27-Q2-quarterly/health",
            "2026-27-Q2-quarterly/housing",
            "2026-27-Q2-quarterly/jobcentre",
            "2026-27-Q2-quarterly/partnership",
            "2026-27-Q2-quarterly/police",
            "2026-27-Q2-quarterly/schools",
            "2026-27-Q2-quarterly/specialist",
            "2026-27-Q2-quarterly/voluntary",
        ]
    );
}

#[test]
fn the_package_lists_every_table_that_an_audience_is_given() {
    for (run, folder) in
        [(&*MONTHLY, "2026-09-monthly/board"), (&*MONTHLY, "2026-09-monthly/internal")]
    {
        let package: serde_json::Value =
            serde_json::from_str(run.text(&format!("{folder}/data/datapackage.json")))
                .expect("JSON");
        let resources = package["resources"].as_array().expect("resources");
        let listed: BTreeSet<String> = resources
            .iter()
            .map(|r| format!("{folder}/data/{}", r["path"].as_str().expect("a path")))
            .collect();
        let below = format!("{folder}/data/");
        let there =
            run.files.keys().filter(|name| name.starts_with(&below) && name.ends_with(".csv"));
        let there: BTreeSet<String> =
            there.filter(|name| !name.ends_with(".meta.csv")).cloned().collect();
        assert_eq!(listed, there);
    }
}

#[test]
fn a_council_that_gives_no_codes_has_no_open_data_and_wrong_ones_are_mistakes() {
    let definitions = copy_of("outcome-definitions");
    let project = definitions.path().join("project.toml");
    super::replace(&project, "\"E12000099\"", "\"North\"");
    let data = repository().join("sample-data");
    let check = early_help(&["check", "--definitions", text(definitions.path())]);
    assert_eq!(check.code, 3);
    assert!(check.err.contains("write it in the form \"E00000000\""), "{}", check.err);
    let sound = fs::read_to_string(&project).expect("it can be read");
    let (before, after) = sound.split_once("[project.local_authority]").expect("the codes");
    let (_, after) = after.split_once("\n\n").expect("an end");
    fs::write(&project, format!("{before}\n{after}")).expect("it can be written");
    let out = a_folder();
    let run = early_help(&[
        "report",
        "monthly",
        "--definitions",
        text(definitions.path()),
        "--data",
        text(&data),
        "--out",
        text(out.path()),
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!out.path().join("2026-09-monthly/board/data/open").exists());
}
