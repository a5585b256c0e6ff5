//! The protection log: every hidden figure with its reason, for those who answer for it, and for nobody else.

use std::collections::{BTreeMap, BTreeSet};

use super::MONTHLY;

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
