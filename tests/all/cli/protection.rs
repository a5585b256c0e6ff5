//! The protection log: every hidden figure with its reason, for those who answer for it, and for nobody else.

use std::collections::{BTreeMap, BTreeSet};

use super::{MONTHLY, a_folder, early_help, files_below, result_of, text};

#[test]
fn the_log_gives_a_reason_for_each_hidden_figure_and_for_no_other() {
    let log = MONTHLY.rows("2026-09-monthly/restricted/protection/board.csv");
    let figure = |row: &BTreeMap<String, String>| {
        let mut levels: Vec<(String, String)> = row["breakdown"]
            .split('*')
            .zip(row["level"].split('*'))
            .map(|(by, level)| (by.to_owned(), level.to_owned()))
            .collect();
        levels.sort();
        (row["measure"].clone(), row["period"].clone(), levels)
    };
    let cells = MONTHLY.rows("2026-09-monthly/board/data/cells.csv");
    let hidden: BTreeSet<_> = cells.iter().filter(|row| row["symbol"] == "c").map(figure).collect();
    let logged: BTreeSet<_> = log.iter().map(figure).collect();
    assert_eq!(logged, hidden);
    assert_eq!(logged.len(), log.len(), "each once");
    for row in &log {
        let secondary = ["follows_by_subtraction", "found_by_attack"].contains(&&*row["why"]);
        assert_eq!(row["protects"].is_empty(), !secondary, "{row:?}");
    }
}

#[test]
fn a_dry_run_says_what_the_run_hides_and_writes_nothing() {
    let log = MONTHLY.rows("2026-09-monthly/restricted/protection/board.csv");
    let folder = a_folder();
    let told = result_of(&["report", "monthly", "--dry-run", "--out", text(folder.path())]);
    assert!(files_below(folder.path()).is_empty(), "a dry run wrote something");
    let (managers, others) = told.split_once("Partnership board").expect("the board");
    let (board, _) = others.split_once("Council members").expect("the public");
    assert!(managers.contains("nothing would be hidden"), "{managers}");
    let caption = format!("and scrutiny committee: {} figures would be hidden", log.len());
    assert!(board.contains(&caption), "{board}");
    // The tables of the board lose as many figures, and as many counts, as the log has.
    let mut sums = [0_u64; 6];
    for line in board.lines() {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let numbers: Option<Vec<u64>> =
            columns.iter().skip(3).map(|column| column.parse().ok()).collect();
        if let Some(numbers) = numbers.filter(|numbers| numbers.len() == sums.len()) {
            sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
        }
    }
    let [hidden, of, small, to_protect, before, counts] = sums;
    assert_eq!((hidden, small + to_protect), (log.len() as u64, log.len() as u64));
    assert!(of > hidden && before == 0, "nothing was released before");
    let logged: u64 = log.iter().map(|row| row["count"].parse::<u64>().expect("a count")).sum();
    assert_eq!(counts, logged);
    let own = log
        .iter()
        .filter(|row| row["protects"].is_empty() && row["why"] != "follows_by_subtraction");
    assert_eq!(small, own.count() as u64);
}

#[test]
fn the_hidden_figures_of_a_measure_are_explained_one_by_one() {
    let log = MONTHLY.rows("2026-09-monthly/restricted/protection/board.csv");
    let measure = &log.first().expect("something is hidden")["measure"];
    let theirs = log.iter().filter(|row| row["measure"] == *measure).count();
    let told = result_of(&[
        "explain",
        "disclosure",
        measure,
        "--audience",
        "board",
        "--out",
        text(a_folder().path()),
    ]);
    assert!(told.starts_with(&format!(
        "Partnership board and scrutiny committee, report: {theirs} hidden\n"
    )));
    let lines = told.lines().filter(|line| line.starts_with(&format!("  {measure}, ")));
    assert_eq!(lines.count(), theirs, "{told}");
    let unknown = early_help(&["explain", "disclosure", "no_such_measure"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("mend:"), "{}", unknown.err);
}

#[test]
fn what_could_stand_together_is_tried_and_said_with_what_it_brings_and_costs() {
    let told = result_of(&["pack", "quarterly", "--dry-run", "--suggest"]);
    let (_, board) = told.split_once("scrutiny committee: ").expect("the board");
    let hidden = board.split(' ').next().expect("how many are hidden");
    let (_, pairs) =
        board.split_once("scrutiny committee: what could stand together").expect("pairs");
    let (pairs, _) = pairs.split_once("would be hidden").expect("the next audience");
    let changes = pairs.lines().filter(|line| line.contains(" → "));
    let changes: Vec<Vec<[u64; 2]>> = changes
        .map(|line| {
            let columns = line.split('|').skip(2).map(|column| column.trim().split_once(" → "));
            let numbers =
                columns.flatten().map(|(now, then)| [now, then].map(|n| n.parse().expect(n)));
            numbers.collect()
        })
        .collect();
    assert!(!changes.is_empty(), "{pairs}");
    for change in changes {
        let [[now, then], [counts_now, counts_then], [shown_now, shown_then]] = change[..] else {
            panic!("{change:?}");
        };
        assert_eq!(now.to_string(), hidden);
        assert!(then < now && counts_then < counts_now, "{change:?}");
        // Two levels became one: there are fewer figures in all.
        assert!(then + shown_then < now + shown_now, "{change:?}");
    }
}
