//! A report beside an earlier one of its series: what was said and reads differently now, and why.

use std::collections::BTreeMap;
use std::fs;

use tempfile::TempDir;

use super::{Run, a_folder, copy_of, early_help, replace, result_of, text};

const PACK: &str = r#"
[file]
language = 1
id = "packs"
title = "Packs"
[pack.monthly]
title = "Monthly"
audience = ["internal", "board"]
kind = "report"
period = "month"
headlines = ["contacts", "contacts_decided_1_day", "cases_closed"]
[pack.monthly.section.demand]
title = "Demand"
figures = [
  { measure = "contacts", chart = "bars", by = ["referrer"], period = "rolling_12_months" },
]
"#;

/// A small council, its definitions, and the report of August on what was known then: of the contacts of July a
/// third were missing.
struct Council {
    exports: TempDir,
    definitions: TempDir,
    reports: TempDir,
    contacts: String,
}

impl Council {
    fn in_august() -> Self {
        let (exports, definitions) = (a_folder(), copy_of("outcome-definitions"));
        let families = ["sample", "--families", "300", "--seed", "7"];
        result_of(&[families.as_slice(), &["--out", text(exports.path())]].concat());
        fs::write(definitions.path().join("packs.toml"), PACK).expect("it can be written");
        let file = exports.path().join("front_door_contacts.csv");
        let contacts = fs::read_to_string(&file).expect("a file");
        let mut of_july = 0;
        let known = contacts.split_inclusive('\n').filter(|row| {
            of_july += usize::from(row.contains("/07/2026"));
            !(row.contains("/07/2026") && of_july % 3 == 0)
        });
        fs::write(&file, known.collect::<String>()).expect("it can be written");
        let council = Self { exports, definitions, reports: a_folder(), contacts };
        let august = council.report("2026-08");
        assert_eq!(august.code, 0, "{}", august.err);
        council
    }

    fn report(&self, month: &str) -> super::Ended {
        let from = ["--definitions", text(self.definitions.path()), "--data"];
        let from = [from.as_slice(), &[text(self.exports.path())]].concat();
        let into = ["report", "monthly", "--period", month, "--out", text(self.reports.path())];
        early_help(&[into.as_slice(), &from].concat())
    }

    /// The report of September, beside that of August.
    fn in_september(self) -> Run {
        fs::write(self.exports.path().join("front_door_contacts.csv"), &self.contacts)
            .expect("it can be written");
        let from = ["--definitions", text(self.definitions.path()), "--data"];
        let from = [from.as_slice(), &[text(self.exports.path())]].concat();
        Run::into(&[["report", "monthly"].as_slice(), &from].concat(), self.reports)
    }
}

const AUGUST: &str = "2026-08-monthly";
const SEPTEMBER: &str = "2026-09-monthly";

/// The rows of the table whose caption begins like this, without the marks of the page.
fn table(page: &str, caption: &str) -> Vec<Vec<String>> {
    let from = page.split_once(caption).unwrap_or_else(|| panic!("no table “{caption}”")).1;
    let body = from.split("</table>").next().expect("an end");
    let plain = |cell: &str| {
        let text = cell.split_once('>').expect("the end of a tag").1;
        text.split('<').next().expect("text").replace([',', '%'], "")
    };
    let cells = |row: &str| row.split("<t").skip(1).map(plain).collect::<Vec<_>>();
    body.split("<tr").skip(2).map(cells).collect()
}

#[test]
fn late_rows_are_told_and_only_published_figures_are_set_side_by_side() {
    let run = Council::in_august().in_september();
    for audience in ["internal", "board"] {
        let page = run.text(&format!("{SEPTEMBER}/{audience}/index.html"));
        for words in [
            "Rows for months that were over came in after the last report: ",
            "“Contacts at the front door” in Jul 2026",
            "No definition behind these figures has changed since “2026-08-monthly”.",
        ] {
            assert!(page.contains(words), "{audience} is not told “{words}”");
        }
        let restated = table(page, "Figures for the whole council that “2026-08-monthly” gave");
        let why = "Rows came in late for a time that was over";
        assert!(restated.iter().any(|row| row[1] == "Jul 2026" && row[6] == why), "{restated:?}");
        // Each was and each is stands in the file of its run, for the same audience.
        let values = |name: &str| {
            let rows = run.rows(&format!("{name}/{audience}/data/cells.csv"));
            let whole = rows.into_iter().filter(|row| row["breakdown"] == "all");
            whole.map(|row| row["value"].clone()).collect::<Vec<_>>()
        };
        let (then, now) = (values(AUGUST), values(SEPTEMBER));
        for row in &restated {
            assert!(then.contains(&row[2]), "{audience}: {row:?} was not said in August");
            assert!(now.contains(&row[4]), "{audience}: {row:?} is not said in September");
            assert_ne!(row[2..4], row[4..6], "{audience}: nothing differs");
        }
        // How complete the records were said to be stands beside how complete they are.
        let caption = match audience {
            "internal" => "How complete the records are",
            _ => "Share of the records in which this is not wrong",
        };
        let checks = run.rows(&format!("{AUGUST}/{audience}/data/checks.csv"));
        let said = |title: &str| {
            let mut of_all = checks.iter().filter(|row| row["breakdown"] == "all");
            let same = |row: &&BTreeMap<String, String>| row["title"].replace(',', "") == title;
            of_all.find(same).map(|row| row["in_order"].clone())
        };
        let complete = table(page, caption);
        assert!(complete.len() > 5, "{audience}: {complete:?}");
        for row in complete {
            let then = said(&row[0].replace("&#39;", "'")).filter(|share| !share.is_empty());
            assert_eq!(row[3], then.unwrap_or_else(|| "None".to_owned()), "{audience}: {row:?}");
        }
    }
    let manifest = run.manifest(&format!("{SEPTEMBER}/run.json"));
    let compared = manifest.compared_with.expect("an earlier run");
    assert_eq!(compared.run, AUGUST);
    assert!(run.manifest(&format!("{AUGUST}/run.json")).compared_with.is_none());
}

#[test]
fn a_definition_that_has_changed_is_told_with_what_it_moved() {
    let council = Council::in_august();
    let measures = council.definitions.path().join("measures.toml");
    let one_day = "working_days(received_on, decided_on) <= 1";
    replace(&measures, one_day, "working_days(received_on, decided_on) <= 2");
    let run = council.in_september();
    let page = run.text(&format!("{SEPTEMBER}/internal/index.html"));
    let changed = table(page, "Definitions that have changed since “2026-08-monthly”");
    let [row] = changed.as_slice() else { panic!("{changed:?}") };
    assert_eq!(row[0], "measure.contacts_decided_1_day");
    let restated = table(page, "Figures for the whole council that “2026-08-monthly” gave");
    let because: BTreeMap<&str, &str> =
        restated.iter().map(|row| (row[0].as_str(), row[6].as_str())).collect();
    let decided = because.iter().find(|(title, _)| title.contains("decided")).expect("its figures");
    assert_eq!(*decided.1, "A definition has changed: measure.contacts_decided_1_day");
}

#[test]
fn an_earlier_report_that_somebody_changed_is_not_compared_with() {
    let council = Council::in_august();
    let changed = council.reports.path().join(AUGUST).join("board/data/cells.csv");
    let cells = fs::read_to_string(&changed).expect("a file");
    fs::write(&changed, cells.replace("contacts,", "contacts ,")).expect("it can be written");
    let run = council.in_september();
    let says = |audience: &str, words: &str| {
        run.text(&format!("{SEPTEMBER}/{audience}/index.html")).contains(words)
    };
    let nothing = "There is no earlier report of this series beside this one";
    assert!(says("board", nothing) && !says("internal", nothing));
}
