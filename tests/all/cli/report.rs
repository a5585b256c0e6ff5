//! The month's report: the folder it leaves, who is given what in it, and the same bytes each time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use early_help::definitions::load::load;

use super::page::lines;
use super::{MONTHLY, Run, a_folder, repository};

const CELLS: &str = "measure,unit,period_kind,period,period_start,period_end,breakdown,level,numerator,denominator,value,lower,upper,pending,unknown,symbol,overridden";
const VERDICTS: &str =
    "case_id,framework,need,need_verdict,outcome,outcome_verdict,reason,window_start,window_end";

#[test]
fn the_monthly_report_prints_its_folder_and_leaves_only_a_finished_one() {
    let run = &*MONTHLY;
    assert_eq!(run.said.out.trim_end(), run.out.join("2026-09-monthly").to_string_lossy());
    let is_left = |f: &&String| !f.starts_with("2026-09-monthly/") && !f.starts_with("ledger/");
    let unfinished: Vec<_> = run.files.keys().filter(is_left).collect();
    assert!(unfinished.is_empty(), "left beside the run: {unfinished:?}");
}

#[test]
fn each_audience_has_a_page_its_cells_and_every_chart_in_both_forms() {
    let run = &*MONTHLY;
    for audience in ["internal", "board"] {
        let below = format!("2026-09-monthly/{audience}");
        assert!(run.text(&format!("{below}/index.html")).starts_with("<!DOCTYPE html>"));
        assert_eq!(run.header(&format!("{below}/data/cells.csv")), CELLS);
        let charts = |ending: &str| -> BTreeSet<&str> {
            let names = run.files.keys().filter_map(|f| f.strip_prefix(&below)?.strip_prefix('/'));
            names.filter_map(|f| f.strip_prefix("charts/")?.strip_suffix(ending)).collect()
        };
        let drawn = charts(".svg");
        assert!(drawn.len() > 20, "{audience} has {} charts", drawn.len());
        assert_eq!(drawn, charts(".png"));
        for chart in drawn {
            assert!(run.text(&format!("{below}/charts/{chart}.svg")).contains("<svg"));
            assert!(run.bytes(&format!("{below}/charts/{chart}.png")).starts_with(b"\x89PNG"));
        }
    }
}

#[test]
fn the_manifest_lists_every_file_of_the_run_and_nothing_else() {
    let run = &*MONTHLY;
    let manifest = run.manifest("2026-09-monthly/run.json");
    let listed: BTreeSet<String> =
        manifest.outputs.iter().map(|o| format!("2026-09-monthly/{}", o.name)).collect();
    let of_run = run.files.keys().filter(|f| !f.starts_with("ledger/"));
    let mut there: BTreeSet<String> = of_run.cloned().collect();
    assert!(there.remove("2026-09-monthly/run.json"));
    assert_eq!(listed, there);
    assert!(manifest.checks.iter().all(|c| c.checked > 0));
}

#[test]
fn every_need_of_every_used_case_is_accounted_for_and_told_if_there_is_something_to_tell() {
    let run = &*MONTHLY;
    let evidence = |file: &str| format!("2026-09-monthly/restricted/evidence/{file}");
    let rules = load(&repository().join("outcome-definitions")).definitions.expect("sound");
    let manifest = run.manifest("2026-09-monthly/run.json");
    let used = manifest.ledger.iter().find(|l| l.source == "cases").expect("cases").used;

    assert_eq!(run.header(&evidence("verdicts.csv")), VERDICTS);
    let verdicts = run.rows(&evidence("verdicts.csv"));
    let words = BTreeSet::from(["met", "not_met", "pending", "unknown", "not_applicable"]);
    let mut told: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
    let mut of = BTreeSet::new();
    for verdict in &verdicts {
        let word = verdict["need_verdict"].as_str();
        assert!(words.contains(verdict["outcome_verdict"].as_str()));
        assert!(!verdict["reason"].is_empty());
        let (case, framework) = (verdict["case_id"].as_str(), verdict["framework"].as_str());
        assert!(of.insert((case, framework, &verdict["need"])), "two verdicts on one need");
        *told.entry((case, framework, word)).or_default() += 1;
    }

    // A line for each case and framework says how many needs there were of each verdict.
    let cases = run.rows(&evidence("cases.csv"));
    assert_eq!(cases.len() as u64, used * rules.frameworks.len() as u64);
    for case in &cases {
        let framework = rules.frameworks.iter().find(|f| f.id == case["framework"]).expect("known");
        let count = |word: &str| case[word].parse::<u64>().expect("a count");
        assert_eq!(words.iter().map(|w| count(w)).sum::<u64>(), framework.needs.len() as u64);
        // A framework applies to a case as a whole.
        assert!(
            count("not_applicable") == 0 || count("not_applicable") == framework.needs.len() as u64
        );
        for word in ["met", "pending", "unknown"] {
            let of = (case["case_id"].as_str(), case["framework"].as_str(), word);
            assert_eq!(told.get(&of).copied().unwrap_or(0), count(word), "{of:?}");
        }
    }
    // Of needs that were not there, those alone are told on which somebody decided.
    let decided: BTreeSet<String> =
        (run.rows(&evidence("overrides.csv")).iter()).map(|d| d["case_id"].clone()).collect();
    let silent = |v: &&BTreeMap<String, String>| v["need_verdict"].starts_with("not_");
    assert!(verdicts.iter().filter(silent).all(|v| decided.contains(&v["case_id"])));
}

#[test]
fn the_board_is_given_no_teams_and_no_evidence() {
    let run = &*MONTHLY;
    let internal = run.cells("2026-09-monthly/internal/data/cells.csv");
    let teams: BTreeSet<&str> =
        internal.iter().filter(|c| c.breakdown == "team").map(|c| c.level.as_str()).collect();
    assert!(teams.len() >= 12, "managers see their teams");
    for (name, bytes) in run.files.iter().filter(|(n, _)| n.starts_with("2026-09-monthly/board/")) {
        assert!(!name.contains("team") && !name.contains("evidence"), "{name}");
        let content = String::from_utf8_lossy(bytes);
        for team in teams.iter().filter(|t| **t != "not_recorded") {
            assert!(!content.contains(team), "{name} speaks of a team");
        }
    }
    let board = run.cells("2026-09-monthly/board/data/cells.csv");
    assert!(board.iter().all(|c| c.breakdown.split('*').all(|b| b != "team")));
}

#[test]
fn a_second_run_takes_the_place_of_the_first_with_the_same_bytes() {
    let folder = a_folder();
    let earlier = folder.path().join("2026-09-monthly");
    fs::create_dir_all(earlier.join("board")).expect("a folder");
    fs::write(earlier.join("board/index.html"), "an earlier page").expect("a file");
    fs::write(earlier.join("stale.csv"), "an earlier file").expect("a file");
    let again = Run::into(&["report", "monthly"], folder);
    let first = &*MONTHLY;
    assert!(first.files.keys().eq(again.files.keys()), "the runs hold different files");
    for (name, bytes) in &first.files {
        assert!(again.files.get(name) == Some(bytes), "{name} is not the same in both runs");
    }
}

#[test]
fn a_year_with_many_answers_outstanding_is_said_and_not_drawn() {
    let run = &*MONTHLY;
    let below = "2026-09-monthly/internal";
    let figure = "reopened_12m-rolling_12_months";
    let rows = run.rows(&format!("{below}/data/{figure}.csv"));
    let (waiting, settled): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| row["Period"].ends_with("(not yet known)"));
    assert_eq!((settled.len(), waiting.len()), (10, 3), "at most a quarter of a line waits");
    for row in waiting {
        assert_eq!((row["Per cent"].as_str(), row["Number"].as_str()), ("[x]", "[x]"));
        let [known, open] =
            ["Out of", "Not yet known"].map(|n| row[n].parse::<u32>().expect("a count"));
        assert!(open * 20 > known + open, "{}: {known} known, {open} not", row["Period"]);
    }
    let chart = run.text(&format!("{below}/charts/{figure}.svg"));
    assert!(chart.contains("answers known, "), "the text alternative says what is outstanding");
}

#[test]
fn a_headline_says_for_how_many_there_is_no_data() {
    let page = MONTHLY.text("2026-09-monthly/internal/index.html");
    let cells = MONTHLY.cells("2026-09-monthly/internal/data/cells.csv");
    let line = page.lines().find(|l| l.contains("; no data: ")).expect("a headline with unknowns");
    let unknown = line.split("no data: ").nth(1).expect("a number");
    let unknown = unknown.split(|c: char| !c.is_ascii_digit()).next().expect("digits");
    assert!(cells.iter().any(|c| c.level == "all" && c.unknown == unknown), "{line}");
}

#[test]
fn needs_have_their_short_titles_in_sentences() {
    let page = MONTHLY.text("2026-09-monthly/internal/index.html");
    assert!(page.contains("most for Parenting support"));
    assert!(!page.contains("most for A parent or carer"));
}

/// Those who see everything and the board are shown the same five, none of whose quarters is hidden.
#[test]
fn the_commonest_needs_are_drawn_over_two_years_from_the_most_down() {
    for (audience, by) in [("internal", "need"), ("board", "headline")] {
        let below = format!("2026-09-monthly/{audience}/data");
        let figure = MONTHLY.bytes(&format!("{below}/needs_at_entry-by-{by}-quarter.csv"));
        let rows: Vec<csv::StringRecord> =
            csv::Reader::from_reader(figure).records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), 8, "{audience}");
        let number = |text: &str| text.parse::<u32>().expect("a count that is shown");
        let drawn: Vec<u32> =
            (1..=5).map(|column| rows.iter().map(|row| number(&row[column])).sum()).collect();
        let mut shown: BTreeMap<String, u32> = BTreeMap::new();
        for cell in MONTHLY.cells(&format!("{below}/cells.csv")) {
            let quarter = rows.iter().any(|row| row[0].replace(' ', "-") == cell.period);
            if cell.measure == "needs_at_entry" && cell.breakdown == by && quarter {
                *shown.entry(cell.level).or_default() += cell.value.parse().unwrap_or(0);
            }
        }
        let mut most: Vec<u32> = shown.into_values().collect();
        most.sort_by_key(|count| std::cmp::Reverse(*count));
        assert_eq!(drawn, most[..5], "{audience}");
    }
}

/// All scales have their areas and bands in the same columns; a table is about one of them.
#[test]
fn tables_of_scores_have_the_areas_and_bands_of_their_own_scale_alone() {
    let lines = lines(MONTHLY.text("2026-09-monthly/internal/index.html"));
    let after = |caption: &str| {
        let at = lines.iter().position(|line| line.contains(caption)).expect(caption);
        let rows = lines[at + 1..].iter().take_while(|line| line.contains(" | "));
        rows.map(String::as_str).collect::<Vec<_>>()
    };
    let heads = |rows: &[&str]| {
        let first = |row: &&str| row.split(" | ").next().unwrap_or_default().to_owned();
        rows.iter().map(first).collect::<Vec<_>>()
    };
    for area in ["Physical health", "Progress to work"] {
        let rows = after(&format!("{area} at the start and at closing by band"));
        let bands = "In crisis | Struggling | Getting by | Managing | Doing well | All";
        assert_eq!(rows[0], format!("Band at the start | {bands}"));
        assert_eq!(heads(&rows[1..]).join(" | "), bands);
    }
    let areas = after("Each area of family life");
    assert_eq!(areas.len(), 12, "{areas:?}");
    assert!(areas[0].contains("Median score at closing: 95% from"));
    assert!(!heads(&areas).contains(&"Parenting".to_owned()));
}

/// Limits are numbers of a file too, and values those of the cells.
#[test]
fn every_number_behind_a_control_chart_stands_in_a_file_of_the_audience() {
    for audience in ["internal", "board"] {
        let below = format!("2026-09-monthly/{audience}/data");
        let signals = MONTHLY.rows(&format!("{below}/signals.csv"));
        let cells = MONTHLY.cells(&format!("{below}/cells.csv"));
        let mut charts = 0;
        for (name, bytes) in &MONTHLY.files {
            let Some(figure) = name.strip_prefix(&format!("{below}/")) else { continue };
            let Some(measure) = figure.strip_suffix("-month.csv") else { continue };
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            if !reader.headers().expect("a header").iter().any(|h| h == "Centre") {
                continue;
            }
            charts += 1;
            let rows = reader.deserialize::<BTreeMap<String, String>>();
            let rows: Vec<_> = rows.map(|r| r.expect("a row")).collect();
            let whole = signals.iter().filter(|s| s["breakdown"] == "all");
            let theirs: Vec<_> = whole.filter(|s| s["measure"] == measure).collect();
            assert_eq!(theirs.len(), rows.len(), "{measure}");
            // Only where nothing is hidden are months asked for beyond those that the pack shows.
            assert_eq!(rows.len() > 13, audience == "internal", "{measure}");
            for (row, signal) in rows.iter().zip(theirs) {
                for (column, field) in
                    [("Centre", "centre"), ("Lower limit", "lower"), ("Upper limit", "upper")]
                {
                    // No limit has a symbol on the page and nothing in the file.
                    let printed = Some(row[column].as_str()).filter(|p| !p.starts_with('['));
                    let printed = printed.unwrap_or_default();
                    assert_eq!(printed, signal[field], "{measure}, {column} of {}", row["Period"]);
                }
                assert_eq!(row["Signal"] == "none", signal_rules(signal).is_empty(), "{measure}");
                let cell = cells.iter().find(|c| {
                    c.measure == measure && c.period == signal["period"] && c.breakdown == "all"
                });
                let cell = cell.expect("the cell of each point");
                assert_eq!((&cell.value, &cell.symbol), (&signal["value"], &signal["symbol"]));
                for (column, count) in [("Number", &cell.numerator), ("Out of", &cell.denominator)]
                {
                    let printed = row.get(column).filter(|printed| !printed.starts_with('['));
                    assert!(printed.is_none_or(|p| p == count), "{measure}, {column}");
                }
            }
        }
        assert!(charts >= 8, "{audience} has {charts} control charts");
    }
}

fn signal_rules(signal: &BTreeMap<String, String>) -> String {
    ["outside", "trend", "near_limit", "run"].map(|rule| signal[rule].as_str()).concat()
}

#[test]
fn families_words_are_shown_to_those_for_whom_there_is_consent_and_no_others() {
    let run = &*MONTHLY;
    let page = |audience: &str| run.text(&format!("2026-09-monthly/{audience}/index.html"));
    let said = [
        "too long until anybody rang back",
        "Somebody asked what we needed",
        "She came to my school",
    ];
    let shown = |audience: &str| said.map(|words| page(audience).contains(words));
    assert_eq!(shown("internal"), [true, true, true]);
    assert_eq!(shown("board"), [true, true, true]);
    assert_eq!(
        shown("public"),
        [true, false, true],
        "one family agreed to managers and board only"
    );
    for (name, bytes) in run.files.iter().filter(|(name, _)| !name.contains("/restricted/")) {
        let text = String::from_utf8_lossy(bytes);
        // The fourth newest has no place; the oldest was said more than a year ago.
        assert!(!text.contains("ended before we were ready"), "{name}");
        assert!(!text.contains("made us feel small"), "{name}");
        let public = name.starts_with("2026-09-monthly/public/");
        assert!(!public || !text.contains("Somebody asked what we needed"), "{name}");
    }
    let inputs = run.manifest("2026-09-monthly/run.json").inputs;
    assert!(inputs.iter().any(|f| f.file == "words.csv"), "the register is an input");
}

#[test]
fn what_an_owner_says_of_a_signal_stands_with_it_for_managers_alone() {
    let run = &*MONTHLY;
    let says = |audience: &str| {
        let page = run.text(&format!("2026-09-monthly/{audience}/index.html"));
        let comment = "One post was empty from July on; it is filled from October.";
        (page.contains("<dt>The owner says</dt>"), page.contains(comment))
    };
    assert_eq!(says("internal"), (true, true));
    assert_eq!(says("board"), (false, false));
}
