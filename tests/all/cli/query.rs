//! Questions on the command line: the same figures as in the report, and what the asker may know.

use serde_json::Value;

use super::{Ended, MONTHLY, a_folder, early_help, result_of, small, text};

/// A question to a council that has released nothing yet.
fn asked(arguments: &[&str]) -> Ended {
    let out = a_folder();
    early_help(&[&["query"], arguments, &["--out", text(out.path())]].concat())
}

/// The same, for a question that has an answer.
fn answer_to(arguments: &[&str]) -> String {
    let ended = asked(arguments);
    assert_eq!(ended.code, 0, "{arguments:?} failed:\n{}", ended.err);
    ended.out
}

/// The lines of an answer as fields, without the header.
fn lines(answer: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(answer.as_bytes());
    let records = reader.records().map(|r| r.expect("a line"));
    records.map(|r| r.iter().map(str::to_owned).collect()).collect()
}

#[test]
fn an_answer_has_the_figures_of_the_report_whatever_the_period() {
    let report = MONTHLY.cells("2026-09-monthly/internal/data/cells.csv");
    for (period, words) in [
        ("2026-09", "September 2026"),
        ("2026-27-Q2", "July to September 2026"),
        ("2025-26", "April 2025 to March 2026"),
        ("2025-10_2026-09", "October 2025 to September 2026"),
    ] {
        let answer = result_of(&[
            "query",
            "cases_started",
            "--period",
            period,
            "--audience",
            "internal",
            "--format",
            "json",
        ]);
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let question = answer["question"].as_str().expect("the question in words");
        assert!(question.ends_with(words), "{question}");
        let cell = report
            .iter()
            .find(|c| c.measure == "cases_started" && c.breakdown == "all" && c.period == period);
        let number = &answer["rows"][0]["Number"];
        assert_eq!(number.to_string(), cell.expect("it is in the report").numerator, "{period}");
    }
}

#[test]
fn an_answer_for_people_says_the_definition_the_denominator_and_what_is_hidden() {
    let answer = answer_to(&["outcomes_met", "--by", "locality"]);
    for part in [
        "Northmoor",
        "Per cent",
        "Definition",
        "What is counted:",
        "The whole council",
        "Counted:",
        "Not yet known:",
        "counts from 1 to 5 are hidden",
    ] {
        assert!(answer.contains(part), "no {part} in\n{answer}");
    }
    let question = answer.lines().next().expect("a first line");
    assert_eq!(answer.matches(question).count(), 1, "the question is asked twice");
}

#[test]
fn commissioners_see_no_small_count_where_managers_do() {
    // By themselves managers are answered for the newest twelve months, commissioners for those that end with a quarter.
    let year = ["--period", "2024-07_2025-06"];
    let crossed = ["outcomes_met", "--by", "locality,need", "--format", "csv"];
    let crossed = [&crossed[..], &year[..], &["--audience"]].concat();
    let internal = lines(&answer_to(&[&crossed[..], &["internal"]].concat()));
    let commissioner = lines(&answer_to(&[&crossed[..], &["commissioner"]].concat()));
    // Locality, need, per cent, number, out of, interval, not yet known, no data.
    let shows_small = |line: &Vec<String>| {
        let count = |at: usize| line[at].replace(',', "").parse::<f64>().ok();
        let left = count(4).zip(count(3)).map(|(of, number)| of - number);
        [count(3), count(4), left, count(7), count(8)].into_iter().flatten().any(small)
    };
    assert!(internal.iter().any(shows_small), "there is something to hide");
    assert!(!commissioner.iter().any(shows_small));
    assert_eq!(internal.len(), commissioner.len(), "hiding takes no line away");
    for (known, told) in internal.iter().zip(&commissioner) {
        assert_eq!(known[..2], told[..2]);
        for (known, told) in known.iter().zip(told) {
            assert!(told == known || told == "[c]", "{told} for {known}");
        }
    }

    // Asking for less shows the same lines: filters cannot be played off against each other.
    let filtered =
        ["outcomes_met", "--by", "need", "--where", "locality=Central", "--format", "csv"];
    for line in lines(&answer_to(&[&filtered[..], &year[..]].concat())) {
        assert_eq!(line[1], "Central");
        let turned = |l: &&Vec<String>| l[0] == line[1] && l[1] == line[0] && l[2..] == line[2..];
        assert!(commissioner.iter().any(|l| turned(&l)), "{line:?}");
    }
}

#[test]
fn a_question_that_has_no_answer_is_refused_with_one_that_has() {
    for (arguments, hint) in [
        (&["outcomes_mett"][..], "did you mean \"outcomes_met\"?"),
        (&["caseload_per_fte"], "not released to commissioner\n  mend:"),
        (
            &["cases_started", "--by", "locality,team,step,age_of_youngest"],
            "mend: ask for locality,step,age_of_youngest",
        ),
        (&["cases_started", "--by", "need"], "it can by: locality, team"),
        (&["cases_started", "--by", "team,locality"], "not released to commissioner\n  mend: ask"),
        (
            &["cases_started", "--by", "locality", "--audience", "board"],
            "`query_by` of [audience.board]\n  mend: ask for the whole council",
        ),
        (&["cases_started", "--audience", "press"], "there are internal, board"),
        (&["cases_started", "--period", "last year"], "write 2026-09"),
        (&["cases_started", "--period", "2026-27"], "not over"),
        (
            &["cases_started", "--by", "locality", "--period", "2025-09_2026-08"],
            "mend: ask with --period 2025-07_2026-06",
        ),
        (&["cases_started", "--where", "Central"], "BREAKDOWN=LEVEL"),
        (&["cases_started", "--where", "locality=Centrl"], "did you mean \"Central\"?"),
    ] {
        let ended = asked(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.contains(hint), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_question_that_only_hidden_figures_would_answer_is_refused_with_a_coarser_one() {
    let out = a_folder();
    let places = ["--out", text(out.path()), "--format", "csv"];
    // In one month few families with each need leave in each place.
    let fine = ["query", "outcomes_met", "--by", "need,locality", "--period", "2025-09"];
    let refused = early_help(&[&fine[..], &places[..]].concat());
    assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{}", refused.err);
    assert!(refused.err.contains("cannot be answered for commissioner"), "{}", refused.err);
    assert!(refused.err.contains("mend: ask "), "{}", refused.err);
    assert!(!out.path().join("ledger").exists(), "what is not answered is not released");
}
