//! A workbook as a checker sees it: the cells of each worksheet by `calamine`, and what else stands in
//! the XML parts of the file, where the settings are that a reader of cells does not meet.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Reader, SheetVisible, Xlsx};
use quick_xml::XmlVersion;
use quick_xml::encoding::Decoder;
use quick_xml::events::{BytesStart, Event};

/// A cell by row and column, from 0.
pub(super) type At = (usize, usize);

/// A workbook that was opened again.
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    /// The names of all parts of the file.
    pub(super) parts: Vec<String>,
    pub(super) styles: Vec<Element>,
    pub(super) workbook: Vec<Element>,
    pub(super) strings: Vec<Element>,
    pub(super) properties: Vec<Element>,
}

/// One worksheet.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) visible: bool,
    /// What stands in it, as far as anything does; the first cell is the first of the worksheet.
    pub(super) cells: Vec<Vec<Data>>,
    pub(super) merged: usize,
    pub(super) elements: Vec<Element>,
    /// The parts that it refers to, by their type.
    pub(super) related: Vec<String>,
    pub(super) tables: Vec<MarkedTable>,
}

/// A range that is marked as a table.
pub(super) struct MarkedTable {
    pub(super) first: At,
    pub(super) last: At,
    pub(super) has_header: bool,
    pub(super) has_filter: bool,
}

/// An element of XML without its children.
pub(super) struct Element {
    pub(super) name: String,
    pub(super) parent: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) text: String,
}

impl Element {
    pub(super) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    /// Whether a yes-or-no attribute says yes.
    pub(super) fn yes(&self, attribute: &str) -> bool {
        matches!(self.get(attribute), Some("1" | "true"))
    }
}

/// The elements of this name.
pub(super) fn named<'a>(
    elements: &'a [Element],
    name: &'static str,
) -> impl Iterator<Item = &'a Element> {
    elements.iter().filter(move |element| element.name == name)
}

impl Sheet {
    /// The words of a cell; of numbers and blanks none.
    pub(super) fn words(&self, (row, column): At) -> &str {
        match self.cells.get(row).and_then(|cells| cells.get(column)) {
            Some(Data::String(words)) => words,
            _ => "",
        }
    }

    /// The cells of the table below its header, row by row.
    pub(super) fn body(&self) -> impl Iterator<Item = (At, &Data)> {
        let of = |table: &MarkedTable| (table.first, table.last);
        let bounds = self.tables.first().map(of);
        bounds.into_iter().flat_map(move |((top, left), (bottom, right))| {
            (top + 1..=bottom).flat_map(move |row| {
                (left..=right).map(move |column| ((row, column), self.cell((row, column))))
            })
        })
    }

    /// The heads of the table.
    pub(super) fn heads(&self) -> Vec<&str> {
        self.tables.first().map_or_else(Vec::new, |table| {
            let (row, first) = table.first;
            (first..=table.last.1).map(|column| self.words((row, column))).collect()
        })
    }

    fn cell(&self, (row, column): At) -> &Data {
        self.cells.get(row).and_then(|cells| cells.get(column)).unwrap_or(&Data::Empty)
    }
}

/// Opens a workbook.
///
/// # Errors
/// When it is none, in words.
pub(super) fn open(bytes: &[u8]) -> Result<Book, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let parts: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let mut texts = BTreeMap::new();
    for name in parts.iter().filter(|n| n.ends_with(".xml") || n.ends_with(".rels")) {
        let mut text = String::new();
        let mut part = archive.by_name(name).map_err(|e| e.to_string())?;
        part.read_to_string(&mut text).map_err(|e| format!("{name}: {e}"))?;
        texts.insert(name.clone(), text);
    }
    let part = |name: &str| elements(texts.get(name).map_or("", String::as_str));
    let mut cells: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let workbook = part("xl/workbook.xml")?;
    let targets = relations(&part("xl/_rels/workbook.xml.rels")?);
    let mut sheets = Vec::new();
    for (entry, about) in named(&workbook, "sheet").zip(cells.sheets_metadata().to_vec()) {
        let name = entry.get("name").unwrap_or_default().to_owned();
        let target = entry.get("r:id").and_then(|id| targets.get(id)).map(|(_, target)| target);
        let path = format!("xl/{}", target.map_or("", String::as_str));
        let range = cells.worksheet_range(&name).map_err(|e| format!("{name}: {e}"))?;
        let merged = cells.merge_cells_by_sheet_name(&name).map_err(|e| e.to_string())?;
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
        let related = relations(&part(&format!("{folder}/_rels/{file}.rels"))?);
        let tables = related.values().filter(|(kind, _)| kind == "table");
        let tables = tables
            .map(|(_, target)| table(&part(&format!("xl/{}", target.trim_start_matches("../")))?))
            .collect::<Result<_, String>>()?;
        let end = range.end().map_or((0, 0), |(row, column)| (row as usize, column as usize));
        let value = |row: usize, column: usize| {
            let place = (u32::try_from(row).ok()?, u32::try_from(column).ok()?);
            range.get_value(place).cloned()
        };
        let row = |row| (0..=end.1).map(move |c| value(row, c).unwrap_or_default()).collect();
        sheets.push(Sheet {
            visible: about.visible == SheetVisible::Visible,
            cells: (0..=end.0).map(row).collect(),
            merged: merged.len(),
            elements: part(&path)?,
            related: related.into_values().map(|(kind, _)| kind).collect(),
            tables,
            name,
        });
    }
    Ok(Book {
        sheets,
        styles: part("xl/styles.xml")?,
        strings: part("xl/sharedStrings.xml")?,
        properties: part("docProps/core.xml")?,
        workbook,
        parts,
    })
}

/// What a part refers to: type and target by the name of the relation.
fn relations(elements: &[Element]) -> BTreeMap<String, (String, String)> {
    let relation = |element: &Element| {
        let kind = element.get("Type")?.rsplit('/').next()?.to_owned();
        Some((element.get("Id")?.to_owned(), (kind, element.get("Target")?.to_owned())))
    };
    named(elements, "Relationship").filter_map(relation).collect()
}

fn table(elements: &[Element]) -> Result<MarkedTable, String> {
    let table = named(elements, "table").next().ok_or("a table without a description")?;
    let range = table.get("ref").unwrap_or_default();
    let (first, last) = range.split_once(':').unwrap_or((range, range));
    Ok(MarkedTable {
        first: address(first).ok_or("a table without a place")?,
        last: address(last).ok_or("a table without a place")?,
        has_header: table.get("headerRowCount") != Some("0"),
        has_filter: named(elements, "autoFilter").next().is_some(),
    })
}

/// `B3` as row and column from 0.
pub(super) fn address(text: &str) -> Option<At> {
    let letters = text.find(|c: char| c.is_ascii_digit())?;
    let (column, row) = text.split_at(letters);
    let column = column.bytes().try_fold(0_usize, |sum, letter| {
        let letter = letter.is_ascii_uppercase().then(|| usize::from(letter - b'A') + 1)?;
        Some(sum * 26 + letter)
    })?;
    Some((row.parse::<usize>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

/// All elements of a part, in order, each with the name of what it stands in.
fn elements(xml: &str) -> Result<Vec<Element>, String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let decoder = reader.decoder();
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(start) => {
                found.push(element(&start, decoder, open.last().and_then(|at| found.get(*at)))?);
                open.push(found.len() - 1);
            }
            Event::Empty(start) => {
                found.push(element(&start, decoder, open.last().and_then(|at| found.get(*at)))?);
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|e| e.to_string())?;
                if let Some(element) = open.last().and_then(|at| found.get_mut(*at)) {
                    element.text.push_str(&text);
                }
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

fn element(
    start: &BytesStart<'_>,
    decoder: Decoder,
    parent: Option<&Element>,
) -> Result<Element, String> {
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute
            .decoded_and_normalized_value(XmlVersion::Implicit1_0, decoder)
            .map_err(|e| e.to_string())?
            .into_owned();
        attributes.insert(String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value);
    }
    let name = start.local_name();
    Ok(Element {
        name: String::from_utf8_lossy(name.as_ref()).into_owned(),
        parent: parent.map_or_else(String::new, |parent| parent.name.clone()),
        attributes,
        text: String::new(),
    })
}
