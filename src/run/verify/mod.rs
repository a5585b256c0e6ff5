//! Reads a finished run folder again: every hash, every sum, every workbook, every file of open data.

pub mod open_data;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod workbook;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::fingerprint::fingerprint;
use crate::report::Structure;
use crate::run::manifest::{Manifest, OutputFile, ReleasedEntry};
use crate::run::releases::ReleaseLedger;

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub what: String,
    /// What is wrong; nothing if all is well.
    pub wrong: Option<String>,
}

/// Checks a run folder against its manifest.
///
/// # Errors
/// When there is no manifest that can be read, in words.
pub fn verify(run: &Path) -> Result<Vec<Finding>, String> {
    let path = run.join("run.json");
    let text = fs::read_to_string(&path).map_err(|e| {
        format!("{} cannot be read: {e}\n  mend: name the folder of a finished run", path.display())
    })?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|e| format!("{} is not a manifest: {e}", path.display()))?;
    let mut findings = Vec::new();
    for output in &manifest.outputs {
        let wrong = match fs::read(run.join(&output.name)) {
            Err(e) => Some(format!("cannot be read: {e}")),
            Ok(bytes) => (fingerprint(&bytes) != output.sha256)
                .then(|| "has changed since it was written".to_owned()),
        };
        findings.push(Finding { what: output.name.clone(), wrong });
    }
    findings.push(nothing_else(run, &manifest)?);
    if !manifest.released.is_empty() {
        findings.push(entered(run, &manifest));
    }
    for output in manifest.outputs.iter().filter(is_published_workbook) {
        findings.extend(of_workbook(run, &output.name));
    }
    #[cfg(feature = "pdf")]
    for output in manifest.outputs.iter().filter(|o| o.name.ends_with(".pdf")) {
        findings.extend(of_pdf(run, &output.name, &manifest.as_at));
    }
    for name in manifest.outputs.iter().map(|output| output.name.as_str()) {
        if name.contains("/data/open/") && name.ends_with(".csv") && !name.ends_with(".meta.csv") {
            findings.extend(of_open_data(run, name));
        } else if name.ends_with("/datapackage.json") {
            findings.push(of_package(run, name));
        }
    }
    for source in &manifest.ledger {
        let aside: u64 = source.quarantined.iter().chain(&source.left_out).map(|(_, n)| n).sum();
        let wrong = (source.read != source.used + aside).then(|| {
            format!("{} rows read, but {} accounted for", source.read, source.used + aside)
        });
        findings.push(Finding { what: format!("rows of {}", source.source), wrong });
    }
    let cells = manifest.outputs.iter().filter(|o| o.name.ends_with("data/cells.csv"));
    for file in cells {
        findings.push(Finding {
            what: format!("sums of {}", file.name),
            wrong: sums(&run.join(&file.name)),
        });
    }
    Ok(findings)
}

/// What was released to audiences is in the release ledger beside the run, and the ledger is whole.
fn entered(run: &Path, manifest: &Manifest) -> Finding {
    let run = run.canonicalize().unwrap_or_else(|_| run.to_owned());
    let out = run.parent().unwrap_or(Path::new("."));
    let wrong = match ReleaseLedger::open(out).map(|ledger| ledger.lines().to_vec()) {
        Err(error) => Some(error.to_string()),
        Ok(lines) => {
            let is_there = |entry: &&ReleasedEntry| {
                lines.iter().any(|line| (line.number, &line.seal) == (entry.line, &entry.seal))
            };
            let missing = manifest.released.iter().find(|entry| !is_there(entry));
            missing.map(|entry| {
                let ReleasedEntry { line, audience, .. } = entry;
                format!("line {line}, the release to {audience}, is missing or another one")
            })
        }
    };
    Finding { what: "release ledger".to_owned(), wrong }
}

/// Whether it is a workbook for an audience. What auditors fill in is made otherwise.
fn is_published_workbook(output: &&OutputFile) -> bool {
    output.name.ends_with(".xlsx") && !output.name.starts_with("restricted/")
}

/// How many places are named where a rule is broken.
const PLACES: usize = 5;

/// Each rule of an accessible workbook.
fn of_workbook(run: &Path, name: &str) -> Vec<Finding> {
    let bytes = fs::read(run.join(name)).map_err(|e| e.to_string());
    match bytes.and_then(|bytes| workbook::look(&bytes)) {
        Err(e) => {
            vec![Finding { what: name.to_owned(), wrong: Some(format!("cannot be opened: {e}")) }]
        }
        Ok(looked) => {
            let looked = looked.into_iter();
            looked.map(|(rule, places)| finding(name, rule.words(), &places)).collect()
        }
    }
}

/// Each rule of an accessible PDF.
#[cfg(feature = "pdf")]
fn of_pdf(run: &Path, name: &str, as_at: &str) -> Vec<Finding> {
    let bytes = fs::read(run.join(name)).map_err(|e| e.to_string());
    match bytes.and_then(|bytes| pdf::look(&bytes, as_at)) {
        Err(e) => {
            vec![Finding { what: name.to_owned(), wrong: Some(format!("cannot be opened: {e}")) }]
        }
        Ok(looked) => {
            let looked = looked.into_iter();
            looked.map(|(rule, places)| finding(name, rule.words(), &places)).collect()
        }
    }
}

/// Each rule of the national open data standards.
fn of_open_data(run: &Path, name: &str) -> Vec<Finding> {
    let read = |name: &str| fs::read(run.join(name)).map_err(|e| format!("{name}: {e}"));
    let stem = name.trim_end_matches(".csv");
    let file = stem.rsplit('/').next().unwrap_or(stem);
    let pair = read(name).and_then(|data| Ok((data, read(&format!("{stem}.meta.csv"))?)));
    match pair.and_then(|(data, meta)| open_data::look(file, &data, &meta)) {
        Err(e) => {
            vec![Finding { what: name.to_owned(), wrong: Some(format!("cannot be read: {e}")) }]
        }
        Ok(looked) => {
            let looked = looked.into_iter();
            looked.map(|(rule, places)| finding(name, rule.words(), &places)).collect()
        }
    }
}

/// A data package names files that are there, with the hashes that they have.
fn of_package(run: &Path, name: &str) -> Finding {
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let text = fs::read_to_string(run.join(name)).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let resources = package.get("resources").and_then(|r| r.as_array());
    let wrong = match resources {
        None => vec!["it lists no files".to_owned()],
        Some(resources) => {
            let differs = |resource: &&serde_json::Value| {
                let field = |name: &str| resource.get(name).and_then(|v| v.as_str());
                let path = field("path").map(|path| run.join(folder).join(path));
                let bytes = path.and_then(|path| fs::read(path).ok());
                bytes.map(|bytes| format!("sha256:{}", fingerprint(&bytes))).as_deref()
                    != field("hash")
            };
            let path = |resource: &serde_json::Value| resource.get("path").map(ToString::to_string);
            resources.iter().filter(differs).map(|r| path(r).unwrap_or_default()).collect()
        }
    };
    finding(name, "hashes of the files that it lists", &wrong)
}

/// What one rule found.
fn finding(name: &str, rule: &str, places: &[String]) -> Finding {
    let more = places.len().saturating_sub(PLACES);
    let named = places.iter().take(PLACES).cloned().collect::<Vec<_>>().join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let wrong = (!places.is_empty()).then(|| format!("not so: {named}{more}"));
    Finding { what: format!("{name}, {rule}"), wrong }
}

/// A run folder holds what its manifest lists, and nothing else.
fn nothing_else(run: &Path, manifest: &Manifest) -> Result<Finding, String> {
    let mut strangers = Vec::new();
    let mut folders: Vec<PathBuf> = vec![run.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(run).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if name != "run.json" && !manifest.outputs.iter().any(|o| o.name == name) {
                strangers.push(name);
            }
        }
    }
    strangers.sort();
    let wrong =
        (!strangers.is_empty()).then(|| format!("not in the manifest: {}", strangers.join(", ")));
    Ok(Finding { what: "files of the folder".to_owned(), wrong })
}

/// A numerator and a denominator, where they are shown.
type Counts = (Option<u64>, Option<u64>);

/// How far a sum of so many counts may be from the count of the whole, as `structure.json` beside a table says:
/// each rounded count, the whole one too, lies at most half of what it is rounded to from the true count.
fn allowance(cells: &Path) -> impl Fn(u64) -> u64 {
    let text = fs::read_to_string(cells.with_file_name("structure.json")).unwrap_or_default();
    let structure: Structure = serde_json::from_str(&text).unwrap_or_default();
    let round_to = if structure.policy.round_to > 1 { structure.policy.round_to } else { 0 };
    let noise = structure.policy.noise;
    move |levels| round_to * (levels + 1) / 2 + noise * (levels + 1)
}

/// Wherever every level of a simple breakdown is published, levels have to add up to the whole, as far as
/// they are not rounded, and no numerator may exceed its denominator.
fn sums(path: &Path) -> Option<String> {
    let mut reader = match csv::Reader::from_path(path) {
        Ok(reader) => reader,
        Err(e) => return Some(e.to_string()),
    };
    let mut whole: BTreeMap<[String; 3], Counts> = BTreeMap::new();
    let mut parts: BTreeMap<([String; 3], String), (Counts, u64)> = BTreeMap::new();
    let allowance = allowance(path);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => return Some(e.to_string()),
        };
        let field = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let key = [field(0), field(2), field(3)];
        let counts = (field(8).parse().ok(), field(9).parse().ok());
        if let (Some(n), Some(d)) = counts
            && n > d
            && !field(10).contains('.')
        {
            return Some(format!("{} {}: {n} of {d}", key[0], key[2]));
        }
        match field(6).as_str() {
            "all" => {
                whole.insert(key, counts);
            }
            by if !by.contains('*') && by != "category" => {
                let (sum, levels) =
                    parts.entry((key, by.to_owned())).or_insert(((Some(0), Some(0)), 0));
                *levels += 1;
                sum.0 = sum.0.zip(counts.0).map(|(a, b): (u64, u64)| a + b);
                sum.1 = sum.1.zip(counts.1).map(|(a, b): (u64, u64)| a + b);
            }
            _ => {}
        }
    }
    for ((key, by), ((numerator, denominator), levels)) in parts {
        let Some((whole_numerator, whole_denominator)) = whole.get(&key) else { continue };
        let off = allowance(levels);
        let differs = |part: Option<u64>, whole: &Option<u64>| {
            part.zip(*whole).is_some_and(|(part, whole)| part.abs_diff(whole) > off)
        };
        if differs(numerator, whole_numerator) || differs(denominator, whole_denominator) {
            return Some(format!("{} in {} by {by} does not add up to the whole", key[0], key[2]));
        }
    }
    None
}
