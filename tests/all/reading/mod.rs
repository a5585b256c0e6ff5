//! What becomes of the rows of small files in every format: what goes in, and what the ledger says.

use std::fs;
use std::path::Path;

use early_help::definitions::Definitions;
use early_help::definitions::expression::Type;
use early_help::definitions::load::load_texts;
use early_help::read::{Inputs, ReadError, read};
use tempfile::TempDir;

mod any_bytes;
mod crosswalks;
mod parquet_files;
mod section_four;
mod several_files;
pub(crate) mod workbooks;

const PROJECT: &str = r#"
[file]
language = 1
id = "town"
title = "Town"
[project]
council = "Town Council"
as_at = 2026-09-30
uses = ["core", "feeds"]
"#;

const CORE: &str = r#"
[file]
language = 1
id = "core"
title = "Core"
[source.people]
title = "People"
shape = "entity"
about = "person"
key = ["person_id"]
[source.people.columns]
person_id = { type = "id", of = "person" }
[source.visits]
title = "Visits"
shape = "entity"
about = "visit"
key = ["visit_id"]
[source.visits.columns]
visit_id = { type = "id", of = "visit" }
person_id = { type = "id", of = "person", optional = true }
on = { type = "date", optional = true }
kind = { type = "code", codes = ["home", "school", "refused", "none", "not_recorded"], optional = true }
done = { type = "yes_no", optional = true }
minutes = { type = "number", unit = "minutes", optional = true }
note = { type = "text", optional = true }
[source.stays]
title = "Stays"
shape = "spell"
about = "person"
key = ["person_id", "from"]
start = "from"
end = "to"
no_rows = "none"
[source.stays.columns]
person_id = { type = "id", of = "person" }
from = { type = "date" }
to = { type = "date", optional = true }
"#;

/// A folder of exports.
struct Exports(TempDir);

impl Exports {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("inside")).expect("it can be made");
            fs::write(path, bytes).expect("it can be written");
        }
        Self(folder)
    }

    /// Reads them through this mapping: what the ledger and the rows say, or the error.
    fn read(&self, mapping: &str) -> Result<String, String> {
        let definitions = town(mapping);
        read_from(&definitions, self.0.path())
            .map_err(|e| e.to_string())
            .map(|i| said(&definitions, i))
    }

    /// As [`Self::read`], where it has to succeed.
    fn says(&self, mapping: &str) -> String {
        self.read(mapping).unwrap_or_else(|e| panic!("{e}"))
    }
}

fn read_from(definitions: &Definitions, folder: &Path) -> Result<Inputs, ReadError> {
    read(definitions, folder, &mut |_| ())
}

/// The town with this mapping.
fn town(mapping: &str) -> Definitions {
    let feeds = format!("[file]\nlanguage = 1\nid = \"feeds\"\ntitle = \"Feeds\"\n{mapping}");
    let files = [("project.toml", PROJECT), ("core.toml", CORE), ("feeds.toml", &feeds)];
    let loaded = load_texts(Path::new("town"), &files);
    let found: Vec<String> = loaded.diagnostics.iter().map(|d| format!("{d:?}")).collect();
    loaded.definitions.unwrap_or_else(|| panic!("{}", found.join("\n")))
}

/// The ledger of each fed source and its used rows, in words.
fn said(definitions: &Definitions, inputs: Inputs) -> String {
    let mut lines = Vec::new();
    for ledger in &inputs.ledger.sources {
        assert!(ledger.sums(), "rows of {} were lost", ledger.source);
        lines.push(format!("{}: {} read, {} used", ledger.source, ledger.read, ledger.used));
        for file in &ledger.files {
            let sheet = file.sheet.as_ref().map(|s| format!(", sheet {s}")).unwrap_or_default();
            let encoding = file.encoding.map(|e| format!(", {e}")).unwrap_or_default();
            let delimiter = file.delimiter.map(|d| format!(", {d:?}")).unwrap_or_default();
            let header = format!(", names in line {}", file.header_row);
            lines.push(format!(
                "  {}{sheet}{encoding}{delimiter}{header}: {} rows",
                file.name, file.rows
            ));
        }
        let quarantined = ledger.quarantined.iter().map(|q| (q.row, &q.column, q.why.to_string()));
        let left_out = ledger.left_out.iter().map(|q| (q.row, &q.column, q.why.to_string()));
        for (row, column, why) in quarantined.chain(left_out) {
            let (file, number) = ledger.place(row).expect("it stands in a file");
            let line = file.line(number);
            lines.push(format!("  {} row {number} line {line}, {column}: {why}", file.name));
        }
        for ((column, what), rows) in &ledger.oddities {
            lines.push(format!("  {column}: {what} ({rows})"));
        }
        let source = definitions.source(&ledger.source).expect("declared");
        let frame = &inputs.sources[&ledger.source].frame;
        for row in 0..frame.height() {
            let values = source.columns.iter().filter_map(|column| {
                let of = frame.column(&column.name).expect("there").as_materialized_series();
                let place = || of.u32().expect("a place").get(row);
                let text = match &column.ty {
                    Type::Date => {
                        let day = of.i32().expect("days").get(row)?;
                        early_help::calendar::Day(day).iso()
                    }
                    Type::Id(entity) => inputs.rings.identifier(entity, place()?)?.to_owned(),
                    Type::Text => inputs.rings.text.word(place()?)?.to_owned(),
                    Type::Code(list) => list.word(place()?)?.to_owned(),
                    Type::YesNo => of.bool().expect("answers").get(row)?.to_string(),
                    _ => of.f64().expect("numbers").get(row)?.to_string(),
                };
                Some(text)
            });
            lines.push(format!("  = {}", values.collect::<Vec<_>>().join(" | ")));
        }
    }
    lines.join("\n")
}

/// That one text holds each of these lines.
fn assert_lines(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.lines().any(|l| l.trim() == *line), "no line \"{line}\" in:\n{said}");
    }
}
