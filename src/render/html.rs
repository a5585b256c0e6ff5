//! The page: one HTML file that needs no network and no script.
//!
//! `templates/page.html` is the page as a person can read it; askama checks it when the engine is
//! compiled. This file only gives it what a template cannot make: numbers of figures and tables,
//! names for links that are unique, and the charts.

use std::collections::BTreeSet;

use askama::Template;

use crate::protect::{Shown, Symbol};
use crate::render::chart::{self, Format};
use crate::render::{RenderError, anchor};
use crate::report::document::{
    Block, DefinitionNote, Document, Figure, Group, SoWhat, Table, TableCell,
};

/// The style of the page.
const STYLE: &str = include_str!("templates/page.css");

/// What `templates/page.html` is filled with.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    document: &'a Document,
    style: &'static str,
    run_as_css: String,
    sections: Vec<SectionView<'a>>,
    definitions: Vec<(String, &'a DefinitionNote)>,
    symbols: &'static [Symbol],
    workbook: &'a str,
}

struct SectionView<'a> {
    id: String,
    title: &'a str,
    intro: &'a str,
    blocks: Vec<BlockView<'a>>,
}

enum BlockView<'a> {
    Findings(&'a [String]),
    Group(&'a Group),
    SoWhat(&'a SoWhat),
    Figure(FigureView<'a>),
    Table(TableView<'a>),
    Folded(TableView<'a>),
    Note(&'a str),
}

struct FigureView<'a> {
    id: String,
    number: usize,
    figure: &'a Figure,
    wide: String,
    narrow: String,
    symbols: Vec<Symbol>,
    table: TableView<'a>,
    /// Whether two of its kind stand side by side on paper, as on two phones.
    is_half: bool,
}

struct TableView<'a> {
    id: String,
    /// The names of the words that tell it from other tables.
    labelled_by: String,
    /// Tables behind a figure have no number of their own.
    number: Option<usize>,
    table: &'a Table,
}

impl TableView<'_> {
    /// How it stands on paper: whether it fits on a page together with what stands around it, and whether
    /// it has too many columns for letters of the usual size.
    fn class(&self) -> &'static str {
        match (self.table.rows.len() <= 14, self.table.head.len() > 10) {
            (true, true) => "short many",
            (true, false) => "short",
            (false, true) => "many",
            (false, false) => "long",
        }
    }

    /// Whether it has more columns than a phone can show.
    fn is_wide(&self) -> bool {
        self.table.head.len() > 4
    }

    /// Whether its columns hold words alone, which need more room than numbers.
    fn is_words(&self) -> bool {
        self.table.head.iter().all(|head| !head.numeric)
    }

    /// Whether a column, counted without the row heads, holds numbers.
    fn numeric(&self, column: &usize) -> bool {
        self.table.head.get(column + 1).is_some_and(|head| head.numeric)
    }
}

/// The whole document as one self-contained page, with a link to the workbook of this name beside it.
///
/// # Errors
/// When a chart cannot be drawn or the template fails.
pub fn page(document: &Document, workbook: &str) -> Result<String, RenderError> {
    let mut names = Names::default();
    let mut figures = 0;
    let mut tables = 0;
    let sections = document
        .sections
        .iter()
        .map(|section| {
            Ok(SectionView {
                id: names.unique("section", &section.id),
                title: &section.title,
                intro: &section.intro,
                blocks: section
                    .blocks
                    .iter()
                    .map(|block| view(block, &mut names, &mut figures, &mut tables))
                    .collect::<Result<_, RenderError>>()?,
            })
        })
        .collect::<Result<_, RenderError>>()?;
    let definitions = document
        .definitions
        .iter()
        .map(|definition| (names.unique("definition", &definition.id), definition))
        .collect();
    let page = Page {
        document,
        style: STYLE,
        run_as_css: css_string(&document.run),
        sections,
        definitions,
        symbols: &Symbol::ALL,
        workbook,
    };
    Ok(page.render()?)
}

fn view<'a>(
    block: &'a Block,
    names: &mut Names,
    figures: &mut usize,
    tables: &mut usize,
) -> Result<BlockView<'a>, RenderError> {
    Ok(match block {
        Block::Findings(findings) => BlockView::Findings(findings),
        Block::Group(group) => BlockView::Group(group),
        Block::SoWhat(so_what) => BlockView::SoWhat(so_what),
        Block::Note(note) => BlockView::Note(note),
        Block::Table(table) => BlockView::Table(numbered(table, names, tables)),
        Block::Folded(table) => BlockView::Folded(numbered(table, names, tables)),
        Block::Figure(figure) => {
            *figures += 1;
            let id = names.unique("figure", &figure.id);
            BlockView::Figure(FigureView {
                number: *figures,
                figure,
                wide: chart::plot(figure, Format::Wide, &format!("{id}-wide"))?,
                narrow: chart::plot(figure, Format::Narrow, &format!("{id}-narrow"))?,
                symbols: chart::symbols(&figure.chart),
                is_half: chart::is_low(&figure.chart),
                table: TableView {
                    id: format!("{id}-table"),
                    labelled_by: format!("{id}-heading {id}-table"),
                    number: None,
                    table: &figure.table,
                },
                id,
            })
        }
    })
}

/// A table by itself, with its number.
fn numbered<'a>(table: &'a Table, names: &mut Names, tables: &mut usize) -> TableView<'a> {
    *tables += 1;
    let id = names.unique("table", &table.caption);
    TableView { labelled_by: id.clone(), id, number: Some(*tables), table }
}

/// Names for links, each used once.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn unique(&mut self, kind: &str, name: &str) -> String {
        let wanted = format!("{kind}-{}", anchor(name));
        let mut given = wanted.clone();
        let mut next = 2;
        while !self.0.insert(given.clone()) {
            given = format!("{wanted}-{next}");
            next += 1;
        }
        given
    }
}

/// Words as the content of a CSS string: anything but letters, digits and blanks is escaped, so
/// that no name can end the string or the style.
fn css_string(words: &str) -> String {
    words
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == ' ' || c == '-' {
                c.to_string()
            } else {
                format!("\\{:x} ", u32::from(c))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::demo;

    /// What stands between `before` and the next quotation mark, everywhere.
    fn quoted<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
        page.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn every_link_leads_somewhere_and_every_name_is_used_once() {
        let page = page(&demo::document(), "workbook.xlsx").expect("a page");
        let ids = quoted(&page, " id=\"");
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len());
        for list in ["href=\"#", "aria-labelledby=\""].map(|before| quoted(&page, before)).concat()
        {
            for name in list.split(' ') {
                assert!(distinct.contains(name), "{name}");
            }
        }
    }

    #[test]
    fn the_page_asks_nothing_of_the_network_and_runs_nothing() {
        let page = page(&demo::document(), "workbook.xlsx").expect("a page");
        let page = page.replace("http://www.w3.org/2000/svg", "");
        for word in [
            "http:",
            "https:",
            "<script",
            "src=",
            "@import",
            "url(",
            "onclick",
            "<link rel=\"style",
        ] {
            assert!(!page.contains(word), "{word}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn words_from_definitions_cannot_become_markup() {
        let mut document = demo::document();
        document.sections[0].title = "Do <b>scores</b> & rates last?".into();
        document.run = "a\"; } </style><b>".into();
        let page = page(&document, "workbook.xlsx").expect("a page");
        assert!(page.contains("Do &#60;b&#62;scores&#60;/b&#62; &#38; rates last?"));
        assert!(!page.contains("</style><b>"));
    }

    #[test]
    fn the_same_document_gives_the_same_page() {
        let twice = [(), ()].map(|()| page(&demo::document(), "workbook.xlsx").expect("a page"));
        assert_eq!(twice[0], twice[1]);
    }

    #[test]
    #[ignore = "writes the demonstration into the temporary folder, to be looked at"]
    fn write_the_demonstration() {
        let document = demo::document();
        let folder = std::env::temp_dir().join("early-help-demonstration");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(
            folder.join("index.html"),
            page(&document, "workbook.xlsx").expect("a page"),
        )
        .expect("a file");
        for block in document.sections.iter().flat_map(|section| &section.blocks) {
            let Block::Figure(figure) = block else { continue };
            let svg = chart::svg(figure).expect("a chart");
            let png = chart::png(&svg, chart::SCALE).expect("a picture");
            std::fs::write(folder.join(format!("{}.svg", figure.id)), svg).expect("a file");
            std::fs::write(folder.join(format!("{}.png", figure.id)), png).expect("a file");
        }
    }
}
