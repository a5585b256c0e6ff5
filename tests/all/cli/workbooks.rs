//! The workbook beside each page: every number in it is one that was published, and nothing hidden
//! stands in any part of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use calamine::{Data, DataType, Reader, Xlsx};
use early_help::calendar::Period;
use early_help::definitions::Definitions;
use early_help::definitions::load::load;
use early_help::definitions::measure::Measure;

use super::{MONTHLY, QUARTER, QUARTERLY, Run, repository};

/// Every workbook of these runs: the run, the folder of its audience, and its name.
fn workbooks() -> Vec<(&'static Run, String, &'static str)> {
    let of_run = |run: &'static Run| {
        let names = run.files.keys().filter(|name| name.ends_with(".xlsx"));
        names.map(move |name| {
            let folder = name.rsplit_once('/').expect("in a folder").0.to_owned();
            (run, folder, name.as_str())
        })
    };
    [&*MONTHLY, &*QUARTERLY, &*QUARTER].into_iter().flat_map(of_run).collect()
}

/// The column of `cells.csv` that a column of a table shows.
fn column(head: &str) -> Option<&'static [&'static str]> {
    Some(match head {
        "Per cent" | "Mean" | "Median" | "Sum" | "Value" | "A year before" => &["value"],
        "Number" => &["numerator", "value"],
        "Out of" | "Number measured" | "Below" => &["denominator"],
        "Above" => &["numerator"],
        "95% from" => &["lower"],
        "to" => &["upper"],
        "Not yet known" => &["pending"],
        "No data" => &["unknown"],
        "By decision" => &["overridden"],
        "Centre" | "Lower limit" | "Upper limit" => &["centre", "lower limit", "upper limit"],
        _ => return None,
    })
}

/// The published figures of one audience.
struct Published {
    rules: Definitions,
    /// Of each measure the periods, with what they are called on pages, and the row of the file.
    figures: BTreeMap<String, Vec<Figure>>,
}

struct Figure {
    period: Period,
    names: [String; 2],
    row: BTreeMap<String, String>,
}

impl Published {
    fn of(run: &Run, folder: &str) -> Self {
        let rules = load(&repository().join("outcome-definitions")).definitions.expect("sound");
        let mut figures: BTreeMap<String, Vec<Figure>> = BTreeMap::new();
        let mut rows = run.rows(&format!("{folder}/data/cells.csv"));
        // What series usually do is published too.
        if run.files.contains_key(&format!("{folder}/data/signals.csv")) {
            rows.extend(run.rows(&format!("{folder}/data/signals.csv")).into_iter().map(
                |mut row| {
                    for limit in ["lower", "upper"] {
                        let digits = row.remove(limit).expect("a column");
                        row.insert(format!("{limit} limit"), digits);
                    }
                    row
                },
            ));
        }
        for row in rows {
            let period = Period::parse(&row["period"]).expect("a period");
            let names = [period.to_string(), period.label()];
            let of_measure = figures.entry(row["measure"].clone()).or_default();
            of_measure.push(Figure { period, names, row });
        }
        Self { rules, figures }
    }

    /// The measure whose title begins a text.
    fn measure(&self, text: &str) -> Option<&str> {
        // Another measure of the same title may be for others.
        let given = |m: &&Measure| self.figures.contains_key(&m.id);
        let all = self.rules.measures.iter().filter(given).filter(|m| text.starts_with(&m.title));
        all.max_by_key(|m| m.title.len()).map(|m| m.id.as_str())
    }

    /// The measures that are the bars of the chart behind which a table of this title stands.
    fn bars(&self, title: &str) -> Option<Vec<&str>> {
        let sections = self.rules.packs.iter().flat_map(|pack| &pack.sections);
        let mut bars = sections.flat_map(|s| &s.figures).filter(|f| f.is_bars_of_measures());
        let of = bars.find(|f| f.title.as_ref().is_some_and(|name| title.starts_with(name)))?;
        Some(of.measures().map(String::as_str).collect())
    }

    /// The one of these whose title ends like a row, which says what tells it from the others.
    fn ending<'m>(&self, among: &[&'m str], row: &str) -> &'m str {
        let row = row.to_lowercase();
        let ends = |id: &&&str| {
            let measure = self.rules.measure(id).expect("a measure");
            measure.title.to_lowercase().ends_with(&row)
        };
        among.iter().find(ends).expect("its measure")
    }

    /// Whether this is the title of a measure.
    fn is_title(&self, text: &str) -> bool {
        self.rules.measures.iter().any(|m| m.title == text)
    }

    /// Whether a number was published for a measure, in one of these columns, in a period whose name ends
    /// this text, or a year before it.
    fn holds(&self, of: &str, period: &str, before: bool, columns: &[&str], number: f64) -> bool {
        let figures = &self.figures[of];
        let named =
            figures.iter().filter(|f| f.names.iter().any(|name| period.ends_with(name.as_str())));
        let wanted: BTreeSet<Period> =
            named.map(|f| if before { f.period.a_year_before() } else { f.period }).collect();
        let mut there = figures.iter().filter(|f| wanted.contains(&f.period));
        there.any(|figure| {
            columns.iter().any(|column| {
                let digits = figure.row.get(*column).map_or("", String::as_str);
                [digits.parse().ok(), share(digits)].contains(&Some(number))
            })
        })
    }
}

/// A percentage as a spreadsheet holds it: the same digits, the point moved.
fn share(digits: &str) -> Option<f64> {
    format!("{digits}e-2").parse().ok()
}

#[test]
fn every_number_in_a_workbook_is_a_published_one_of_its_measure_and_period() {
    let mut compared = 0;
    for (run, folder, name) in workbooks() {
        let published = Published::of(run, &folder);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(run.bytes(name))).expect("a workbook");
        for sheet in book.sheet_names() {
            let cells = book.worksheet_range(&sheet).expect("a worksheet");
            let rows: Vec<&[Data]> = cells.rows().collect();
            let title = rows[0][0].to_string();
            let title = title.split(" [note ").next().expect("a title");
            // What is left out is said after the period.
            let title = title.split(". Left out: ").next().expect("a title");
            let of_headlines = title.starts_with("The headline measures, each");
            // What was read and what was wrong with it are no measures: other files say it.
            let Some(top) = rows.iter().position(|r| r.len() > 1 && !r[1].is_empty()) else {
                continue;
            };
            let heads: Vec<String> = rows[top].iter().map(ToString::to_string).collect();
            // Of measures side by side each column is one.
            let beside = |head: &str| {
                let title = head.strip_suffix(": out of").unwrap_or(head);
                published.measure(title).filter(|_| published.is_title(title))
            };
            // The small lines of the headlines go back so many months or quarters, each from one of its own; a control
            // chart has one measure and what is usual.
            let of_chart = heads[0].contains("s before") || heads.contains(&"Centre".to_owned());
            let side_by_side = !of_chart && heads.get(1).is_some_and(|head| beside(head).is_some());
            let bars = published.bars(title);
            let other = (of_headlines || side_by_side || bars.is_some()).then_some("");
            let Some(measure) = published.measure(title).filter(|_| !side_by_side).or(other) else {
                continue;
            };
            let of_period = ["Period", "Month", "Quarter", "Twelve months"];
            for row in &rows[top + 1..] {
                let label = row[0].to_string();
                let label = label.trim_end_matches(" (provisional)");
                let label = label.trim_end_matches(" (not yet known)");
                let of_row = match &bars {
                    Some(bars) => published.ending(bars, label),
                    None if of_headlines => published.measure(label).expect("its measure"),
                    None => measure,
                };
                let period = match heads.iter().position(|head| of_period.contains(&head.as_str()))
                {
                    Some(0) => label.to_owned(),
                    Some(at) => row[at].to_string(),
                    None => title.to_owned(),
                };
                for (head, cell) in heads.iter().zip(*row) {
                    let own = side_by_side.then(|| beside(head)).flatten();
                    let of_row = own.unwrap_or(of_row);
                    let out_of =
                        own.map(|_| if head.ends_with(": out of") { "Out of" } else { "Value" });
                    let (Data::Float(number), Some(columns)) =
                        (cell, column(out_of.unwrap_or(head)))
                    else {
                        continue;
                    };
                    let before = head == "A year before";
                    assert!(
                        published.holds(of_row, &period, before, columns, *number),
                        "{name} {sheet}: {number} of {of_row} in {period} under {head}"
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 5_000, "only {compared} numbers were compared");
}

/// The name by which formulas find the table of a figure.
fn table_of(figure: &str) -> String {
    let words = figure.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    words.fold("table".to_owned(), |name, word| format!("{name}_{}", word.to_ascii_lowercase()))
}

#[test]
fn the_table_of_each_figure_is_the_one_in_its_file_cell_by_cell() {
    let mut compared = 0;
    for (run, folder, name) in workbooks() {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(run.bytes(name))).expect("a workbook");
        book.load_tables().expect("tables");
        let below = format!("{folder}/data/");
        for sheet in book.sheet_names().into_iter().filter(|sheet| sheet.starts_with("Figure_")) {
            let table = book.table_names_in_sheet(&sheet)[0].clone();
            let mut files = run.files.iter().filter_map(|(file, bytes)| {
                let figure = file.strip_prefix(&below)?.strip_suffix(".csv")?;
                (table_of(figure) == table).then_some(bytes)
            });
            let file = files.next().unwrap_or_else(|| panic!("no file behind {name} {sheet}"));
            let table = book.table_by_name(&table).expect("the table");
            let mut reader = csv::Reader::from_reader(file.as_slice());
            assert_eq!(reader.headers().expect("heads").len(), table.columns().len());
            let mut lines = reader.records();
            for row in table.data().rows() {
                let line = lines.next().expect("as many rows").expect("a row");
                for (field, cell) in line.iter().zip(row) {
                    let same = match cell {
                        Data::Float(number) => {
                            [field.parse().ok(), share(field)].contains(&Some(*number))
                        }
                        words => *words == *field.trim_start_matches('\''),
                    };
                    assert!(same, "{name} {sheet}: {cell} is {field} in the file");
                    compared += 1;
                }
            }
            assert!(lines.next().is_none(), "{name} {sheet} has too few rows");
        }
    }
    assert!(compared > 10_000, "only {compared} cells were compared");
}

/// The text of every part of a workbook.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let read = |name: String| {
        let mut text = String::new();
        archive.by_name(&name).expect("it is there").read_to_string(&mut text).expect("text");
        (name, text)
    };
    names.into_iter().map(read).collect()
}

/// All numbers in a text.
fn numbers(text: &str) -> BTreeSet<String> {
    let tokens = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    tokens.map(|token| token.trim_matches('.').to_owned()).collect()
}

/// Those with a decimal, and all as the shares that percentages are in a spreadsheet.
fn with_shares(text: &str) -> BTreeSet<String> {
    let numbers = numbers(text);
    let shares = numbers.iter().filter_map(|token| Some(share(token)?.to_string()));
    let all = shares.chain(numbers.iter().cloned());
    all.filter(|number| number.contains('.')).collect()
}

/// What a figure compares with: limits of chance, made from published figures alone.
fn limits(run: &Run, file: &str) -> String {
    let chance = ["95%, lower", "95%, upper", "99.8%, lower", "99.8%, upper"];
    let fields = run.rows(file).into_iter().flat_map(move |row| {
        let of_chance = chance.iter().filter_map(|head| row.get(*head).cloned());
        of_chance.collect::<Vec<_>>()
    });
    fields.map(|field| format!(" {field} ")).collect()
}

/// What an audience is not shown, though managers are: percentages, means and their intervals that are
/// printed nowhere else in what it is given.
fn secrets(run: &Run, run_name: &str, audience: &str) -> BTreeSet<String> {
    let key = |row: &BTreeMap<String, String>| {
        ["measure", "period", "breakdown", "level"].map(|column| row[column].clone())
    };
    let cells = format!("{run_name}/{audience}/data/cells.csv");
    let given = run.rows(&cells);
    let hidden: BTreeSet<_> = given.iter().filter(|row| row["symbol"] == "c").map(key).collect();
    let beside = ["checks", "signals", "directions"].map(|name| {
        let file = run.files.get(&format!("{run_name}/{audience}/data/{name}.csv"));
        file.map_or("", |bytes| str::from_utf8(bytes).expect("text"))
    });
    let below = format!("{run_name}/{audience}/data/");
    let tables = run.files.keys().filter(|n| n.starts_with(&below) && n.ends_with(".csv"));
    let around: String = tables.map(|name| limits(run, name)).collect();
    // What was read and what was wrong with it is told on the page alone.
    let page = run.text(&format!("{run_name}/{audience}/index.html"));
    let (_, health) = page.split_once("id=\"section-data-health\"").expect("the section");
    let health = health.split("</section>").next().expect("the end of the section");
    // What measures came to elsewhere was published there.
    let elsewhere = std::fs::read_to_string(repository().join("sample-data/benchmarks.csv"));
    let elsewhere = elsewhere.expect("the benchmarks");
    let told = [run.text(&cells), &beside.join(" "), &around, health, &elsewhere];
    let shown = with_shares(&told.join(" "));
    let known = run.rows(&format!("{run_name}/internal/data/cells.csv"));
    let behind = known.iter().filter(|row| hidden.contains(&key(row)));
    let behind = behind.flat_map(|row| ["value", "lower", "upper"].map(|c| row[c].clone()));
    with_shares(&behind.collect::<Vec<_>>().join(" ")).difference(&shown).cloned().collect()
}

#[test]
fn no_part_of_a_workbook_holds_what_is_hidden_from_its_reader() {
    let mut sought = 0;
    for (run, run_name, audience) in [
        (&*MONTHLY, "2026-09-monthly", "board"),
        (&*QUARTERLY, "2026-27-Q2-quarterly", "police"),
        (&*QUARTERLY, "2026-27-Q2-quarterly", "schools"),
    ] {
        let secrets = secrets(run, run_name, audience);
        sought += secrets.len();
        for (part, text) in parts(run.bytes(&format!("{run_name}/{audience}/workbook.xlsx"))) {
            if part == "xl/styles.xml" || part.starts_with("xl/theme/") {
                continue;
            }
            // So is the version of XML that each part declares.
            let text = text.split_once("?>").map_or(text.as_str(), |(_, text)| text);
            // Margins and widths, before and after the cells, are the same in every workbook.
            let (_, cells) = text.split_once("<sheetData>").unwrap_or(("", text));
            let cells = cells.split("</sheetData>").next().expect("the cells");
            let leaked = numbers(cells).intersection(&secrets).count();
            assert_eq!(leaked, 0, "{audience}: hidden figures stand in {part}");
        }
    }
    assert!(sought > 20, "only {sought} figures are hidden");
}

#[test]
fn a_workbook_has_the_parts_that_it_needs_and_no_others() {
    for (run, _, name) in workbooks() {
        for part in parts(run.bytes(name)).keys() {
            let known =
                ["[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml"]
                    .contains(&part.as_str())
                    || ["xl/worksheets/", "xl/tables/", "xl/theme/", "xl/_rels/workbook.xml.rels"]
                        .iter()
                        .any(|folder| part.starts_with(folder))
                    || ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
                        .contains(&part.as_str());
            assert!(known, "{name} holds {part}");
        }
    }
}
