//! A document as PDF: pages of A4, tagged to PDF/UA-1, so that it can be read aloud, searched and reflowed.
//!
//! typst lays the pages out from `templates/document.typ`. It is given a closed world: the template, the document as
//! JSON, the charts and four faces of a font; no disk, no network, no clock. An untitled document or a picture without
//! a text alternative is an error there, so that an inaccessible file cannot be written.

use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::calendar::Day;
use crate::definitions::words::AGREED;
use crate::protect::Symbol;
use crate::render::{RenderError, chart};
use crate::report::document::{Block, Document, Figure, Table, TableCell};

const TEMPLATE: &str = include_str!("templates/document.typ");

/// The document as a PDF, with the name of the workbook beside it.
///
/// # Errors
/// When a chart cannot be drawn, or the document would not be accessible.
pub fn pdf(document: &Document, workbook: &str) -> Result<Vec<u8>, RenderError> {
    let (paper, charts) = paper(document, workbook)?;
    let failed = |errors: &[SourceDiagnostic]| {
        let why = errors.first().map(|error| error.message.to_string()).unwrap_or_default();
        RenderError::Pdf(format!("{}, for {}: {why}", document.title, document.audience))
    };
    let world = Closed::new(&paper, charts)?;
    let laid_out = typst::compile::<PagedDocument>(&world);
    let pages = laid_out.output.map_err(|errors| failed(&errors))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]);
    let options = PdfOptions {
        // The same document has the same identifier.
        ident: Smart::Custom(format!("{} {} {}", document.run, document.audience, document.title)),
        standards: standards.map_err(|e| RenderError::Pdf(e.message().to_string()))?,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&pages, &options).map_err(|errors| failed(&errors));
    // Documents have little in common, and a run may have many.
    typst::comemo::evict(0);
    bytes
}

/// All that the template can see.
struct Closed {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    files: Vec<(FileId, Bytes)>,
}

impl Closed {
    fn new(paper: &Paper<'_>, charts: Vec<String>) -> Result<Self, RenderError> {
        let faces = [
            dejavu::sans::regular(),
            dejavu::sans::bold(),
            dejavu::sans_condensed::regular(),
            dejavu::sans_condensed::bold(),
        ];
        let fonts: Vec<Font> = faces.into_iter().flat_map(|f| Font::iter(Bytes::new(f))).collect();
        let json = serde_json::to_vec(paper).map_err(|e| RenderError::Pdf(e.to_string()))?;
        let mut files = vec![(file("document.json")?, Bytes::new(json))];
        for (at, svg) in charts.into_iter().enumerate() {
            files.push((file(&format!("charts/{}", chart_name(at)))?, Bytes::from_string(svg)));
        }
        Ok(Self {
            library: LazyHash::new(
                Library::builder()
                    .with_features([Feature::A11yExtras].into_iter().collect())
                    .build(),
            ),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            main: Source::new(file("document.typ")?, TEMPLATE.to_owned()),
            files,
        })
    }
}

fn file(name: &str) -> Result<FileId, RenderError> {
    let path = VirtualPath::new(name).map_err(|e| RenderError::Pdf(format!("{e:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn chart_name(at: usize) -> String {
    format!("{at}.svg")
}

impl World for Closed {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(of, _)| *of == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// What the template is given.
#[derive(Serialize)]
struct Paper<'d> {
    title: &'d str,
    council: &'d str,
    audience: &'d str,
    period: String,
    as_at: String,
    date: Date,
    run: &'d str,
    workbook: &'d str,
    notices: &'d [String],
    cover: Vec<Entry<'d>>,
    sections: Vec<Part<'d>>,
    behind: Vec<Grid<'d>>,
    definitions: Vec<Definition<'d>>,
    shorthand: Vec<Entry<'d>>,
    disclosure: &'d str,
}

#[derive(Serialize)]
struct Date {
    year: i32,
    month: u32,
    day: u32,
}

#[derive(Serialize)]
struct Entry<'d> {
    label: &'d str,
    text: &'d str,
}

#[derive(Serialize)]
struct Definition<'d> {
    title: &'d str,
    text: String,
}

#[derive(Serialize)]
struct Part<'d> {
    title: &'d str,
    intro: &'d str,
    blocks: Vec<Piece<'d>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Piece<'d> {
    Findings { lines: &'d [String] },
    Group { title: &'d str, lines: &'d [String] },
    SoWhat { title: &'d str, answers: Vec<Entry<'d>> },
    Note { text: &'d str },
    InWorkbook { text: String },
    Table { table: Grid<'d> },
    Figure { title: &'d str, subtitle: &'d str, alt: &'d str, chart: String, small: Vec<String> },
}

#[derive(Serialize)]
struct Grid<'d> {
    caption: String,
    head: Vec<ColumnHead<'d>>,
    rows: Vec<Line<'d>>,
}

#[derive(Serialize)]
struct ColumnHead<'d> {
    text: &'d str,
    numeric: bool,
}

#[derive(Serialize)]
struct Line<'d> {
    head: &'d str,
    cells: Vec<String>,
}

/// The document as the template takes it, and its charts in order.
fn paper<'d>(
    document: &'d Document,
    workbook: &'d str,
) -> Result<(Paper<'d>, Vec<String>), RenderError> {
    let (mut charts, mut behind, mut sections) = (Vec::new(), Vec::new(), Vec::new());
    for section in &document.sections {
        let mut blocks = Vec::new();
        for block in &section.blocks {
            blocks.extend(piece(block, &mut charts, &mut behind)?);
        }
        sections.push(Part { title: &section.title, intro: &section.intro, blocks });
    }
    let shorthand = Symbol::ALL.iter().map(|s| Entry { label: s.shorthand(), text: s.meaning() });
    let as_at: Day = document.as_at;
    let paper = Paper {
        title: &document.title,
        council: &document.council,
        audience: &document.audience,
        period: document.period.to_string(),
        as_at: as_at.to_string(),
        date: Date { year: as_at.year(), month: as_at.month(), day: as_at.day_of_month() },
        run: &document.run,
        workbook,
        notices: &document.notices,
        cover: document.cover.iter().map(|(label, text)| Entry { label, text }).collect(),
        sections,
        behind,
        definitions: document
            .definitions
            .iter()
            .map(|d| Definition {
                title: &d.title,
                // All that is said of it is in the workbook; what was agreed on is what readers ask first.
                text: (d.lines.iter().take(1))
                    .chain(d.lines.iter().filter(|(label, _)| label == AGREED))
                    .map(|(label, text)| format!("{label}: {text}"))
                    .collect::<Vec<_>>()
                    .join(" "),
            })
            .collect(),
        shorthand: shorthand.chain([Entry { label: "0", text: "a true nought" }]).collect(),
        disclosure: &document.disclosure,
    };
    Ok((paper, charts))
}

fn piece<'d>(
    block: &'d Block,
    charts: &mut Vec<String>,
    behind: &mut Vec<Grid<'d>>,
) -> Result<Option<Piece<'d>>, RenderError> {
    Ok(match block {
        Block::Findings(lines) if lines.is_empty() => None,
        Block::Findings(lines) => Some(Piece::Findings { lines }),
        Block::Group(group) => Some(Piece::Group { title: &group.title, lines: &group.findings }),
        Block::SoWhat(so_what) => {
            let lines = so_what.lines.iter();
            let answers = lines.map(|(label, text)| Entry { label, text }).collect();
            Some(Piece::SoWhat { title: &so_what.title, answers })
        }
        Block::Note(text) => Some(Piece::Note { text }),
        Block::Table(table) => Some(Piece::Table { table: grid(table, table.caption.clone()) }),
        // It is to look something up in.
        Block::Folded(table) => {
            Some(Piece::InWorkbook { text: format!("In the workbook: {}.", table.caption) })
        }
        Block::Figure(figure) => {
            let id = format!("figure-{}", charts.len() + 1);
            charts.push(chart::plot(figure, chart::Format::Wide, &id)?);
            behind.push(grid(
                &figure.table,
                format!("Behind Figure {}: {}", charts.len(), figure.title),
            ));
            Some(of_figure(figure, charts.len() - 1))
        }
    })
}

fn of_figure(figure: &Figure, at: usize) -> Piece<'_> {
    let symbols = chart::symbols(&figure.chart);
    let symbols = symbols.iter().map(|s| format!("{} {}", s.shorthand(), s.meaning()));
    let source = (!figure.source.is_empty()).then(|| format!("Source: {}", figure.source));
    Piece::Figure {
        title: &figure.title,
        subtitle: &figure.subtitle,
        alt: &figure.alt,
        chart: chart_name(at),
        small: figure.caveats.iter().cloned().chain(symbols).chain(source).collect(),
    }
}

fn grid(table: &Table, caption: String) -> Grid<'_> {
    let cell = |cell: &TableCell| match cell {
        TableCell::Words(words) => words.clone(),
        TableCell::Figure(shown) => shown.to_string(),
        TableCell::Stepped(direction, shown) => format!("{} {shown}", direction.sign()),
    };
    let head = table.head.iter().map(|h| ColumnHead { text: &h.text, numeric: h.numeric });
    let rows = table.rows.iter();
    Grid {
        caption,
        head: head.collect(),
        rows: rows
            .map(|r| Line { head: &r.head, cells: r.cells.iter().map(cell).collect() })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::demo;
    use crate::run::verify::pdf::{Rule, look};

    fn broken(bytes: &[u8]) -> Vec<(Rule, Vec<String>)> {
        let looked = look(bytes, &demo::document().as_at.iso()).expect("it opens");
        looked.into_iter().filter(|(_, places)| !places.is_empty()).collect()
    }

    #[test]
    fn every_kind_of_block_and_chart_keeps_every_rule() {
        let bytes = pdf(&demo::document(), "workbook.xlsx").expect("a PDF");
        assert_eq!(broken(&bytes), []);
    }

    #[test]
    fn the_same_document_gives_the_same_pdf() {
        let twice = [(), ()].map(|()| pdf(&demo::document(), "workbook.xlsx").expect("a PDF"));
        assert!(twice[0] == twice[1]);
    }

    #[test]
    fn words_from_definitions_cannot_become_markup() {
        let mut document = demo::document();
        document.title = "#panic() *x* $y$ <b> \\ @here".into();
        document.sections[0].title = "= One // two #[three]".into();
        let bytes = pdf(&document, "workbook.xlsx").expect("a PDF");
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            text.contains("#panic() *x* $y$ &lt;b> \\ @here")
                || text.contains("#panic() *x* $y$ &lt;b&gt; \\ @here")
        );
    }

    #[test]
    fn a_figure_without_a_text_alternative_is_found() {
        let mut document = demo::document();
        for block in document.sections.iter_mut().flat_map(|s| &mut s.blocks) {
            if let Block::Figure(figure) = block {
                figure.alt.clear();
                break;
            }
        }
        match pdf(&document, "workbook.xlsx") {
            Err(RenderError::Pdf(_)) => {}
            other => {
                let found = broken(&other.expect("a PDF"));
                assert!(found.iter().any(|(rule, _)| *rule == Rule::Alternatives), "{found:?}");
            }
        }
    }

    /// Something of a sound PDF is spoilt, and the rule about it is the one that is found broken.
    #[test]
    fn each_rule_finds_what_breaks_it() {
        use lopdf::{Dictionary, Document as Opened, Object};

        let sound = pdf(&demo::document(), "workbook.xlsx").expect("a PDF");
        let spoilt = |spoil: &dyn Fn(&mut Opened)| {
            let mut opened = Opened::load_mem(&sound).expect("it opens");
            spoil(&mut opened);
            let mut bytes = Vec::new();
            opened.save_to(&mut bytes).expect("it can be saved");
            broken(&bytes).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>()
        };
        let catalog = |key: &'static str| {
            move |pdf: &mut Opened| {
                pdf.catalog_mut().expect("a catalog").remove(key.as_bytes());
            }
        };
        let each = |of: &'static str, change: fn(&mut Dictionary)| {
            move |pdf: &mut Opened| {
                for object in pdf.objects.values_mut() {
                    let Ok(dictionary) = object.as_dict_mut() else { continue };
                    let names = ["Type", "S"].map(|key| {
                        let name = dictionary.get(key.as_bytes()).and_then(Object::as_name);
                        name.is_ok_and(|name| name == of.as_bytes())
                    });
                    if names.contains(&true) {
                        change(dictionary);
                    }
                }
            }
        };
        assert_eq!(spoilt(&|_| ()), []);
        assert_eq!(spoilt(&catalog("Lang")), [Rule::Language]);
        assert_eq!(spoilt(&catalog("Outlines")), [Rule::Outline]);
        assert_eq!(spoilt(&catalog("MarkInfo")), [Rule::Tagged]);
        assert_eq!(spoilt(&catalog("ViewerPreferences")), [Rule::Title]);
        assert_eq!(spoilt(&catalog("Metadata")), [Rule::Declared, Rule::Title, Rule::Date]);
        let spoil = each("Figure", |figure| {
            figure.remove(b"Alt");
        });
        assert_eq!(spoilt(&spoil), [Rule::Alternatives]);
        let spoil = each("TH", |cell| cell.set("S", Object::Name(b"TD".to_vec())));
        assert_eq!(spoilt(&spoil), [Rule::TableHeads]);
        let spoil = each("H1", |heading| heading.set("S", Object::Name(b"H3".to_vec())));
        assert_eq!(spoilt(&spoil), [Rule::Headings]);
        let spoil = each("FontDescriptor", |font| {
            for file in ["FontFile", "FontFile2", "FontFile3"] {
                font.remove(file.as_bytes());
            }
        });
        assert_eq!(spoilt(&spoil), [Rule::Fonts]);
        let spoil = each("Page", |page| {
            page.remove(b"Tabs");
        });
        assert_eq!(spoilt(&spoil), [Rule::Pages]);
    }
}
