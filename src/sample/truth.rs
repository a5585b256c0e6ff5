//! What is true of a generated council, for those who check what the engine makes of it.

use serde::{Deserialize, Serialize};

use crate::sample::county::{AS_AT, LIVE, POLICE_TO};

/// The contents of `truth.json`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// How many families were asked for.
    pub families: u32,
    /// The seed.
    pub seed: u64,
    /// The first day of the period, in ISO form.
    pub from: String,
    /// Its last day, which is the as-at day.
    pub to: String,
    /// The last day that the police feed knows.
    pub police_to: String,
    /// Each file with its data rows, planted ones included, the header and titles not.
    pub files: Vec<FileRows>,
    /// The planted rows.
    pub planted: Vec<PlantedRows>,
}

/// A file and how many data rows it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRows {
    /// The file's name.
    pub file: String,
    /// Its data rows.
    pub rows: u64,
}

/// Bad rows of one kind in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlantedRows {
    /// What is wrong with them.
    pub kind: String,
    /// The file.
    pub file: String,
    /// Where they are: data row 1 is the first row after the header.
    pub rows: Vec<u64>,
    /// Whether the engine has to quarantine them. The others look odd and have to be used.
    pub quarantine: bool,
}

impl Truth {
    /// The truth about a council of so many families.
    pub(super) fn new(
        families: u32,
        seed: u64,
        files: Vec<FileRows>,
        planted: Vec<PlantedRows>,
    ) -> Self {
        let (from, to, police_to) = (LIVE.iso(), AS_AT.iso(), POLICE_TO.iso());
        Self { families, seed, from, to, police_to, files, planted }
    }
}
