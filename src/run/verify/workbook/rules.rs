//! Each rule of an accessible workbook: where it is broken. A place is a tab, or a tab and a cell; what
//! stands in the cell is never told.

use std::collections::{BTreeMap, BTreeSet};

use calamine::Data;

use super::open::{At, Book, Element, Sheet, address, named};

/// Where a rule is broken.
type Places = Vec<String>;

const CONTENTS: &str = "Contents";
const NOTES: &str = "Notes";
const SHORTHAND: &str = "Shorthand";

/// The worksheets on which a test finds something.
fn sheets_where(book: &Book, wrong: impl Fn(&Sheet) -> bool) -> Places {
    book.sheets.iter().filter(|sheet| wrong(sheet)).map(|sheet| sheet.name.clone()).collect()
}

/// The worksheets that hold a table: all but the cover.
fn of_tables(book: &Book) -> impl Iterator<Item = &Sheet> {
    book.sheets.iter().skip(1)
}

/// `Figure_3 B7`.
fn place(sheet: &Sheet, (row, column): At) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        let letter = u8::try_from((left - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + letter));
        left = (left - 1) / 26;
    }
    format!("{} {letters}{}", sheet.name, row + 1)
}

/// A title without its references to notes.
fn without_notes(title: &str) -> &str {
    title.split(" [note ").next().unwrap_or(title)
}

pub(super) fn cover_then_contents(book: &Book) -> Places {
    let at = |name: &str| {
        let all = book.sheets.iter().enumerate();
        all.filter(|(_, sheet)| sheet.name == name).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let wrong =
        [("Cover", 0), (CONTENTS, 1)].into_iter().filter(|(name, wanted)| at(name) != [*wanted]);
    wrong.map(|(name, _)| name.to_owned()).collect()
}

pub(super) fn tabs(book: &Book) -> Places {
    let mut taken = BTreeSet::new();
    let mut wrong = Places::new();
    for sheet in &book.sheets {
        let name = &sheet.name;
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
        if !(plain && first && name.len() <= 31 && taken.insert(name.to_lowercase())) {
            wrong.push(name.clone());
        }
    }
    wrong
}

pub(super) fn hidden(book: &Book) -> Places {
    sheets_where(book, |sheet| {
        let rows_and_columns = sheet.elements.iter().filter(|e| e.name == "row" || e.name == "col");
        let mut all = named(&sheet.elements, "sheetFormatPr");
        !sheet.visible
            || rows_and_columns.into_iter().any(|e| e.yes("hidden") || e.get("ht") == Some("0"))
            || all.any(|e| e.yes("zeroHeight"))
    })
}

pub(super) fn contents(book: &Book) -> Places {
    let Some(contents) = book.sheets.iter().find(|sheet| sheet.name == CONTENTS) else {
        return vec![CONTENTS.to_owned()];
    };
    let links: BTreeMap<At, &str> = named(&contents.elements, "hyperlink")
        .filter_map(|link| Some((address(link.get("ref")?)?, link.get("location")?)))
        .collect();
    let mut missing: BTreeMap<&str, &Sheet> =
        book.sheets.iter().skip(2).map(|sheet| (sheet.name.as_str(), sheet)).collect();
    let mut wrong = Places::new();
    let first_column = contents.body().filter(|((_, column), _)| *column == 0);
    for (at, _) in first_column {
        let target = links.get(&at).and_then(|location| location.split_once('!'));
        let tab = target.map_or("", |(tab, _)| tab.trim_matches('\''));
        match missing.remove(tab) {
            Some(sheet) if without_notes(sheet.words((0, 0))) == contents.words(at) => {}
            _ => wrong.push(place(contents, at)),
        }
    }
    wrong.extend(missing.into_keys().map(str::to_owned));
    wrong
}

pub(super) fn one_table(book: &Book) -> Places {
    let cover = book.sheets.iter().take(1).filter(|sheet| !sheet.tables.is_empty());
    let others = of_tables(book).filter(|sheet| sheet.tables.len() != 1);
    cover.chain(others).map(|sheet| sheet.name.clone()).collect()
}

pub(super) fn table_alone(book: &Book) -> Places {
    let wrong = of_tables(book).filter(|sheet| {
        sheet.tables.iter().any(|table| {
            let rows = sheet.cells.len();
            let columns = sheet.cells.first().map_or(0, Vec::len);
            table.first.1 != 0
                || !table.has_header
                || table.last.0 + 1 != rows
                || table.last.1 + 1 < columns
        })
    });
    wrong.map(|sheet| sheet.name.clone()).collect()
}

pub(super) fn title(book: &Book) -> Places {
    let says = "This worksheet contains one table.";
    let untitled = book.sheets.iter().filter(|sheet| sheet.words((0, 0)).trim().is_empty());
    let silent = of_tables(book).filter(|sheet| sheet.words((1, 0)) != says);
    let mut wrong: Places = untitled.map(|sheet| place(sheet, (0, 0))).collect();
    wrong.extend(silent.map(|sheet| place(sheet, (1, 0))));
    wrong
}

fn blank(data: &Data) -> bool {
    match data {
        Data::Empty => true,
        Data::String(words) => words.trim().is_empty(),
        _ => false,
    }
}

pub(super) fn blanks(book: &Book) -> Places {
    let mut wrong = Places::new();
    for sheet in &book.sheets {
        let above = sheet.tables.first().map_or(sheet.cells.len(), |table| table.first.0);
        let rows = (0..above).filter(|row| sheet.words((*row, 0)).trim().is_empty());
        wrong.extend(rows.map(|row| place(sheet, (row, 0))));
        let cells = sheet.body().filter(|(_, data)| blank(data));
        wrong.extend(cells.map(|(at, _)| place(sheet, at)));
    }
    wrong
}

pub(super) fn heads(book: &Book) -> Places {
    sheets_where(book, |sheet| {
        let heads = sheet.heads();
        let distinct: BTreeSet<String> =
            heads.iter().map(|head| head.trim().to_lowercase()).collect();
        distinct.len() != heads.len() || distinct.contains("")
    })
}

pub(super) fn source(book: &Book) -> Places {
    sheets_where(book, |sheet| {
        let above = sheet.tables.first().map_or(0, |table| table.first.0);
        let numbers = sheet.body().any(|(_, data)| matches!(data, Data::Float(_) | Data::Int(_)));
        numbers && !(0..above).any(|row| sheet.words((row, 0)).starts_with("Source: "))
    })
}

/// The numbers in `[note 3]`, in order.
fn references(text: &str) -> Vec<&str> {
    text.split("[note ").skip(1).filter_map(|rest| rest.split(']').next()).collect()
}

pub(super) fn notes(book: &Book) -> Places {
    let noted = book.sheets.iter().find(|sheet| sheet.name == NOTES);
    let first_column = noted.into_iter().flat_map(Sheet::body).filter(|((_, c), _)| *c == 0);
    let mut unused: BTreeSet<String> = first_column
        .filter_map(|(_, data)| Some(data.to_string().strip_prefix("Note ")?.to_owned()))
        .collect();
    let known = unused.clone();
    let mut wrong = Places::new();
    for sheet in of_tables(book) {
        let title = sheet.words((0, 0));
        let heads = sheet.heads();
        let named: Vec<&str> = std::iter::once(title).chain(heads).flat_map(references).collect();
        let says = sheet.words((2, 0)).starts_with("This table contains notes");
        if named.iter().any(|number| !known.contains(*number)) || says == named.is_empty() {
            wrong.push(place(sheet, (0, 0)));
        }
        for number in named {
            unused.remove(number);
        }
        let inside = sheet.body().filter(|(_, data)| !references(&data.to_string()).is_empty());
        wrong.extend(inside.map(|(at, _)| place(sheet, at)));
    }
    wrong.extend(unused.into_iter().map(|number| format!("{NOTES} {number}")));
    wrong
}

/// The shorthand within a text: small letters in square brackets.
fn shorthand_in(text: &str) -> impl Iterator<Item = &str> {
    let brackets = text.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    let short = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    brackets.map(|(word, _)| word).filter(short)
}

pub(super) fn shorthand(book: &Book) -> Places {
    let words_of = |data: &Data| match data {
        Data::String(words) => shorthand_in(words).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let explained = book.sheets.iter().find(|sheet| sheet.name == SHORTHAND);
    let first_column = explained.into_iter().flat_map(Sheet::body).filter(|((_, c), _)| *c == 0);
    let known: BTreeSet<String> = first_column.flat_map(|(_, data)| words_of(data)).collect();
    let mut unused = known.clone();
    let mut wrong = Places::new();
    for sheet in of_tables(book).filter(|sheet| sheet.name != SHORTHAND) {
        let above = sheet.tables.first().map_or(0, |table| table.first.0);
        let said: BTreeSet<String> = (0..above)
            .filter_map(|row| sheet.words((row, 0)).strip_prefix("Shorthand: "))
            .flat_map(|line| shorthand_in(line).map(str::to_owned).collect::<Vec<_>>())
            .collect();
        // On worksheets of words alone it is enough that the shorthand is explained in its own place.
        let of_figures = sheet.name.starts_with("Table_") || sheet.name.starts_with("Figure_");
        for (at, data) in sheet.body() {
            for word in words_of(data) {
                unused.remove(&word);
                if !known.contains(&word) || (of_figures && !said.contains(&word)) {
                    wrong.push(place(sheet, at));
                }
            }
        }
    }
    wrong.extend(unused.into_iter().map(|word| format!("{SHORTHAND} {word}")));
    wrong
}

pub(super) fn merged(book: &Book) -> Places {
    sheets_where(book, |sheet| sheet.merged > 0)
}

pub(super) fn panes(book: &Book) -> Places {
    sheets_where(book, |sheet| named(&sheet.elements, "pane").next().is_some())
}

pub(super) fn filters(book: &Book) -> Places {
    sheets_where(book, |sheet| {
        named(&sheet.elements, "autoFilter").next().is_some()
            || sheet.tables.iter().any(|table| table.has_filter)
    })
}

pub(super) fn fills(book: &Book) -> Places {
    let fills = named(&book.styles, "patternFill");
    let coloured =
        fills.filter(|fill| !matches!(fill.get("patternType"), None | Some("none" | "gray125")));
    let gradients = named(&book.styles, "gradientFill");
    let mut wrong: Places = coloured.chain(gradients).map(|_| "styles".to_owned()).collect();
    wrong.extend(sheets_where(book, |sheet| {
        ["tabColor", "conditionalFormatting"]
            .iter()
            .any(|name| named(&sheet.elements, name).next().is_some())
    }));
    wrong
}

pub(super) fn pictures(book: &Book) -> Places {
    let drawn =
        ["drawing", "image", "vmlDrawing", "comments", "threadedComment", "chart", "oleObject"];
    sheets_where(book, |sheet| sheet.related.iter().any(|kind| drawn.contains(&kind.as_str())))
}

pub(super) fn foreign(book: &Book) -> Places {
    let foreign = [
        "vbaProject",
        "macrosheets",
        "externalLinks",
        "connections",
        "embeddings",
        "customXml",
        "activeX",
        "ctrlProps",
        "queryTables",
        "pivotCache",
        "printerSettings",
        "customUI",
        "media",
    ];
    let parts = book.parts.iter().filter(|part| foreign.iter().any(|name| part.contains(name)));
    parts.cloned().collect()
}

pub(super) fn headers_and_footers(book: &Book) -> Places {
    sheets_where(book, |sheet| named(&sheet.elements, "headerFooter").next().is_some())
}

pub(super) fn cursor(book: &Book) -> Places {
    let mut wrong = sheets_where(book, |sheet| {
        named(&sheet.elements, "selection")
            .any(|at| !matches!(at.get("activeCell"), None | Some("A1")))
            || named(&sheet.elements, "sheetView")
                .any(|view| !matches!(view.get("topLeftCell"), None | Some("A1")))
    });
    let opened = named(&book.workbook, "workbookView").any(|view| {
        [view.get("activeTab"), view.get("firstSheet")].iter().flatten().any(|at| *at != "0")
    });
    wrong.extend(opened.then(|| "workbook".to_owned()));
    wrong
}

pub(super) fn document_title(book: &Book) -> Places {
    let titled = named(&book.properties, "title").any(|title| !title.text.trim().is_empty());
    if titled { Places::new() } else { vec!["properties".to_owned()] }
}

pub(super) fn of_the_machine(book: &Book) -> Places {
    let text =
        |name| named(&book.properties, name).map(|e| e.text.as_str()).next().unwrap_or_default();
    let midnight = |name| text(name).ends_with("T00:00:00Z");
    let authors_differ = text("lastModifiedBy") != text("creator");
    let path = book.properties.iter().any(|e| e.text.contains('\\') || e.text.contains("file:"));
    let wrong = [
        (!midnight("created"), "created"),
        (!midnight("modified"), "modified"),
        (authors_differ, "lastModifiedBy"),
        (path, "a path"),
        (book.parts.iter().any(|part| part == "docProps/custom.xml"), "docProps/custom.xml"),
    ];
    wrong.into_iter().filter(|(wrong, _)| *wrong).map(|(_, place)| place.to_owned()).collect()
}

pub(super) fn formulas(book: &Book) -> Places {
    sheets_where(book, |sheet| named(&sheet.elements, "f").next().is_some())
}

/// What is over a row is its name, even where that is a year or so many months.
pub(super) fn numbers(book: &Book) -> Places {
    let as_number = |words: &str| {
        let digits = words.trim().trim_end_matches('%').replace([',', '\u{2212}'], "");
        digits.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.')
            && digits.parse::<f64>().is_ok()
    };
    let is_wrong = |((_, column), data): &(At, &Data)| match data {
        Data::String(words) => *column > 0 && as_number(words),
        Data::Error(_) => true,
        _ => false,
    };
    let of_sheet = |sheet| Sheet::body(sheet).filter(is_wrong).map(|(at, _)| place(sheet, at));
    book.sheets.iter().flat_map(of_sheet).collect()
}

pub(super) fn number_formats(book: &Book) -> Places {
    let formats: Vec<&str> = named(&book.styles, "xf")
        .filter(|format| format.parent == "cellXfs")
        .map(|format| format.get("numFmtId").unwrap_or("0"))
        .collect();
    let general = |cell: &&Element| {
        let of = cell.get("s").and_then(|s| s.parse::<usize>().ok()).unwrap_or(0);
        matches!(cell.get("t"), None | Some("n"))
            && formats.get(of).is_none_or(|format| *format == "0")
    };
    let mut wrong = Places::new();
    for sheet in &book.sheets {
        let cells = named(&sheet.elements, "c").filter(general);
        wrong.extend(cells.filter_map(|cell| Some(place(sheet, address(cell.get("r")?)?))));
    }
    wrong
}

pub(super) fn header_on_every_page(book: &Book) -> Places {
    let repeated: Vec<&str> = named(&book.workbook, "definedName")
        .filter(|name| name.get("name") == Some("_xlnm.Print_Titles"))
        .map(|name| name.text.as_str())
        .collect();
    let wrong = of_tables(book).filter(|sheet| {
        let row = sheet.tables.first().map_or(0, |table| table.first.0 + 1);
        let [bare, quoted] = [sheet.name.clone(), format!("'{}'", sheet.name)];
        !repeated.iter().any(|range| {
            [&bare, &quoted].into_iter().any(|name| **range == format!("{name}!${row}:${row}"))
        })
    });
    wrong.map(|sheet| sheet.name.clone()).collect()
}

pub(super) fn letters(book: &Book) -> Places {
    let sizes = named(&book.styles, "sz").filter(|size| size.parent == "font");
    let small = sizes.filter(|size| {
        size.get("val").and_then(|val| val.parse::<f64>().ok()).is_none_or(|points| points < 12.0)
    });
    let all = book.styles.iter().chain(&book.strings);
    let raised = all.filter(|element| element.name == "vertAlign");
    small.chain(raised).map(|element| element.parent.clone()).collect()
}

/// The narrowest column, in characters, and the most words that may have to wrap in it.
const NARROWEST: f64 = 10.0;
const LONGEST_LINES: f64 = 12.0;

pub(super) fn widths(book: &Book) -> Places {
    let mut wrong = Places::new();
    for sheet in &book.sheets {
        let columns = sheet.tables.first().map_or(1, |table| table.last.1 + 1);
        for column in 0..columns {
            let set = named(&sheet.elements, "col").find(|e| {
                let bound = |name| e.get(name).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
                (bound("min")..=bound("max")).contains(&(column + 1))
            });
            let width = set.and_then(|e| e.get("width")?.parse::<f64>().ok()).unwrap_or(0.0);
            let longest =
                sheet.body().filter(|((_, at), _)| *at == column).map(|(_, data)| match data {
                    Data::String(words) => {
                        f64::from(u32::try_from(words.chars().count()).unwrap_or(u32::MAX))
                    }
                    _ => 0.0,
                });
            let longest = longest.fold(0.0, f64::max);
            if width < NARROWEST || longest > width * LONGEST_LINES {
                wrong.push(place(sheet, (0, column)));
            }
        }
    }
    wrong
}
