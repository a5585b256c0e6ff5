//! Writes a council as the files that the engine reads: logical CSV files, a mapping that changes
//! nothing, and the definitions, with the council's own day of judgement.

use std::fs;
use std::path::Path;

use early_help::definitions::Definitions;

use super::value::Council;

/// What random councils are judged by beside the shipped definitions.
const CONSTRUCTS: &str = include_str!("constructs.toml");

/// A folder with the shipped definitions and with constructs that they do not use.
pub(crate) fn shipped_and_constructs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    for (name, mut text) in definition_files(&shipped) {
        if name == "project.toml" {
            text = text.replacen("uses    = [", "uses    = [\"constructs\", ", 1);
        }
        fs::write(folder.path().join(name), text).expect("written");
    }
    fs::write(folder.path().join("constructs.toml"), CONSTRUCTS).expect("written");
    folder
}

/// The definition files of a folder: names and texts.
fn definition_files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("definitions") {
        let path = entry.expect("an entry").path();
        let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
        if name.ends_with(".toml") {
            files.push((name.to_owned(), fs::read_to_string(&path).expect("a definition file")));
        }
    }
    files
}

/// Writes `out/definitions/` (copied from `definitions_folder`, but for the mapping and `as_at`)
/// and `out/input/` with one file a source.
pub(crate) fn write(
    definitions: &Definitions,
    council: &Council,
    definitions_folder: &Path,
    out: &Path,
) {
    let (to, input) = (out.join("definitions"), out.join("input"));
    fs::create_dir_all(&to).expect("a folder");
    fs::create_dir_all(&input).expect("a folder");
    for (name, mut text) in definition_files(definitions_folder) {
        if name == "mapping.toml" {
            continue;
        }
        if name == "project.toml" {
            text = with_as_at(&text, &council.as_at.iso());
        }
        fs::write(to.join(name), text).expect("written");
    }
    fs::write(to.join("mapping.toml"), mapping(definitions, council)).expect("written");
    for source in definitions.sources.iter() {
        let path = input.join(format!("{}.csv", source.id));
        let mut file = csv::Writer::from_path(path).expect("a file");
        let columns: Vec<&str> = source
            .columns
            .iter()
            .filter(|c| c.formula.is_none())
            .map(|c| c.name.as_str())
            .collect();
        file.write_record(&columns).expect("written");
        for row in council.rows(&source.id) {
            file.write_record(columns.iter().map(|c| row.get(c).written())).expect("written");
        }
        file.flush().expect("written");
    }
}

fn with_as_at(project: &str, as_at: &str) -> String {
    let mut text = String::new();
    for line in project.lines() {
        if line.starts_with("as_at") {
            text.push_str(&format!("as_at = {as_at}\n"));
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// A mapping in which every column has its own name.
fn mapping(definitions: &Definitions, council: &Council) -> String {
    let mut text = String::from(
        "[file]\nlanguage = 1\nid = \"mapping\"\ntitle = \"Files in logical form\"\n\n\
         [defaults]\nencoding = \"utf-8\"\nnull_values = [\"\"]\ndate_formats = [\"%Y-%m-%d\"]\n",
    );
    for source in &definitions.sources {
        let id = &source.id;
        let to = council.complete_to.get(id).copied().unwrap_or(council.as_at).iso();
        text.push_str(&format!("\n[map.{id}]\nfrom = \"{id}.csv\"\ncomplete_to = {to}\n"));
        // What is about families and their people comes from elsewhere, and somebody can be asked.
        if ["person", "family"].contains(&source.about.as_str()) {
            text.push_str(&format!("owner = \"Sender of {id}\"\n"));
        }
        text.push_str(&format!("[map.{id}.columns]\n"));
        for column in source.columns.iter().filter(|c| c.formula.is_none()) {
            text.push_str(&format!("{0} = {{ column = \"{0}\" }}\n", column.name));
        }
    }
    text
}
