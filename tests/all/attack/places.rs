//! Places that lie within others: wards come to their locality, and whoever is given figures of both can add
//! them up.

use early_help::attack::{Release, attack};

use super::patience;
use crate::cli::{Run, copy_of, replace, text};

/// The quarter's packs, where the police are told of wards, too, by a breakdown of their own. `within` is what the
/// definitions say of wards.
fn packs(within: &str) -> Run {
    let definitions = copy_of("outcome-definitions");
    let file = |name: &str| definitions.path().join(name);
    let ward = format!(
        "[breakdown.place]\ntitle = \"Place\"\nvalue = \"ward\"\n{within}\n[breakdown.team]"
    );
    replace(&file("project.toml"), "[breakdown.team]", &ward);
    replace(&file("measures.toml"), "[measure.contacts_from_police]", MEASURE);
    let before = "  { measure = \"contacts_from_police\", chart = \"line\" },\n";
    let figure = |by: &str| {
        format!(
            "  {{ measure = \"closed\", chart = \"table\", by = [\"{by}\"], period = \"rolling_12_months\" }},\n"
        )
    };
    let figures = format!("{}{}{before}", figure("locality"), figure("place"));
    replace(&file("packs.toml"), before, &figures);
    Run::of(&["pack", "quarterly", "--definitions", text(definitions.path())])
}

const MEASURE: &str = r#"[measure.closed]
title       = "Cases closed, place by place"
description = "Cases that were closed in the period"
why         = "To see places beside each other"
unit        = "case"
kind        = "count"
counted_on  = "closed_on"
by          = ["locality", "place"]
interval    = { method = "none" }
audience    = ["police"]

[measure.contacts_from_police]"#;

/// What the police were given, as somebody reads it who knows what lies where from `map`.
fn read_with(given: &Run, map: &Run) -> Release {
    let file = |run: &Run, name: &str| {
        run.bytes(&format!("2026-27-Q2-quarterly/police/data/{name}")).to_vec()
    };
    let (cells, structure) = (file(given, "cells.csv"), file(map, "structure.json"));
    Release::of(&cells, &structure, "police".into()).expect("sound files")
}

#[test]
fn wards_and_the_localities_that_they_lie_in_are_protected_as_one() {
    let (as_one, apart) = (packs("within = \"locality\""), packs(""));
    let found = attack("police", &[&read_with(&as_one, &as_one)], patience());
    assert!(found.holds(), "{:#?}", found.exposed);
    // The same figures protected as if wards lay nowhere: a map is all that it takes.
    let found = attack("police", &[&read_with(&apart, &as_one)], patience());
    assert!(!found.holds(), "too easy: wards give nothing away");
}
