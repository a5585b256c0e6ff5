//! The quarter's packs for the partners, and the small counts that no partner may see.

use early_help::definitions::load::load;

use super::{Cell, MONTHLY, QUARTERLY, Run, repository, small};

/// What partners are given, in all runs.
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
    let mut restricted = run.files.keys().filter(|f| f.contains("restricted"));
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
