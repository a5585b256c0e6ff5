//! What measures came to elsewhere: invented, like the council and its neighbours.

use crate::sample::export::Export;

/// Where every one of them is from.
const SOURCE: &str = "invented for this example";

/// The benchmarks.
pub(super) fn benchmarks(out: &mut Export) {
    for (measure, peers, period, value) in [
        ("contacts_decided_1_day", "neighbours", "2025-26", "90.5"),
        ("contacts_decided_1_day", "best_quartile", "2025-26", "95.2"),
        ("assessments_in_45_days", "neighbours", "2025-26", "83.0"),
        ("assessments_in_45_days", "england", "2025-26", "81.4"),
        ("assessments_in_45_days", "best_quartile", "2025-26", "91.0"),
        ("caseload_per_fte", "neighbours", "2025-26", "16.2"),
        ("both_scores_recorded", "neighbours", "2025-26", "58.0"),
        ("reopened_12m", "neighbours", "2024-25", "19.8"),
        ("reopened_12m", "england", "2024-25", "21.3"),
        ("step_up_6m", "neighbours", "2024-25", "4.6"),
        ("step_up_6m", "england", "2024-25", "5.1"),
        ("step_up_6m", "best_quartile", "2024-25", "3.2"),
    ] {
        let row = out.benchmarks.row().text(measure).text(peers).text(period).text(value);
        row.text(SOURCE).end();
    }
}
