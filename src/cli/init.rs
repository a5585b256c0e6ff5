//! `init`: a folder for a council, with the shipped definitions and the sample's mapping to change.

use std::fs;

use crate::cli::arguments::InitArguments;
use crate::cli::console::Console;
use crate::cli::{Exit, Failure};
use crate::definitions::load::schema_text;

/// The shipped definitions, as they stand in this repository.
const SHIPPED: &[(&str, &str)] = &[
    ("checks.toml", include_str!("../../outcome-definitions/checks.toml")),
    ("extracts.toml", include_str!("../../outcome-definitions/extracts.toml")),
    ("core.toml", include_str!("../../outcome-definitions/core.toml")),
    ("equivalent-mutants.txt", include_str!("../../outcome-definitions/equivalent-mutants.txt")),
    ("examples.toml", include_str!("../../outcome-definitions/examples.toml")),
    ("examples-scales.toml", include_str!("../../outcome-definitions/examples-scales.toml")),
    ("examples-checks.toml", include_str!("../../outcome-definitions/examples-checks.toml")),
    ("examples-edges.toml", include_str!("../../outcome-definitions/examples-edges.toml")),
    ("examples-flows.toml", include_str!("../../outcome-definitions/examples-flows.toml")),
    ("examples-followup.toml", include_str!("../../outcome-definitions/examples-followup.toml")),
    ("examples-lists.toml", include_str!("../../outcome-definitions/examples-lists.toml")),
    ("examples-local.toml", include_str!("../../outcome-definitions/examples-local.toml")),
    ("examples-overrides.toml", include_str!("../../outcome-definitions/examples-overrides.toml")),
    ("examples-practice.toml", include_str!("../../outcome-definitions/examples-practice.toml")),
    ("examples-sf2022.toml", include_str!("../../outcome-definitions/examples-sf2022.toml")),
    ("examples-tf2015.toml", include_str!("../../outcome-definitions/examples-tf2015.toml")),
    ("local2020.toml", include_str!("../../outcome-definitions/local2020.toml")),
    ("mapping.toml", include_str!("../../outcome-definitions/mapping.toml")),
    ("mappings/annex_a.toml", include_str!("../../outcome-definitions/mappings/annex_a.toml")),
    ("mappings/ssd.toml", include_str!("../../outcome-definitions/mappings/ssd.toml")),
    ("measures.toml", include_str!("../../outcome-definitions/measures.toml")),
    ("measures-audit.toml", include_str!("../../outcome-definitions/measures-audit.toml")),
    ("measures-profile.toml", include_str!("../../outcome-definitions/measures-profile.toml")),
    ("measures-catalogue.toml", include_str!("../../outcome-definitions/measures-catalogue.toml")),
    ("measures-d2i.toml", include_str!("../../outcome-definitions/measures-d2i.toml")),
    ("measures-flows.toml", include_str!("../../outcome-definitions/measures-flows.toml")),
    ("measures-followup.toml", include_str!("../../outcome-definitions/measures-followup.toml")),
    (
        "measures-frameworks.toml",
        include_str!("../../outcome-definitions/measures-frameworks.toml"),
    ),
    ("measures-partners.toml", include_str!("../../outcome-definitions/measures-partners.toml")),
    ("measures-practice.toml", include_str!("../../outcome-definitions/measures-practice.toml")),
    ("measures-statutory.toml", include_str!("../../outcome-definitions/measures-statutory.toml")),
    ("packs.toml", include_str!("../../outcome-definitions/packs.toml")),
    ("packs-partners.toml", include_str!("../../outcome-definitions/packs-partners.toml")),
    ("project.toml", include_str!("../../outcome-definitions/project.toml")),
    ("scales.toml", include_str!("../../outcome-definitions/scales.toml")),
    ("sf2022.toml", include_str!("../../outcome-definitions/sf2022.toml")),
    ("tf2015.toml", include_str!("../../outcome-definitions/tf2015.toml")),
];

/// The project file with the made-up codes of the sample's local authority taken out, to be filled in.
fn own_codes(project: &str) -> String {
    let mut inside = false;
    let line = |line: &str| {
        if line == "[project.local_authority]" {
            inside = true;
        } else if line.is_empty() {
            inside = false;
        }
        match line.split_once('"') {
            _ if !inside => format!("{line}\n"),
            Some((key, _)) => format!("# {key}\"\"\n"),
            None => format!("# {line}\n"),
        }
    };
    let text: String = project.lines().map(line).collect();
    text.replace(" These are made up, as the council is.", " Yours are in the national lists.")
}

/// Writes the folder; refuses to touch one that is there.
pub(super) fn run(arguments: &InitArguments, console: &mut Console) -> Result<(), Failure> {
    let definitions = arguments.folder.join("outcome-definitions");
    if definitions.exists() {
        let message =
            format!("{} is there already\n  mend: choose another folder", definitions.display());
        return Err(Failure::new(Exit::Output, message));
    }
    let fails =
        |e: std::io::Error| Failure::new(Exit::Output, format!("{}: {e}", definitions.display()));
    fs::create_dir_all(definitions.join("mappings")).map_err(fails)?;
    fs::create_dir_all(arguments.folder.join("exports")).map_err(fails)?;
    for (name, text) in SHIPPED {
        let quoted = arguments.council.replace(['"', '\\'], "");
        let text = if *name == "project.toml" {
            own_codes(text)
                .replace("Marlshire Council", &quoted)
                .replace("Marlshire Early Help", &format!("{quoted} Early Help"))
                .replace("\"marlshire\"", "\"our_council\"")
                .replace("marlshire.example", "our-council.example")
        } else if *name == "measures-catalogue.toml" {
            // Within an expression a quote is written twice.
            text.replace("Marlshire Council", &quoted.replace('\'', "''"))
        } else if *name == "mapping.toml" {
            text.replace("Marlshire's exports", "Our exports")
                .replace("Marlshire exports", "Our exports")
        } else {
            (*text).to_owned()
        };
        fs::write(definitions.join(name), text).map_err(fails)?;
    }
    fs::write(definitions.join("definitions.schema.json"), schema_text()).map_err(fails)?;
    console.note(&format!(
        "Next: put your exports into {}, change `mapping.toml` to their file and column names, set `as_at` in `project.toml`, then run\n  early-help check --definitions {}",
        arguments.folder.join("exports").display(),
        definitions.display()
    ));
    Ok(console.result(&definitions.display().to_string())?)
}
