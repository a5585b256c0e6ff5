//! The quarter's packs for the partners, and the small counts that no partner may see.

use std::collections::BTreeMap;

use early_help::definitions::load::load;

use super::{
    Cell, MONTHLY, QUARTER, QUARTERLY, Run, a_folder, copy_of, page, repository, result_of, small,
    text,
};

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
fn a_title_compares_with_the_whole_council_only_where_that_is_shown() {
    let mut compared = 0;
    for name in QUARTERLY.files.keys().filter(|name| name.ends_with("/index.html")) {
        let lines = page::lines(QUARTERLY.text(name));
        let says = |line: &&String| line.ends_with("from the whole council");
        for (at, title) in lines.iter().enumerate().filter(|(_, line)| says(line)) {
            let whole = lines[at..].iter().find_map(|line| line.strip_prefix("Whole council | "));
            let value = whole.expect("a table").split(" | ").next();
            assert!(value.is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit())), "{title}");
            compared += 1;
        }
    }
    assert!(compared > 0, "no title compares");
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
    let run = &*QUARTER;
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
        "What would help, as you see it?",
        // The police feed is late by two months.
        "complete to 30 July 2026 only. Please send what has come since",
    ] {
        assert!(police.contains(words), "{words}");
    }
    // Attendance is complete to the end of the last term: nothing is asked for.
    assert!(!page("schools").contains("Please send"));
}

#[test]
fn needs_that_are_not_shared_have_no_rows_of_noughts() {
    for (partner, measure) in
        [("schools", "needs_shared_with_schools"), ("police", "needs_shared_with_police")]
    {
        let below = format!("2026-27-Q2-quarterly/{partner}");
        let cells = QUARTERLY.cells(&format!("{below}/data/cells.csv"));
        let mut of_need: BTreeMap<&str, Vec<&Cell>> = BTreeMap::new();
        for cell in cells.iter().filter(|c| c.measure == measure && c.breakdown == "need*locality")
        {
            let need = cell.level.split('*').next().expect("a need");
            of_need.entry(need).or_default().push(cell);
        }
        let nobody = |cells: &&Vec<&Cell>| cells.iter().all(|c| c.value == "0");
        let noughts = of_need.values().filter(nobody).count();
        let hidden = of_need.values().filter(|cells| cells.iter().any(|c| c.symbol == "c"));
        assert!(noughts > 20 && hidden.count() > 0, "{partner}: {noughts} rows of noughts");
        // Of needs that are not shared there is nothing to leave out.
        let page = QUARTERLY.text(&format!("{below}/index.html"));
        assert!(!page.contains("with none are left out"), "{partner}");
        let file = format!("{below}/data/{measure}-by-need-rolling_12_months.csv");
        // A head, the levels that are left, and the whole.
        assert_eq!(QUARTERLY.text(&file).lines().count(), of_need.len() - noughts + 2);
    }
}

#[test]
fn the_matrix_of_outcomes_says_how_sure_each_share_is_and_how_much_is_not_known() {
    let below = "2026-27-Q2-quarterly/partnership";
    let page = QUARTERLY.text(&format!("{below}/index.html"));
    let cells = QUARTERLY.cells(&format!("{below}/data/cells.csv"));
    let of = |c: &&Cell| c.measure == "outcomes_met" && c.breakdown == "headline";
    let shown: Vec<&Cell> = cells.iter().filter(of).filter(|c| !c.value.is_empty()).collect();
    assert!(shown.len() > 5, "{} headlines are shown", shown.len());
    for cell in shown {
        let interval = format!("<td>{}% to {}%</td>", cell.lower, cell.upper);
        assert!(page.contains(&interval), "{}: {interval}", cell.level);
        let unknown = if cell.unknown.is_empty() { "[c]" } else { &cell.unknown };
        assert!(page.contains(&format!("{unknown} no data</td>")), "{}", cell.level);
    }
}

#[test]
fn the_next_issue_says_what_was_asked_what_the_figures_say_now_and_what_is_audited() {
    let definitions = copy_of("outcome-definitions");
    let path = definitions.path().join("packs-partners.toml");
    let all = std::fs::read_to_string(&path).expect("packs");
    let core = all.split("# ====").nth(1).expect("the core");
    let head = "[file]\nlanguage = 1\nid = \"packs_partners\"\ntitle = \"Packs\"\n# ====";
    std::fs::write(&path, format!("{head}{core}")).expect("written");
    let none = "[file]\nlanguage = 1\nid = \"packs\"\ntitle = \"None\"\n";
    std::fs::write(definitions.path().join("packs.toml"), none).expect("written");
    let reports = a_folder();
    let page = |quarter: &str| {
        let from = ["--definitions", text(definitions.path()), "--out", text(reports.path())];
        result_of(&[&["pack", "quarterly", "--period", quarter], from.as_slice()].concat());
        let run = reports.path().join(format!("{quarter}-quarterly/partnership"));
        let read = |name: &str| std::fs::read_to_string(run.join(name)).expect(name);
        (read("index.html"), read("data/questions.csv"))
    };
    let (first, asked) = page("2026-27-Q1");
    let (second, _) = page("2026-27-Q2");
    assert!(!first.contains("What we asked last time"));
    let asked: Vec<&str> = asked.lines().skip(1).collect();
    assert!(!asked.is_empty() && second.contains("What we asked last time"));
    assert_eq!(second.matches("We asked: “").count(), asked.len());
    // What was known of a later time is said with its figure; nothing is said twice as news.
    assert!(second.contains("Now: ") || second.contains("Nothing newer is known yet."));
    for (page, [now, next]) in [
        (&first, ["Voice of the child", "Plans that fit the need"]),
        (&second, ["Plans that fit the need", "Working with fathers"]),
    ] {
        assert!(page.contains(&format!("Audits looked at “{now}”")), "{now}");
        assert!(page.contains(&format!("Next: “{next}”")), "{next}");
    }
    // Told of the actions that name them, and of no other.
    assert!(second.contains("Workshops on chronologies for every team"));
    assert!(!second.contains("A weekly look at assessments"));
}
