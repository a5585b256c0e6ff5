//! What families said in their own words: lines that somebody chose, each with the readers for whom there is consent.

use crate::sample::export::Export;

/// The register as people keep it by hand.
pub(super) fn own_words(out: &mut Export) {
    for line in [
        [
            "2025-06-11",
            "parent",
            "They helped us with the rent, and nobody made us feel small.",
            "2025-06-11",
            "internal board public",
            "Participation lead",
        ],
        [
            "2026-05-14",
            "carer",
            "The help ended before we were ready.",
            "2026-05-20",
            "internal",
            "Participation lead",
        ],
        [
            "2026-07-02",
            "child",
            "She came to my school and listened. It is calmer at home now.",
            "2026-07-03",
            "internal board public",
            "Participation lead",
        ],
        [
            "2026-08-19",
            "parent",
            "Somebody asked what we needed before telling us what we would get.",
            "2026-08-19",
            "internal board",
            "Participation lead",
        ],
        [
            "2026-09-09",
            "parent",
            "It helped, but it took too long until anybody rang back.",
            "2026-09-09",
            "internal board public",
            "Participation lead",
        ],
    ] {
        let row = line.into_iter().fold(out.own_words.row(), |row, field| row.text(field));
        row.end();
    }
}
