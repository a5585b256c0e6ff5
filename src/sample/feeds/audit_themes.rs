//! The plan of audits by theme, and what was found.

use crate::sample::export::Export;

/// One line for each theme of a year, the newest still to come.
pub(super) fn audit_themes(out: &mut Export) {
    let lines = [
        [
            "Chronologies",
            "2026-01-01",
            "2026-03-31",
            "Chronologies stop when the plan is agreed",
            "Events of the year before are on nearly all of them",
            "Every case has one",
        ],
        [
            "Voice of the child",
            "2026-04-01",
            "2026-06-30",
            "What small children want is seldom on the plan",
            "Children are seen alone at the first visit more often than a year ago",
            "Older children say at each review what they want",
        ],
        [
            "Plans that fit the need",
            "2026-07-01",
            "2026-09-30",
            "Few plans say by when each thing should be better",
            "What small children want is on more plans than in the spring",
            "Families know their plan and have a copy of it",
        ],
        ["Working with fathers", "2026-10-01", "2026-12-31", "", "", ""],
    ];
    for line in lines {
        let row = line.into_iter().fold(out.audit_themes.row(), |row, field| row.text(field));
        row.end();
    }
}
