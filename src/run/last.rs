//! The run of the same kind for the newest earlier period in the folder of all runs: what was published last.

use std::fs;
use std::path::PathBuf;

use crate::calendar::Period;
use crate::definitions::words::Said as SaidDefinitions;
use crate::fingerprint::fingerprint;
use crate::protect::{Said, SaidChecks};
use crate::report::document::Question;
use crate::run::deliver::QUESTIONS;
use crate::run::{Manifest, Place};

/// The last published run of the same series.
#[derive(Debug)]
pub struct LastRun {
    folder: PathBuf,
    manifest: Manifest,
    /// SHA-256 of its manifest, which has that of each of its files.
    pub sha256: String,
}

/// What one audience was told by it.
#[derive(Debug, Default)]
pub struct Told {
    /// The figures.
    pub figures: Said,
    /// What it was told of the definitions behind them.
    pub definitions: SaidDefinitions,
    /// What share of the records was in order.
    pub checks: SaidChecks,
    /// What its readers were asked.
    pub questions: Vec<Question>,
}

impl LastRun {
    /// Looks for it beside the run that is being made. A run for the same period is not it: that one is made
    /// again. Runs that another version wrote in another way are passed over.
    #[must_use]
    pub fn before(place: &Place<'_>) -> Option<Self> {
        let suffix = place.name.strip_prefix(&place.period.code())?;
        let named = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            let period = Period::parse(name.strip_suffix(suffix)?)?;
            let earlier =
                period.kind == place.period.kind && period.number() < place.period.number();
            earlier.then_some((period.number(), name))
        };
        let entries = fs::read_dir(place.out).ok()?;
        let (_, name) = entries.flatten().filter_map(named).max()?;
        let folder = place.out.join(&name);
        let bytes = fs::read(folder.join("run.json")).ok()?;
        let manifest = serde_json::from_slice(&bytes).ok()?;
        Some(Self { folder, manifest, sha256: fingerprint(&bytes) })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.manifest.run
    }

    /// What it told one audience; nothing if it told it nothing, or if what it told has been changed since.
    #[must_use]
    pub fn told(&self, audience: &str) -> Option<Told> {
        let mut definitions = SaidDefinitions::new();
        let words = self.read(&format!("{audience}/data/definitions.csv"))?;
        for record in csv::Reader::from_reader(words.as_slice()).records().flatten() {
            if let [Some(name), Some(line)] = [0, 1].map(|at| record.get(at)) {
                definitions.entry(name.to_owned()).or_default().push(line.to_owned());
            }
        }
        let figures = Said::read(&self.read(&format!("{audience}/data/cells.csv"))?);
        // Not every audience is told of checks.
        let checks = self.read(&format!("{audience}/data/checks.csv")).unwrap_or_default();
        // Nor is every one asked something.
        let asked = self.read(&format!("{audience}/{QUESTIONS}")).unwrap_or_default();
        let mut questions = Vec::new();
        for record in csv::Reader::from_reader(asked.as_slice()).records().flatten() {
            if let [Some(measure), Some(period), Some(words)] = [0, 1, 2].map(|at| record.get(at)) {
                let [measure, period, words] = [measure, period, words].map(str::to_owned);
                questions.push(Question { measure, period, words });
            }
        }
        Some(Told { figures, definitions, checks: SaidChecks::read(&checks), questions })
    }

    /// A file of it, if it is still what was written.
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let listed = self.manifest.outputs.iter().find(|file| file.name == name)?;
        let bytes = fs::read(self.folder.join(name)).ok()?;
        (fingerprint(&bytes) == listed.sha256).then_some(bytes)
    }
}
