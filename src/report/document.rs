//! The document: pages as data. Every renderer gets this and nothing else, so that page, chart,
//! table, alternative text and file say the same.

use crate::calendar::{Day, Period};
use crate::definitions::words::Said;
use crate::protect::{PublishedQuality, PublishedSeries, PublishedTable, Shown};
use crate::report::chart::Chart;
use crate::report::open_data::OpenData;
use crate::report::structure::Structure;

/// A report or pack for one audience.
#[derive(Debug)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// The council.
    pub council: String,
    /// Who it is for.
    pub audience: String,
    /// The period it is about.
    pub period: Period,
    /// The day as of which everything was judged.
    pub as_at: Day,
    /// The name of the run, printed on every page.
    pub run: String,
    /// What else stands on its cover, label and text: the number of the issue, who is to sign it off.
    pub cover: Vec<(String, String)>,
    /// What a reader must know before the first figure.
    pub notices: Vec<String>,
    /// The measures that signal something which nobody has answered yet: with any, a report is not final.
    pub unanswered: Vec<String>,
    /// What was hidden and why, in words.
    pub disclosure: String,
    /// The sections in order.
    pub sections: Vec<Section>,
    /// The definitions of all measures shown, in words.
    pub definitions: Vec<DefinitionNote>,
    /// All that its figures rest on, for a file beside it: measures, facts, claims, outcomes and needs.
    pub rules: Said,
    /// Every cell that this audience is given, for the tidy file.
    pub cells: Vec<PublishedTable>,
    /// The series that are watched, with what they usually do, for a file beside it.
    pub series: Vec<PublishedSeries>,
    /// What the data checks found, for a file beside it.
    pub quality: PublishedQuality,
    /// What of it is for release, in the shape of the national open data standards.
    pub open_data: Option<OpenData>,
    /// What these cells count and how they go together, for programs.
    pub structure: Structure,
    /// What its readers are asked, for a file beside it: the next issue says what the figures say then.
    pub questions: Vec<Question>,
}

/// What a reader is asked about a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The measure.
    pub measure: String,
    /// The code of the period that it is asked about.
    pub period: String,
    /// The question.
    pub words: String,
}

/// One question and what answers it.
#[derive(Debug)]
pub struct Section {
    /// A name for links.
    pub id: String,
    /// The question.
    pub title: String,
    /// What the section shows.
    pub intro: String,
    /// What answers it.
    pub blocks: Vec<Block>,
}

/// One part of a section.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a page has a few dozen blocks, most of them figures"
)]
pub enum Block {
    /// Sentences that say what changed.
    Findings(Vec<String>),
    /// Sentences under a heading of their own.
    Group(Group),
    /// What follows from one signal, line by line.
    SoWhat(SoWhat),
    /// A chart, with the table behind it.
    Figure(Figure),
    /// A table by itself.
    Table(Table),
    /// A table to look something up in: folded on the page, and left out on paper, because the workbook has it.
    Folded(Table),
    /// A remark.
    Note(String),
}

/// Sentences under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub title: String,
    /// The sentences.
    pub findings: Vec<String>,
}

/// What somebody who has to act needs to know of one signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoWhat {
    /// The measure and what became of it.
    pub title: String,
    /// Question and answer, in order: what changed, for whom, how sure…
    pub lines: Vec<(String, String)>,
}

/// A chart and all that has to stand with it.
#[derive(Debug)]
pub struct Figure {
    /// A name for links and files: `cases_closed-by-locality`.
    pub id: String,
    /// What it shows, as a statement.
    pub title: String,
    /// Measure, coverage and period.
    pub subtitle: String,
    /// The text alternative: what a reader would see.
    pub alt: String,
    /// The chart.
    pub chart: Chart,
    /// The same figures as a table.
    pub table: Table,
    /// What to know before reading anything into it.
    pub caveats: Vec<String>,
    /// Where the data come from.
    pub source: String,
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its caption.
    pub caption: String,
    /// The heads of its columns; the first is over the row heads.
    pub head: Vec<Head>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// The head of a column.
#[derive(Debug)]
pub struct Head {
    /// The words.
    pub text: String,
    /// Whether the column holds numbers.
    pub numeric: bool,
}

impl Head {
    /// The head of a column, and whether it holds numbers.
    #[must_use]
    pub fn of(text: &str, numeric: bool) -> Self {
        Self { text: text.to_owned(), numeric }
    }
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// The head of the row.
    pub head: String,
    /// Its cells, one less than there are heads.
    pub cells: Vec<TableCell>,
}

/// One cell of a table.
#[derive(Debug)]
pub enum TableCell {
    /// Words.
    Words(String),
    /// A number, or why there is none.
    Figure(Shown),
    /// The same of children who stepped up, or down.
    Stepped(Direction, Shown),
}

/// Which way somebody stepped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To more help.
    Up,
    /// To less.
    Down,
}

impl Direction {
    /// What stands before the number.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Up => "↑",
            Self::Down => "↓",
        }
    }

    /// What is said to those who do not see the sign.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Up => "step up",
            Self::Down => "step down",
        }
    }
}

/// The definition of a measure, in words.
#[derive(Debug)]
pub struct DefinitionNote {
    /// The measure's name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Label and text, in order: what is counted, who is left out, how unknowns count…
    pub lines: Vec<(String, String)>,
}
