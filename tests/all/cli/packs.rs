//! The quarter's packs for the partners, and the small counts that no partner may see.

use std::collections::BTreeMap;

use early_help::definitions::load::load;

use super::{Cell, MONTHLY, QUARTERLY, Run, repository, small};

/// What partners and the public are given, in all runs.
fn given_to_partners() -> [(&'static Run, &'static str); 3] {
    [
        (&MONTHLY, "2026-09-monthly/board/data/cells.csv"),
        (&QUARTERLY, "2026-27-Q2-quarterly/police/data/cells.csv"),
        (&QUARTERLY, "2026-27-Q2-quarterly/schools/data/cells.csv"),
    ]
}

#[test]
fn each_partner_has_a_pack_of_its_own_and_no_evidence_about_cases() {
    let run = &*QUARTERLY;
    assert_eq!(run.said.out.trim_end(), run.out.join("2026-27-Q2-quarterly").to_string_lossy());
    for (partner, only) in
        [("police", "needs_shared_with_police"), ("schools", "attendance_outcome_met")]
    {
        let below = format!("2026-27-Q2-quarterly/{partner}");
        assert!(run.text(&format!("{below}/index.html")).contains("Marlshire Council"));
        let cells = run.cells(&format!("{below}/data/cells.csv"));
        assert!(cells.iter().any(|c| c.measure == only), "{partner}");
        let other = if partner == "police" { "schools" } else { "police" };
        assert!(cells.iter().all(|c| !c.measure.contains(other)), "{partner} is given {other}");
    }
    // What an auditor is given of single cases stands beside the partners' folders, in none of them.
    // The ledger is nobody's.
    let of_runs = run.files.keys().filter(|f| !f.starts_with("ledger/"));
    let mut restricted = of_runs.filter(|f| f.contains("restricted"));
    assert!(restricted.all(|f| f.starts_with("2026-27-Q2-quarterly/restricted/")));
}

#[test]
fn no_partner_is_shown_a_count_from_one_to_five() {
    let internal = MONTHLY.cells("2026-09-monthly/internal/data/cells.csv");
    assert!(
        internal.iter().any(|c| c.numerator.parse().is_ok_and(small)),
        "there are some to hide"
    );
    for (run, name) in given_to_partners() {
        for cell in run.cells(name) {
            let counts = [&cell.numerator, &cell.denominator, &cell.pending, &cell.unknown]
                .map(|c| c.parse::<f64>().ok());
            let difference = counts[1].zip(counts[0]).map(|(of, n)| of - n);
            for count in counts.into_iter().chain([difference]).flatten() {
                let Cell { measure, period, level, .. } = &cell;
                assert!(!small(count.abs()), "{name}: {measure} {period} {level} shows {count}");
            }
        }
    }
}

#[test]
fn what_is_hidden_is_marked_and_leaves_nothing_behind() {
    for (run, name) in given_to_partners() {
        let mut hidden = 0;
        for cell in run.cells(name) {
            let Cell { numerator, denominator, value, lower, upper, pending, unknown, .. } = &cell;
            let counts = [numerator, denominator, value, lower, upper, pending, unknown];
            let empty = counts.iter().all(|c| c.is_empty());
            assert_eq!(empty, cell.symbol == "c", "{name}: {} {}", cell.measure, cell.period);
            hidden += usize::from(empty);
        }
        assert!(hidden > 0, "{name} hides nothing");
    }
}

#[test]
fn the_police_see_most_of_their_headlines_over_twelve_months() {
    let run = &*QUARTERLY;
    let rules = load(&repository().join("outcome-definitions")).definitions.expect("sound");
    let pack = rules.pack("police").expect("the pack");
    let cells = run.cells("2026-27-Q2-quarterly/police/data/cells.csv");
    let shown = |measure: &&String| {
        let years = cells.iter().filter(|c| c.measure == **measure && c.level == "all");
        years.filter(|c| c.period.len() > "2026-27-Q2".len() && !c.value.is_empty()).count() > 1
    };
    let hidden: Vec<&String> = pack.headlines.iter().filter(|m| !shown(m)).collect();
    assert!(hidden.len() <= 1, "hidden in every year: {hidden:?}");
}

#[test]
fn moves_are_drawn_as_flows_only_for_those_who_may_see_each_of_them() {
    const BELOW: &str = "2026-27-Q2-quarterly";
    const NAME: &str = "charts/moves-by-from_level-to_level-rolling_12_months.svg";
    let cells = QUARTERLY.cells(&format!("{BELOW}/internal/data/cells.csv"));
    let year = |c: &&Cell| c.measure == "moves" && c.period == "2025-10_2026-09";
    let moves: Vec<&Cell> = cells.iter().filter(year).collect();
    let crossed = moves.iter().filter(|c| c.breakdown == "from_level*to_level");
    let flows = crossed.filter(|c| c.numerator != "0" && !c.numerator.is_empty()).count();
    let picture = QUARTERLY.text(&format!("{BELOW}/internal/{NAME}"));
    assert!(flows > 10, "only {flows} flows");
    assert_eq!(picture.matches("opacity=\"0.28\"").count(), flows, "a ribbon for each flow");
    for partner in ["partnership", "police", "schools"] {
        assert!(!QUARTERLY.files.contains_key(&format!("{BELOW}/{partner}/{NAME}")));
        let page = QUARTERLY.text(&format!("{BELOW}/{partner}/index.html"));
        assert!(page.contains("Not drawn as flows, because some of them may not be shown"));
    }
}

#[test]
fn the_public_is_told_of_the_whole_council_in_rounded_counts() {
    let run = &*MONTHLY;
    let cells = run.cells("2026-09-monthly/public/data/cells.csv");
    let places =
        cells.iter().filter(|c| c.breakdown.contains("team") || c.breakdown.contains("locality"));
    assert_eq!(places.count(), 0, "no team, no place");
    let managers = run.cells("2026-09-monthly/internal/data/cells.csv");
    let key = |c: &Cell| [&c.measure, &c.period, &c.breakdown, &c.level].map(String::clone);
    let true_counts: BTreeMap<_, _> = managers.iter().map(|c| (key(c), c)).collect();
    let counts = |c: &Cell| {
        [&c.numerator, &c.denominator, &c.pending, &c.unknown].map(|n| n.parse::<f64>().ok())
    };
    for cell in &cells {
        for count in counts(cell).into_iter().flatten() {
            assert!(count % 5.0 == 0.0, "{:?} shows {count}", key(cell));
        }
        if cell.symbol == "c" {
            continue;
        }
        // What stands behind each count that is shown, and behind the difference of the two.
        let behind = counts(true_counts[&key(cell)]);
        let shown = counts(cell).into_iter().zip(behind).filter_map(|(shown, n)| shown.and(n));
        let difference = behind[1].zip(behind[0]).map(|(of, n)| of - n);
        assert!(!shown.chain(difference).any(small), "{:?} is shown", key(cell));
    }
    // Those who manage the service are given the same month from a protection of their own.
    let the_same = |c: &&Cell| c.measure == "contacts" && c.period == "2026-09" && c.level == "all";
    let shown = [&cells, &managers].map(|of| of.iter().find(the_same).map(|c| c.value.as_str()));
    assert_eq!(shown, [Some("70"), Some("69")]);
}

#[test]
fn the_quarters_report_answers_the_questions_of_the_months() {
    let run = Run::of(&["report", "quarterly"]);
    let headings = |page: &str| {
        page.split("<h2")
            .skip(1)
            .filter_map(|h| Some(h.split_once('>')?.1.split_once('<')?.0.to_owned()))
            .collect::<Vec<_>>()
    };
    let quarter = headings(run.text("2026-27-Q2-quarterly-report/board/index.html"));
    assert_eq!(quarter, headings(MONTHLY.text("2026-09-monthly/board/index.html")));
    let cells = run.cells("2026-27-Q2-quarterly-report/board/data/cells.csv");
    let contacts = cells.iter().filter(|c| c.measure == "contacts" && c.level == "all");
    let quarters = contacts.filter(|c| c.period.contains("-Q")).count();
    assert_eq!(quarters, 8, "two years of quarters");
}

#[test]
fn a_partner_is_asked_about_its_own_headlines_and_for_its_own_feeds() {
    let run = &*QUARTERLY;
    let page = |partner: &str| run.text(&format!("2026-27-Q2-quarterly/{partner}/index.html"));
    let police = page("police");
    for words in [
        "<dt>Issue</dt><dd>6</dd>",
        "To be signed off by",
        "What do we ask of you?",
        // The only headline that has a target, and misses it.
        "Police contacts decided within one working day: ",
        "What stands in the way, as you see it?",
        // The police feed is late by two months.
        "complete to 30 July 2026 only. Please send what has come since",
    ] {
        assert!(police.contains(words), "{words}");
    }
    // Attendance is complete to the end of the last term: nothing is asked for.
    assert!(!page("schools").contains("Please send"));
}
