//! The release ledger: everything that has left the internal tier, in the order in which it did.
//!
//! ```text
//! reports/ledger/
//!   releases.jsonl                 one line a publication, each sealed with the seal of the line before
//!   0001-2026-09-monthly-board/    what it published, as it was sent
//!     data/cells.csv, data/structure.json
//!     restricted/figures.jsonl     the same figures with what was kept back
//! ```
//!
//! Lines are only ever added. A run that is made again and gives the same is the same publication; one that
//! gives something else is another, which takes the place of the first and cannot take it back: both are
//! with their readers. Copies are kept because a run folder is exchanged for that of a later run of the same
//! name.
//!
//! [`walk`] looks whether the chain is whole. What counts for whom is said by
//! [`held_by`](ReleaseLedger::held_by).

mod chain;
mod line;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::audience::{Audience, DisclosurePolicy};
use crate::fingerprint::fingerprint;
use crate::protect::{Earlier, EarlierRelease, Protected, RecordedFigure};
use crate::render;
use crate::report::Structure;
use crate::run::RunError;

pub use chain::{Broken, is_ledger, walk};
pub use line::{Accepted, Line};

/// The name of the folder below that of all runs.
pub const FOLDER: &str = "ledger";
/// What stands for the run in the line of an answer.
pub const QUERY: &str = "query";

const LINES: &str = "releases.jsonl";
const CELLS: &str = "data/cells.csv";
const STRUCTURE: &str = "data/structure.json";
const RECORD: &str = "restricted/figures.jsonl";

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It was changed, or part of it is missing.
    #[error("{}: {broken}\n  mend: put the folder back from a copy as it was after the last release; nothing is released meanwhile, because nobody could say what its readers hold", path.display())]
    Broken {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        broken: Broken,
    },
    /// Another run recorded something meanwhile.
    #[error("{}: something else was released while this was being made, so that it was not protected against it\n  mend: run the same command again", path.display())]
    Overtaken {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be read or written: {cause}\n  mend: free the folder, or choose another with --out", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
}

/// On what occasion something is released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// The run, or [`QUERY`].
    pub run: String,
    /// The period that it is made for.
    pub period: Period,
    /// Its packs, or the question.
    pub content: Vec<String>,
    /// Who accepts, and why, that some of what is hidden follows from earlier releases.
    pub accepted: Option<String>,
}

/// What one audience is given by one run, or by the answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// On what occasion.
    pub occasion: Occasion,
    /// Who receives it.
    pub audience: String,
    /// The day as of which it was judged.
    pub as_at: String,
    /// The published figures.
    pub cells: Vec<u8>,
    /// What they are.
    pub structure: Vec<u8>,
    /// The same figures with what is kept back.
    pub figures: Vec<RecordedFigure>,
    /// How many hidden counts follow from earlier releases.
    pub told_before: usize,
}

impl Publication {
    /// What was protected for an audience on an occasion.
    ///
    /// # Errors
    /// When the figures cannot be written.
    pub fn of(
        definitions: &Definitions,
        protected: &Protected,
        (audience, policy): (&Audience, &DisclosurePolicy),
        occasion: &Occasion,
    ) -> Result<Self, RunError> {
        let tables = protected.tables();
        let structure = Structure::of(definitions, protected, &audience.id, policy);
        Ok(Self {
            occasion: occasion.clone(),
            audience: audience.id.clone(),
            as_at: definitions.project.as_at.iso(),
            cells: render::csv::cells(tables)?,
            structure: render::json::structure(&structure).into_bytes(),
            figures: protected.record().to_vec(),
            told_before: protected.told_before(),
        })
    }

    fn record(&self) -> Vec<u8> {
        let lines = self.figures.iter().map(|figure| figure.to_line() + "\n");
        lines.collect::<String>().into_bytes()
    }

    /// Whether these are the figures of a line.
    #[must_use]
    pub fn has_figures_of(&self, line: &Line) -> bool {
        line.cells == fingerprint(&self.cells) && line.structure == fingerprint(&self.structure)
    }
}

/// The ledger of a folder of runs; by default of none, in which nothing was released.
#[derive(Debug, Default)]
pub struct ReleaseLedger {
    folder: PathBuf,
    lines: Vec<Line>,
    /// The last so many lines have still to be written.
    added: Vec<Publication>,
    /// What has been read of earlier releases.
    read: RefCell<BTreeMap<usize, Arc<Vec<RecordedFigure>>>>,
}

impl ReleaseLedger {
    /// The ledger of a folder of runs; an empty one if nothing was released yet. Makes nothing.
    ///
    /// # Errors
    /// When its chain is broken, or it cannot be read.
    pub fn open(out: &Path) -> Result<Self, LedgerError> {
        let folder = out.join(FOLDER);
        let lines = chain::read(&folder)?;
        Ok(Self { folder, lines, added: Vec::new(), read: RefCell::default() })
    }

    /// The lines, oldest first.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The newest line of an occasion for an audience, if it was there before.
    #[must_use]
    pub fn made_before(&self, occasion: &Occasion, audience: &str) -> Option<&Line> {
        self.lines.iter().rev().find(|line| line.is_of(occasion, audience))
    }

    /// What readers hold together by all lines before one, or by all there are: what they were given themselves,
    /// what everybody was, and what those were whose outputs may be laid beside theirs. What is to be for everybody
    /// can be laid beside anything.
    ///
    /// # Errors
    /// When what was released is no longer there, or was changed.
    pub fn held_by(
        &self,
        readers: &[&Audience],
        audiences: &[Audience],
        before: Option<&Line>,
    ) -> Result<Earlier, LedgerError> {
        let count = before.map_or(self.lines.len(), |line| line.number - 1);
        let is_for_everybody = readers.iter().any(|reader| reader.is_public);
        let mut releases = Vec::new();
        for line in self.lines.iter().take(count) {
            let other = audiences.iter().find(|other| other.id == line.audience);
            let is_their_own = readers.iter().any(|reader| reader.id == line.audience)
                || other.is_some_and(|other| other.is_public);
            // Of an audience that there is no longer, nobody can say whom it shows what it has.
            let may_be_laid_beside = |reader: &&Audience| {
                reader.may_lay_beside(&line.audience)
                    || other.is_none_or(|other| other.may_lay_beside(&reader.id))
            };
            if is_their_own || is_for_everybody || readers.iter().any(may_be_laid_beside) {
                let (name, figures) = (line.name(), self.figures(line)?);
                releases.push(EarlierRelease { name, is_their_own, figures });
            }
        }
        Ok(Earlier { releases, others_are_apart: is_for_everybody, is_accepted: false })
    }

    /// The figures of a line, from its copy; of a line that is still to be written, from memory.
    fn figures(&self, line: &Line) -> Result<Arc<Vec<RecordedFigure>>, LedgerError> {
        if let Some(figures) = self.read.borrow().get(&line.number) {
            return Ok(Arc::clone(figures));
        }
        let kept = |name: &'static str, sha256: &str| chain::kept(&self.folder, line, name, sha256);
        kept(CELLS, &line.cells)?;
        kept(STRUCTURE, &line.structure)?;
        let record = kept(RECORD, &line.record)?;
        let figures: Option<Vec<RecordedFigure>> =
            String::from_utf8_lossy(&record).lines().map(RecordedFigure::from_line).collect();
        let figures = figures.ok_or_else(|| LedgerError::Broken {
            path: self.folder.clone(),
            broken: Broken::Changed { release: line.name(), file: RECORD },
        })?;
        let figures = Arc::new(figures);
        self.read.borrow_mut().insert(line.number, Arc::clone(&figures));
        Ok(figures)
    }

    /// Takes a publication into account, to be written later: at the end, where it is new. Gives its line.
    pub fn add(&mut self, publication: Publication) -> Line {
        let Publication { occasion, audience, .. } = &publication;
        let restates = self.made_before(occasion, audience);
        let of_this = self.lines.iter().filter(|line| line.is_of(occasion, audience));
        if let Some(line) = of_this.rev().find(|line| publication.has_figures_of(line)) {
            return line.clone();
        }
        let line = Line {
            number: self.lines.len() + 1,
            run: occasion.run.clone(),
            audience: audience.clone(),
            period: occasion.period.code(),
            content: occasion.content.clone(),
            as_at: publication.as_at.clone(),
            restates: restates.map(|line| line.number),
            accepted: occasion
                .accepted
                .clone()
                .filter(|_| publication.told_before > 0)
                .map(|by| Accepted { counts: publication.told_before, by }),
            cells: fingerprint(&publication.cells),
            structure: fingerprint(&publication.structure),
            record: fingerprint(&publication.record()),
            previous: self.lines.last().map(|line| line.seal.clone()).unwrap_or_default(),
            seal: String::new(),
        }
        .sealed();
        self.lines.push(line.clone());
        self.read.borrow_mut().insert(line.number, Arc::new(publication.figures.clone()));
        self.added.push(publication);
        line
    }

    /// Writes what was added: first the copies, then their lines.
    ///
    /// # Errors
    /// When something else was recorded meanwhile, or it cannot be written.
    pub fn write(&mut self) -> Result<(), LedgerError> {
        if self.added.is_empty() {
            return Ok(());
        }
        let fails = |path: &Path| {
            let path = path.to_owned();
            move |cause| LedgerError::File { path, cause }
        };
        fs::create_dir_all(&self.folder).map_err(fails(&self.folder))?;
        let path = self.folder.join(LINES);
        let open = fs::OpenOptions::new().create(true).append(true).open(&path);
        let mut file = open.map_err(fails(&path))?;
        // Held until the file is closed.
        file.lock().map_err(fails(&path))?;
        let written = self.lines.len() - self.added.len();
        if chain::read(&self.folder)? != self.lines[..written] {
            return Err(LedgerError::Overtaken { path: self.folder.clone() });
        }
        let mut text = String::new();
        for (publication, line) in self.added.iter().zip(&self.lines[written..]) {
            let record = publication.record();
            let files: [(&str, &[u8]); 3] = [
                (CELLS, &publication.cells),
                (STRUCTURE, &publication.structure),
                (RECORD, &record),
            ];
            for (name, bytes) in files {
                let path = self.folder.join(line.folder()).join(name);
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(fails(folder))?;
                }
                fs::write(&path, bytes).map_err(fails(&path))?;
            }
            text += &(line.to_text() + "\n");
        }
        io::Write::write_all(&mut file, text.as_bytes()).map_err(fails(&path))?;
        self.added.clear();
        Ok(())
    }
}
