//! The mappings that ship, each tried on small files of its layout: they load, they are sound, and they
//! run to verdicts and figures.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rust_xlsxwriter::Worksheet;
use tempfile::TempDir;

use super::{Run, a_folder, copy_of, early_help, replace, result_of, text};
use crate::reading::workbooks::{Sheet, workbook, write_day};

/// The shipped definitions with this mapping in the place of the sample's.
fn definitions_with(mapping: &str) -> TempDir {
    let copy = copy_of("outcome-definitions");
    replace(&copy.path().join("project.toml"), "\"mapping\"", &format!("\"{mapping}\""));
    copy
}

/// The month's report with a mapping and these exports.
fn report(mapping: &str, exports: &Path) -> Run {
    let definitions = definitions_with(mapping);
    let checked = early_help(&["check", "--definitions", text(definitions.path())]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(checked.out.contains("No errors"), "{}", checked.out);
    Run::of(&[
        "report",
        "monthly",
        "--definitions",
        text(definitions.path()),
        "--data",
        text(exports),
    ])
}

/// Rows read and used of each source that is fed, and what is odd.
fn ledger(run: &Run) -> BTreeMap<String, (u64, u64)> {
    let manifest = run.manifest("2026-09-monthly/run.json");
    manifest.ledger.iter().map(|l| (l.source.clone(), (l.read, l.used))).collect()
}

/// The need's verdict of each case to which the framework applies.
fn needs(run: &Run, need: &str) -> BTreeMap<String, String> {
    let evidence = |file: &str| run.rows(&format!("2026-09-monthly/restricted/evidence/{file}"));
    let cases = evidence("cases.csv").into_iter();
    let cases = cases.filter(|r| r["framework"] == "sf2022" && r["not_applicable"] == "0");
    // What is not told was not there.
    let mut all: BTreeMap<String, String> =
        cases.map(|r| (r["case_id"].clone(), "not_met".to_owned())).collect();
    let told = evidence("verdicts.csv").into_iter();
    let told = told.filter(|r| r["framework"] == "sf2022" && r["need"] == need);
    all.extend(told.map(|r| (r["case_id"].clone(), r["need_verdict"].clone())));
    all
}

/// A cell of a list: a text, a number, or a day.
fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &str) {
    if let Some(day) = cell.strip_prefix('@') {
        write_day(sheet, row, column, day);
    } else if let Ok(number) = cell.parse::<f64>() {
        sheet.write_number(row, column, number).expect("written");
    } else if !cell.is_empty() {
        sheet.write_string(row, column, cell).expect("written");
    }
}

/// A list as the template has it: its title in the first row, the names in the second.
fn list(sheet: &mut Worksheet, title: &str, names: &[&str], rows: &[&[&str]]) {
    sheet.write_string(0, 0, title).expect("written");
    let child = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"];
    for (column, name) in (0..).zip(child.iter().chain(names)) {
        sheet.write_string(1, column, *name).expect("written");
    }
    for (row, cells) in (2..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            write(sheet, row, column, cell);
        }
    }
}

/// A child as every list begins with it.
const ANN: [&str; 5] = ["1001", "b) Female", "a) WBRI", "@2015-05-04", "11"];
const BEN: [&str; 5] = ["C02", "a) Male", "s) NOBT", "04/06/2018", "8"];
const UNBORN: [&str; 5] =
    ["C03", "c) Not stated/recorded (or unborn)", "s) REFU", "@2026-11-20", "-1"];

fn of<'a>(child: [&'a str; 5], more: &[&'a str]) -> Vec<&'a str> {
    child.iter().chain(more).copied().collect()
}

#[test]
fn annex_a_runs_to_verdicts_and_figures() {
    let exports = a_folder();
    let make =
        |title: &'static str, names: &'static [&'static str], rows: Vec<Vec<&'static str>>| {
            move |sheet: &mut Worksheet| {
                let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
                list(sheet, title, names, &rows);
            }
        };
    let front = |sheet: &mut Worksheet| write(sheet, 0, 0, "Annex A");
    let contacts = make(
        "List 1: Contacts",
        &["Date of Contact", "Contact Source"],
        vec![
            of(ANN, &["@2026-09-02", "e) 2A: Schools"]),
            of(ANN, &["03/09/2026", "q) 6: Police"]),
            of(BEN, &["@2026-09-10", "a) 1A: Individual \u{2013} family member"]),
        ],
    );
    let early_help = make(
        "List 2: Early Help",
        &[
            "Assessment start date ",
            "Assessment completion date",
            "Organisation completing assessment",
        ],
        vec![
            of(ANN, &["@2026-05-05", "@2026-06-20", "Hill School"]),
            of(BEN, &["@2026-09-14", "", "N/A"]),
            of(UNBORN, &["01/09/2026", "", "Locality team"]),
        ],
    );
    let referrals = make(
        "List 3: Referral",
        &[
            "Date of Referral",
            "Referral Source",
            "Referral NFA?",
            "Number of Referrals in Last 12 Months",
            "Allocated Team",
            "Allocated Worker",
        ],
        vec![
            of(ANN, &["@2026-09-04", "q) 6: Police", "a) Yes", "1", "T", "W"]),
            of(BEN, &["@2026-09-05", "p) 5D: Early help", "b) No", "0", "T", "W"]),
        ],
    );
    let assessments = make(
        "List 4: Assessments",
        &[
            "Does the Child have a Disability",
            "Continuous Assessment Start Date",
            "Child Seen During Continuous Assessment",
            "Continuous Assessment Date of Authorisation",
        ],
        vec![of(BEN, &["b) No", "@2026-09-06", "a) Yes", ""])],
    );
    let enquiries = make(
        "List 5: Section 47 and ICPC",
        &[
            "Strategy discussion initiating Section 47 Enquiry Start Date",
            "Date of Initial Child Protection Conference",
            "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        ],
        vec![of(BEN, &["@2026-09-07", "@2026-09-20", "a) Yes"])],
    );
    let in_need = make(
        "List 6: Children in need",
        &["CIN Start Date", "CIN Closure Date", "Reason for Closure", "Case status"],
        vec![
            of(
                ANN,
                &[
                    "@2026-03-01",
                    "@2026-04-20",
                    "RC9 - Case closed after assessment, referred to early help",
                    "e) Closed episode",
                ],
            ),
            of(BEN, &["@2026-09-05", "", "", "d) Open assessment"]),
        ],
    );
    let protection = make(
        "List 7: Child protection",
        &["Child Protection Plan Start Date", "Child Protection Plan End Date"],
        vec![of(BEN, &["@2026-09-21", "01/01/1900"])],
    );
    let care = make(
        "List 8: Children in care",
        &["Date Started to be Looked After", "Date Ceased to be Looked After"],
        vec![],
    );
    let sheets: [Sheet<'_>; 9] = [
        ("Front_Sheet", &front),
        ("List_1", &contacts),
        ("List_2", &early_help),
        ("List_3", &referrals),
        ("List 4", &assessments),
        ("List_5", &enquiries),
        ("List_6", &in_need),
        ("List_7", &protection),
        ("List_8", &care),
    ];
    fs::write(exports.path().join("annex_a.xlsx"), workbook(&sheets)).expect("written");
    let run = report("annex_a", exports.path());
    let ledger = ledger(&run);
    for (source, read, used) in [
        ("people", 13, 3),
        ("families", 6, 3),
        ("family_members", 6, 3),
        ("contacts", 3, 3),
        ("cases", 3, 3),
        ("assessments", 6, 3),
        ("csc_referrals", 2, 2),
        ("section_47", 1, 1),
        ("social_care", 4, 3),
    ] {
        assert_eq!(ledger[source], (read, used), "{source}");
    }
    let manifest = run.manifest("2026-09-monthly/run.json");
    let people = manifest.ledger.iter().find(|l| l.source == "people").expect("fed");
    assert_eq!(people.quarantined, [], "nobody says anything else of a child");
    let first = &people.files[0];
    assert_eq!((first.sheet.as_deref(), first.header_row, first.rows), (Some("List_1"), 2, 3));
    // The identifier of a numeric cell has no point; with the day of a date cell it makes the case's.
    let judged = run.rows("2026-09-monthly/restricted/evidence/cases.csv");
    assert!(judged.iter().any(|r| r["case_id"] == "1001|2026-05-05"), "{:?}", judged.first());
    // What nothing feeds is not yet known, never nought.
    let attendance = needs(&run, "attendance_below_90");
    for case in ["1001|2026-05-05", "C02|2026-09-14"] {
        assert_eq!(attendance.get(case).map(String::as_str), Some("pending"), "{attendance:?}");
    }
    // The unborn child's case, whose date was text: its day is in the identifier, and nobody in it goes to school.
    assert_eq!(attendance.get("C03|2026-09-01").map(String::as_str), Some("not_met"));
    let cells = run.cells("2026-09-monthly/internal/data/cells.csv");
    let figure = |measure: &str| {
        cells.iter().find(|c| c.measure == measure && c.period == "2026-09" && c.breakdown == "all")
    };
    assert_eq!(figure("contacts").map(|c| c.value.as_str()), Some("3"));
    let definitions = definitions_with("annex_a");
    let asked = ["--definitions", text(definitions.path()), "--data", text(exports.path())];
    let query = |measure: &'static str| {
        result_of(
            &[
                &[
                    "query",
                    measure,
                    "--period",
                    "2026-09",
                    "--audience",
                    "internal",
                    "--format",
                    "csv",
                ][..],
                &asked,
            ]
            .concat(),
        )
    };
    assert!(query("annex_a_referrals").contains('2'), "{}", query("annex_a_referrals"));
    assert!(query("annex_a_section_47").contains('1'));
}

#[test]
fn the_tables_of_the_safeguarding_dataset_run_to_verdicts_and_figures() {
    let exports = a_folder();
    for (table, rows) in [
        (
            "person",
            "pers_person_id,pers_sex,pers_ethnicity,pers_dob\nP1,F,WBRI,2015-05-04 00:00:00.000\nP2,M,BOTH,2018-06-04T00:00:00\nP3,U,,2026-11-20\n",
        ),
        ("family", "fami_table_id,fami_family_id,fami_person_id\n1,F1,P1\n2,F1,P2\n3,F2,P3\n"),
        (
            "early_help_episodes",
            "earl_episode_id,earl_person_id,earl_episode_start_date,earl_episode_end_date,earl_episode_end_reason,earl_episode_organisation,earl_episode_worker_id\nE1,P1,2026-03-05,2026-09-14 00:00:00,Step\u{2013}up,Hill School,SSD_PH\nE2,P3,2026-09-01,,,,\nE3,P9,2026-09-01,,,,\n",
        ),
        (
            "contacts",
            "cont_contact_id,cont_person_id,cont_contact_date,cont_contact_source_code\nC1,P1,2026-09-02,2A\nC2,P3,2026-09-03,6\n",
        ),
        (
            "cin_episodes",
            "cine_referral_id,cine_person_id,cine_referral_date,cine_referral_source_code,cine_referral_nfa,cine_close_date,cine_close_reason\nR1,P1,2026-09-20,5D,N,,\n",
        ),
        (
            "cin_assessments",
            "cina_person_id,cina_assessment_start_date,cina_assessment_auth_date\nP1,2026-09-21,\n",
        ),
        (
            "cp_plans",
            "cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date\nP2,2026-09-25,\n",
        ),
        (
            "cla_episodes",
            "clae_person_id,clae_cla_episode_start_date,clae_cla_episode_ceased_date\n",
        ),
    ] {
        fs::write(exports.path().join(format!("ssd_{table}.csv")), rows).expect("written");
    }
    let run = report("ssd", exports.path());
    let ledger = ledger(&run);
    for (source, read, used) in [
        ("people", 3, 3),
        ("families", 3, 2),
        ("family_members", 3, 3),
        ("cases", 3, 2),
        ("contacts", 2, 2),
        ("social_care", 3, 3),
        ("csc_referrals", 1, 1),
    ] {
        assert_eq!(ledger[source], (read, used), "{source}");
    }
    let aside = run.rows("2026-09-monthly/restricted/evidence/quarantine.csv");
    let lost = aside.iter().find(|r| r["source"] == "cases").expect("a child without a family");
    assert_eq!(
        (lost["file"].as_str(), lost["line"].as_str(), lost["column"].as_str()),
        ("ssd_early_help_episodes.csv", "4", "earl_person_id")
    );
    let cells = run.cells("2026-09-monthly/internal/data/cells.csv");
    let figure = |measure: &str| {
        let mut all = cells.iter().filter(|c| c.measure == measure && c.period == "2026-09");
        all.find(|c| c.breakdown == "all").map(|c| c.value.clone())
    };
    assert_eq!(figure("contacts").as_deref(), Some("2"));
    let judged = run.rows("2026-09-monthly/restricted/evidence/cases.csv");
    assert!(judged.iter().any(|r| r["case_id"] == "E1"));
}

#[test]
fn init_ships_the_mappings_and_they_wait_until_they_are_used() {
    let folder = a_folder();
    let town = folder.path().join("town");
    result_of(&["init", text(&town), "--council", "Our Town"]);
    let definitions = town.join("outcome-definitions");
    for name in ["annex_a", "ssd"] {
        assert!(definitions.join(format!("mappings/{name}.toml")).is_file(), "{name}");
    }
    let checked = early_help(&["check", "--definitions", text(&definitions)]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    let said = checked.out + &checked.err;
    assert!(!said.contains("does not use `annex_a`"), "{said}");
}
