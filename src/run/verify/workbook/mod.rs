//! Opens a workbook of a run again and looks at it with every rule of an accessible spreadsheet, as the
//! UK Government Analysis Function's checklist and the tools that implement it have them.

mod open;
mod rules;
#[cfg(test)]
mod tests;

use open::Book;

/// What an accessible workbook must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The first worksheet is the cover, the second the contents, and there is one of each.
    CoverThenContents,
    /// Tabs have short names of letters, digits and `_`, each its own.
    Tabs,
    /// Worksheets, rows and columns are all to be seen.
    NothingHidden,
    /// The contents link to every other worksheet by its title.
    Contents,
    /// Every worksheet but the cover has one table that is marked as one.
    OneTable,
    /// The table begins in the first column with its header, and nothing stands below or beside it.
    TableAlone,
    /// The first cell is the title, and the second says how many tables follow.
    Title,
    /// No cell of the table and no row above it is blank.
    NoBlanks,
    /// Every column has a head of its own.
    Heads,
    /// A table with numbers says where they come from.
    Source,
    /// Titles and heads refer to every note, and every note is there.
    Notes,
    /// Shorthand is explained, and only what is used.
    Shorthand,
    /// No cells are merged.
    NothingMerged,
    /// No panes are frozen or split.
    NoPanes,
    /// No filters.
    NoFilters,
    /// No cell is coloured.
    NoFills,
    /// No pictures, charts, drawn shapes or comments.
    NoPictures,
    /// No macros, links to other files, data connections or embedded files.
    NothingForeign,
    /// Nothing in headers and footers of printed pages.
    NoHeadersAndFooters,
    /// The cover is open, and the cursor stands on the first cell of each worksheet.
    Cursor,
    /// The file has a title.
    DocumentTitle,
    /// The file's dates are those of the figures, not of the machine, and no path or user is named.
    NothingOfTheMachine,
    /// No formulas: they would be read before their results are.
    NoFormulas,
    /// A number is a number and not the text of one.
    NumbersAreNumbers,
    /// Every number says how many digits are shown.
    NumberFormats,
    /// The header is printed again on every page.
    HeaderOnEveryPage,
    /// Letters of 12 points or more, none raised or lowered.
    Letters,
    /// Columns are wide enough for their words.
    Widths,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 28] = [
        Self::CoverThenContents,
        Self::Tabs,
        Self::NothingHidden,
        Self::Contents,
        Self::OneTable,
        Self::TableAlone,
        Self::Title,
        Self::NoBlanks,
        Self::Heads,
        Self::Source,
        Self::Notes,
        Self::Shorthand,
        Self::NothingMerged,
        Self::NoPanes,
        Self::NoFilters,
        Self::NoFills,
        Self::NoPictures,
        Self::NothingForeign,
        Self::NoHeadersAndFooters,
        Self::Cursor,
        Self::DocumentTitle,
        Self::NothingOfTheMachine,
        Self::NoFormulas,
        Self::NumbersAreNumbers,
        Self::NumberFormats,
        Self::HeaderOnEveryPage,
        Self::Letters,
        Self::Widths,
    ];

    /// The rule in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::CoverThenContents => "a cover, then contents",
            Self::Tabs => "short tabs of letters and digits, each its own",
            Self::NothingHidden => "nothing hidden",
            Self::Contents => "contents that link to every worksheet by its title",
            Self::OneTable => "one marked table to a worksheet",
            Self::TableAlone => "the table in the first column, with nothing below or beside it",
            Self::Title => "a title in the first cell, and under it that one table follows",
            Self::NoBlanks => "no blank cells or rows",
            Self::Heads => "a head of its own for each column",
            Self::Source => "the source of each table of numbers",
            Self::Notes => "every note that is referred to, and a reference to every note",
            Self::Shorthand => "shorthand explained where it is used",
            Self::NothingMerged => "no merged cells",
            Self::NoPanes => "no frozen panes",
            Self::NoFilters => "no filters",
            Self::NoFills => "no coloured cells",
            Self::NoPictures => "no pictures or comments",
            Self::NothingForeign => "no macros, connections or other files",
            Self::NoHeadersAndFooters => "nothing in headers and footers",
            Self::Cursor => "the cover open, the cursor on every first cell",
            Self::DocumentTitle => "a title in the properties of the file",
            Self::NothingOfTheMachine => {
                "no time of day, path or user in the properties of the file"
            }
            Self::NoFormulas => "no formulas",
            Self::NumbersAreNumbers => "numbers that are numbers",
            Self::NumberFormats => "numbers shown with a fixed number of digits",
            Self::HeaderOnEveryPage => "the header on every printed page",
            Self::Letters => "letters of 12 points or more, none raised",
            Self::Widths => "columns wide enough for their words",
        }
    }

    /// Where a workbook breaks the rule.
    fn broken(self, book: &Book) -> Vec<String> {
        match self {
            Self::CoverThenContents => rules::cover_then_contents(book),
            Self::Tabs => rules::tabs(book),
            Self::NothingHidden => rules::hidden(book),
            Self::Contents => rules::contents(book),
            Self::OneTable => rules::one_table(book),
            Self::TableAlone => rules::table_alone(book),
            Self::Title => rules::title(book),
            Self::NoBlanks => rules::blanks(book),
            Self::Heads => rules::heads(book),
            Self::Source => rules::source(book),
            Self::Notes => rules::notes(book),
            Self::Shorthand => rules::shorthand(book),
            Self::NothingMerged => rules::merged(book),
            Self::NoPanes => rules::panes(book),
            Self::NoFilters => rules::filters(book),
            Self::NoFills => rules::fills(book),
            Self::NoPictures => rules::pictures(book),
            Self::NothingForeign => rules::foreign(book),
            Self::NoHeadersAndFooters => rules::headers_and_footers(book),
            Self::Cursor => rules::cursor(book),
            Self::DocumentTitle => rules::document_title(book),
            Self::NothingOfTheMachine => rules::of_the_machine(book),
            Self::NoFormulas => rules::formulas(book),
            Self::NumbersAreNumbers => rules::numbers(book),
            Self::NumberFormats => rules::number_formats(book),
            Self::HeaderOnEveryPage => rules::header_on_every_page(book),
            Self::Letters => rules::letters(book),
            Self::Widths => rules::widths(book),
        }
    }
}

/// Looks at a workbook with every rule; gives for each where it is broken, if it is.
///
/// # Errors
/// When it cannot be opened, in words.
pub fn look(bytes: &[u8]) -> Result<Vec<(Rule, Vec<String>)>, String> {
    let book = open::open(bytes)?;
    Ok(Rule::ALL.into_iter().map(|rule| (rule, rule.broken(&book))).collect())
}
