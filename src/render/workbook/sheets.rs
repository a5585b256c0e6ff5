//! What stands on which worksheet, as plain data: a cover, the contents, notes, shorthand, findings,
//! definitions, and then one table to a worksheet, called as on the page (`Figure_3`, `Table_1`).

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::protect::{Shown, Symbol};
use crate::report::document::{Block, Document, Head, Section, SoWhat, Table, TableCell};

/// One worksheet.
pub(super) struct Sheet<'a> {
    /// What its tab says.
    pub(super) tab: String,
    /// Its title, in the first cell.
    pub(super) title: String,
    /// The numbers of the notes that its title refers to.
    pub(super) notes: Vec<usize>,
    /// What stands under the title and above the table, a line each.
    pub(super) lines: Vec<Line>,
    /// Its table. The cover has none.
    pub(super) grid: Option<Grid<'a>>,
}

/// A line above the table.
pub(super) enum Line {
    /// A heading; only the cover has any.
    Heading(&'static str),
    /// A sentence.
    Words(String),
    /// A link to the worksheet of the contents.
    ToContents,
}

/// The table of a worksheet.
pub(super) struct Grid<'a> {
    /// The name by which formulas find it. It stays the same from month to month.
    pub(super) name: String,
    /// What the table holds, for those who cannot see it.
    pub(super) alt: String,
    /// The heads of its columns, all different.
    pub(super) head: Vec<Head>,
    /// Its rows, each as long as the head; at least one.
    pub(super) rows: Vec<Vec<Entry<'a>>>,
}

/// What stands in a cell. There is no empty one.
pub(super) enum Entry<'a> {
    /// Words.
    Words(Cow<'a, str>),
    /// A published number, or the shorthand in its place.
    Figure(Shown),
    /// A link to another worksheet.
    Link {
        /// The tab.
        tab: String,
        /// Its title.
        text: String,
    },
}

impl<'a> Entry<'a> {
    fn words(words: impl Into<Cow<'a, str>>) -> Self {
        let words = words.into();
        let blank = words.trim().is_empty();
        if blank { Self::Figure(Shown::Symbol(Symbol::NotApplicable)) } else { Self::Words(words) }
    }

    /// What a reader sees, where that is not a number.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Link { text, .. } => text,
            Self::Figure(Shown::Symbol(symbol)) => symbol.shorthand(),
            Self::Figure(Shown::Number(_)) => "",
        }
    }
}

/// The tab of the contents.
pub(super) const CONTENTS: &str = "Contents";

/// All worksheets of a document, in order.
pub(super) fn sheets<'a>(document: &'a Document, page: &str) -> Vec<Sheet<'a>> {
    let source = format!("Source: {} records, as at {}.", document.council, document.as_at);
    let mut tables =
        Tables { document, source: &source, notes: Vec::new(), names: BTreeSet::new() };
    let shown = tables.sheets();
    let notes = tables.notes;
    let used = |symbol: &&Symbol| shown.iter().any(|(_, sheet)| uses(sheet, **symbol));
    let used: Vec<Symbol> = Symbol::ALL.iter().filter(used).copied().collect();
    let mut inner = Vec::new();
    inner.extend(list(
        "Notes",
        "Notes to the tables",
        ["Note", "What to know"],
        notes.iter().enumerate().map(|(n, text)| [format!("Note {}", n + 1), text.clone()]),
    ));
    inner.extend(list(
        "Shorthand",
        "Shorthand in the tables",
        ["Shorthand", "Meaning"],
        used.iter().map(|s| [s.shorthand().to_owned(), s.meaning().to_owned()]),
    ));
    inner.extend(list(
        "Findings",
        "What the report says in words",
        ["Question", "Finding"],
        document
            .sections
            .iter()
            .flat_map(|section| said(section).map(|sentence| [section.title.clone(), sentence])),
    ));
    inner.extend(list(
        "Definitions",
        "How each figure is counted",
        ["Figure", "What", "In words"],
        document.definitions.iter().flat_map(|d| {
            let name = ("Name in files".to_owned(), d.id.clone());
            let lines = d.lines.iter().cloned().chain([name]);
            lines.map(|(label, text)| [d.title.clone(), label, text])
        }),
    ));
    let about = inner.into_iter().map(|sheet| ("About the figures", sheet));
    let all: Vec<(&str, Sheet)> = about.chain(shown).collect();
    let cover = cover(document, page);
    let contents = contents(&all);
    [cover, contents].into_iter().chain(all.into_iter().map(|(_, sheet)| sheet)).collect()
}

/// Whether a worksheet uses a shorthand, in a cell of its own or within words.
pub(super) fn uses(sheet: &Sheet<'_>, symbol: Symbol) -> bool {
    let rows = sheet.grid.iter().flat_map(|grid| &grid.rows);
    rows.flatten().any(|entry| entry.text().contains(symbol.shorthand()))
}

/// What a section says in words, sentence by sentence.
fn said(section: &Section) -> impl Iterator<Item = String> {
    section.blocks.iter().flat_map(|block| match block {
        Block::Findings(findings) => findings.clone(),
        Block::Group(group) => {
            group.findings.iter().map(|finding| format!("{}: {finding}", group.title)).collect()
        }
        Block::SoWhat(SoWhat { title, lines }) => {
            lines.iter().map(|(label, text)| format!("{title}. {label}: {text}")).collect()
        }
        Block::Note(note) => vec![note.clone()],
        Block::Figure(figure) => vec![figure.title.clone()],
        Block::Table(_) | Block::Folded(_) => Vec::new(),
    })
}

/// The worksheets with figures, and what they share.
struct Tables<'a, 's> {
    document: &'a Document,
    source: &'s str,
    /// Every note once, in the order in which titles first refer to it.
    notes: Vec<String>,
    /// The names of tables that are taken.
    names: BTreeSet<String>,
}

impl<'a> Tables<'a, '_> {
    /// One worksheet for each table and for the table behind each figure, with its question.
    fn sheets(&mut self) -> Vec<(&'a str, Sheet<'a>)> {
        let (mut tables, mut figures) = (0, 0);
        let mut sheets = Vec::new();
        for section in &self.document.sections {
            for block in &section.blocks {
                let sheet = match block {
                    Block::Table(table) | Block::Folded(table) => {
                        tables += 1;
                        let name = self.name(&table.caption);
                        self.sheet(format!("Table_{tables}"), table, name, &[], None)
                    }
                    Block::Figure(figure) => {
                        figures += 1;
                        let name = self.name(&figure.id);
                        let tab = format!("Figure_{figures}");
                        let mut sheet = self.sheet(
                            tab,
                            &figure.table,
                            name,
                            &figure.caveats,
                            Some(&figure.source),
                        );
                        if let Some(sheet) = &mut sheet {
                            sheet.lines.insert(0, Line::Words(figure.title.clone()));
                        }
                        sheet
                    }
                    Block::Findings(_) | Block::Group(_) | Block::SoWhat(_) | Block::Note(_) => {
                        None
                    }
                };
                sheets.extend(sheet.map(|sheet| (section.title.as_str(), sheet)));
            }
        }
        sheets
    }

    /// A name for formulas: words in small letters that are never an address, as `r1` is.
    fn name(&mut self, wanted: &str) -> String {
        let mut words = String::from("table");
        for word in wanted.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
            if words.len() + word.len() < 100 {
                words = format!("{words}_{}", word.to_ascii_lowercase());
            }
        }
        let first = words.clone();
        let mut next = 2;
        while !self.names.insert(words.clone()) {
            words = format!("{first}_{next}");
            next += 1;
        }
        words
    }

    fn sheet(
        &mut self,
        tab: String,
        table: &'a Table,
        name: String,
        caveats: &[String],
        source: Option<&str>,
    ) -> Option<Sheet<'a>> {
        let rows: Vec<Vec<Entry>> = table
            .rows
            .iter()
            .map(|row| {
                let cells = row.cells.iter().map(|cell| match cell {
                    TableCell::Words(words) => Entry::words(words),
                    TableCell::Figure(shown) | TableCell::Stepped(_, shown) => {
                        Entry::Figure(*shown)
                    }
                });
                // A row that is shorter than the head has nothing to say in the rest.
                let rest = std::iter::repeat_with(|| Entry::words(""));
                let entries = std::iter::once(Entry::words(&row.head)).chain(cells).chain(rest);
                entries.take(table.head.len()).collect()
            })
            .collect();
        let notes = caveats.iter().map(|caveat| self.note(caveat)).collect();
        let title = table.caption.trim_end_matches('.').to_owned();
        let source = match source.filter(|source| !source.is_empty()) {
            Some(source) => format!("Source: {source}"),
            None => self.source.to_owned(),
        };
        let head: Vec<(&str, bool)> =
            table.head.iter().map(|head| (head.text.as_str(), head.numeric)).collect();
        let grid = grid(name, &title, &head, rows)?;
        let mut sheet = Sheet { tab, title, notes, lines: Vec::new(), grid: Some(grid) };
        let meanings = Symbol::ALL.iter().filter(|symbol| uses(&sheet, **symbol));
        sheet.lines = meanings
            .map(|s| format!("Shorthand: {} means {}.", s.shorthand(), s.meaning()))
            .chain([source])
            .map(Line::Words)
            .chain([Line::ToContents])
            .collect();
        Some(sheet)
    }

    /// The number of a note.
    fn note(&mut self, text: &str) -> usize {
        match self.notes.iter().position(|known| known == text) {
            Some(place) => place + 1,
            None => {
                self.notes.push(text.to_owned());
                self.notes.len()
            }
        }
    }
}

/// A table of at least one row.
fn grid<'a>(
    name: String,
    title: &str,
    head: &[(&str, bool)],
    rows: Vec<Vec<Entry<'a>>>,
) -> Option<Grid<'a>> {
    if rows.is_empty() || head.is_empty() {
        return None;
    }
    let mut taken = BTreeSet::new();
    let distinct = head.iter().map(|(text, numeric)| {
        let mut text = (*text).to_owned();
        let mut next = 2;
        while !taken.insert(text.to_lowercase()) {
            text = format!("{text} ({next})");
            next += 1;
        }
        Head { text, numeric: *numeric }
    });
    let head: Vec<Head> = distinct.collect();
    let columns: Vec<&str> = head.iter().map(|head| head.text.as_str()).collect();
    let alt = format!("{title}. Columns: {}.", columns.join(", "));
    Some(Grid { name, alt, head, rows })
}

/// The longest text of a cell, in characters: a spreadsheet cuts off what is higher than half a page.
const LONGEST: usize = 600;

/// A text in pieces that a cell can show, parted after commas.
fn in_pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for part in text.split_inclusive(", ") {
        match pieces.last_mut() {
            Some(piece) if piece.is_empty() || piece.len() + part.len() <= LONGEST => {
                piece.push_str(part);
            }
            _ => pieces.push(part.to_owned()),
        }
    }
    pieces
}

/// A worksheet that is a list of words; none if there is nothing to list. Where the last of a row is too
/// long for a cell, it goes on in the next row.
fn list<const N: usize>(
    tab: &str,
    title: &str,
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Option<Sheet<'static>> {
    let rows = rows.flat_map(|row| {
        let last = row.last().map_or_else(Vec::new, |text| in_pieces(text));
        last.into_iter().map(move |piece| {
            let before = row.iter().take(N - 1).cloned();
            before.chain([piece.trim_end().to_owned()]).map(Entry::words).collect()
        })
    });
    let rows: Vec<Vec<Entry<'static>>> = rows.collect();
    let grid =
        grid(format!("table_{}", tab.to_lowercase()), title, &head.map(|h| (h, false)), rows)?;
    let (tab, title) = (tab.to_owned(), title.to_owned());
    let lines = vec![Line::ToContents];
    Some(Sheet { tab, title, notes: Vec::new(), lines, grid: Some(grid) })
}

/// Links to all worksheets that come after the contents.
fn contents(sheets: &[(&str, Sheet<'_>)]) -> Sheet<'static> {
    let title = "Contents: the worksheets of this workbook".to_owned();
    let row = |(question, sheet): &(&str, Sheet<'_>)| {
        let link = Entry::Link { tab: sheet.tab.clone(), text: sheet.title.clone() };
        vec![link, Entry::words(sheet.tab.clone()), Entry::words((*question).to_owned())]
    };
    let head = [("Title", false), ("Worksheet", false), ("Question", false)];
    let grid = grid("table_contents".to_owned(), &title, &head, sheets.iter().map(row).collect());
    Sheet { tab: CONTENTS.to_owned(), title, notes: Vec::new(), lines: Vec::new(), grid }
}

/// What has to be known before any table is opened.
fn cover(document: &Document, page: &str) -> Sheet<'static> {
    let Document { council, audience, period, as_at, run, .. } = document;
    let mut lines = vec![
        Line::Words(council.clone()),
        Line::Words(format!("For {audience}. As at {as_at}. Run {run}.")),
    ];
    lines.extend(
        document.cover.iter().map(|(label, text)| Line::Words(format!("{label}: {text}."))),
    );
    lines.extend([
        Line::Heading("What this workbook holds"),
        Line::Words(format!(
            "Every table of the report and the table behind each of its charts, one to a worksheet. The report itself, with the charts, is {page} in the same folder."
        )),
        Line::Words(
            "A number is a number, rounded as it was published: nothing more exact is behind it. Where there is none, shorthand in square brackets says why. A nought is a true nought.".to_owned(),
        ),
        Line::ToContents,
    ]);
    if !document.notices.is_empty() {
        lines.push(Line::Heading("Before you read this"));
        lines.extend(document.notices.iter().cloned().map(Line::Words));
    }
    if !document.disclosure.is_empty() {
        lines.push(Line::Heading("What was hidden"));
        lines.push(Line::Words(document.disclosure.clone()));
    }
    Sheet {
        tab: "Cover".to_owned(),
        title: format!("{}, {period}", document.title),
        notes: Vec::new(),
        lines,
        grid: None,
    }
}
