//! Reads a finished run folder again: every hash, every sum, every workbook.

pub mod workbook;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::fingerprint::fingerprint;
use crate::run::manifest::Manifest;

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
    for output in manifest.outputs.iter().filter(|o| o.name.ends_with(".xlsx")) {
        findings.extend(of_workbook(run, &output.name));
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

/// How many places are named where a rule is broken.
const PLACES: usize = 5;

/// Each rule of an accessible workbook.
fn of_workbook(run: &Path, name: &str) -> Vec<Finding> {
    let bytes = fs::read(run.join(name)).map_err(|e| e.to_string());
    match bytes.and_then(|bytes| workbook::look(&bytes)) {
        Err(e) => {
            vec![Finding { what: name.to_owned(), wrong: Some(format!("cannot be opened: {e}")) }]
        }
        Ok(looked) => looked
            .into_iter()
            .map(|(rule, places)| {
                let more = places.len().saturating_sub(PLACES);
                let named = places.iter().take(PLACES).cloned().collect::<Vec<_>>().join(", ");
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let what = format!("{name}, {}", rule.words());
                Finding {
                    what,
                    wrong: (!places.is_empty()).then(|| format!("not so: {named}{more}")),
                }
            })
            .collect(),
    }
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

/// Wherever every level of a simple breakdown is published, levels have to add up to the whole, and
/// no numerator may exceed its denominator.
fn sums(path: &Path) -> Option<String> {
    let mut reader = match csv::Reader::from_path(path) {
        Ok(reader) => reader,
        Err(e) => return Some(e.to_string()),
    };
    let mut whole: BTreeMap<[String; 3], Counts> = BTreeMap::new();
    let mut parts: BTreeMap<([String; 3], String), Counts> = BTreeMap::new();
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
                let sum = parts.entry((key, by.to_owned())).or_insert((Some(0), Some(0)));
                sum.0 = sum.0.zip(counts.0).map(|(a, b): (u64, u64)| a + b);
                sum.1 = sum.1.zip(counts.1).map(|(a, b): (u64, u64)| a + b);
            }
            _ => {}
        }
    }
    for ((key, by), (numerator, denominator)) in parts {
        let Some((whole_numerator, whole_denominator)) = whole.get(&key) else { continue };
        let differs = |part: Option<u64>, whole: &Option<u64>| matches!((part, whole), (Some(p), Some(w)) if p != *w);
        if differs(numerator, whole_numerator) || differs(denominator, whole_denominator) {
            return Some(format!("{} in {} by {by} does not add up to the whole", key[0], key[2]));
        }
    }
    None
}
