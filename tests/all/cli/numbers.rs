//! Every number that a page says was published to its readers: in headings, sentences, tables, and the titles and
//! descriptions of pictures. What is a number by nature and no figure (a day, a month, the number of a table) is told
//! by the words around it, one by one below; nothing else is let through. What a page says of its records and rules has
//! tests of its own in `trust`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use early_help::calendar::Period;
use early_help::definitions::Definitions;
use early_help::definitions::load::load;

use super::{Cell, MONTHLY, QUARTER, QUARTERLY, Run, page, repository};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What the pages call by words that hold a number: measures, breakdowns and levels.
fn names(rules: &Definitions) -> Vec<String> {
    let measures = rules
        .measures
        .iter()
        .flat_map(|m| std::iter::once(m.title.clone()).chain(m.caveats.clone()));
    let levels = rules.breakdowns.iter().flat_map(|b| {
        b.bands.iter().map(|band| band.name.clone()).chain(b.titles.iter().map(|t| t.1.clone()))
    });
    let frameworks = rules.frameworks.iter().flat_map(|f| &f.needs);
    let needs = frameworks.flat_map(|n| std::iter::once(n.title.clone()).chain(n.short.clone()));
    let sections = rules.packs.iter().flat_map(|p| &p.sections);
    let sections = sections.flat_map(|s| {
        let tables = s.figures.iter().filter_map(|f| f.title.clone());
        [s.title.clone(), s.intro.clone()].into_iter().chain(tables).collect::<Vec<_>>()
    });
    let frameworks = rules.frameworks.iter().map(|f| f.title.clone());
    let names = measures.chain(levels).chain(needs).chain(sections).chain(frameworks);
    let mut names: Vec<String> = names.collect();
    names.retain(|name| name.chars().any(|c| c.is_ascii_digit()));
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

/// A text without a name: where it stands by itself, not as a part of longer numbers.
fn without(text: &str, name: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        let inside = before.ends_with(|c: char| c.is_ascii_digit() || c == '.')
            || after.starts_with(|c: char| c.is_ascii_digit());
        said.push_str(before);
        said.push_str(if inside { name } else { "…" });
        rest = after;
    }
    said + rest
}

/// A word without what stands around it: `(92.3%,` is `92.3`.
pub(super) fn bare(word: &str) -> String {
    let word = word.trim_matches(|c: char| !c.is_ascii_digit() && c != '−' && c != '-');
    word.replace(',', "").replace('−', "-")
}

fn is_month(word: &str) -> bool {
    MONTHS.iter().any(|month| word.trim_start_matches(['(', '“']).starts_with(month))
}

/// The words of a line, and the place of one of them that holds a number.
struct Place<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl Place<'_> {
    /// The word so many places on, or back.
    fn word(&self, by: isize) -> &str {
        let at = self.at.checked_add_signed(by);
        at.and_then(|at| self.words.get(at)).copied().unwrap_or("")
    }

    /// The same without its signs.
    fn plain(&self, by: isize) -> &str {
        self.word(by).trim_matches(|c: char| !c.is_alphanumeric())
    }

    fn is_followed_by(&self, words: &[&str]) -> bool {
        words.contains(&self.plain(1))
    }
}

/// A kind of number that is none of the figures, and how the words around it say so.
type Kind = (&'static str, fn(&Place<'_>) -> bool);

/// Every kind of number that may stand on a page and is no cell. A number of any other kind has to be a cell.
const KINDS: [Kind; 12] = [
    ("a day, month or year: 30 September 2026, Sep 2026", |p| {
        is_month(p.word(-1)) || is_month(p.word(1))
    }),
    ("a financial quarter: 2026-27 Q2", |p| {
        let (year, quarter) = if p.plain(0).starts_with('Q') { (-1, 0) } else { (0, 1) };
        p.plain(year).len() == "2026-27".len()
            && ["Q1", "Q2", "Q3", "Q4"].iter().any(|q| p.plain(quarter).starts_with(q))
    }),
    ("a financial year: 2025-26", |p| {
        let (years, rest) = p.plain(0).split_at_checked(4).unwrap_or_default();
        let of_year = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        p.plain(-1) == "in"
            && of_year(years)
            && rest.len() == 3
            && rest.strip_prefix('-').is_some_and(of_year)
    }),
    ("the place of a figure or table on the page", |p| ["Figure", "Table"].contains(&p.plain(-1))),
    ("a target, which is set and not counted: at least 92%", |p| {
        p.plain(-2) == "at" && ["least", "most"].contains(&p.plain(-1))
    }),
    ("which interval or limits: 95% interval, 99.8%, lower", |p| {
        let which = ["95%", "95%,", "99.8%", "99.8%,"].contains(&p.word(0));
        which && p.is_followed_by(&["interval", "intervals", "from", "limits", "lower", "upper"])
            || p.word(0) == "99.8%." && p.plain(-2) == "those"
    }),
    ("how many marks, rows or levels a figure has", |p| {
        p.is_followed_by(&[
            "points", "bars", "rows", "columns", "bands", "places", "panels", "levels", "cells",
        ])
    }),
    ("how long a series is, or would have to be: 13 months, 6 of at least 7", |p| {
        p.is_followed_by(&["months", "quarters", "years"])
            || (p.plain(1) == "of" && p.plain(2) == "at" && p.plain(3) == "least")
    }),
    ("after how many months families are followed up", |p| {
        (p.plain(1) == "to" && p.plain(3) == "months")
            || (p.at == 0 && p.word(1) == "|" && ["3", "6", "9", "12"].contains(&p.word(0)))
    }),
    ("a row of the small lines: so many months before the newest", |p| {
        p.at == 0 && p.word(1) == "before" && p.word(2) == "|"
    }),
    ("how many cells are not shown", |p| p.plain(1) == "not" && p.plain(2) == "shown"),
    ("what separates two figures that stand beside it: 289; 1 fewer than in Sep 2025 (290)", |p| {
        let figures = p.words.iter().filter_map(|word| bare(word).parse::<f64>().ok());
        let figures: Vec<f64> = figures.collect();
        let own: Option<f64> = bare(p.word(0)).parse().ok();
        let apart = |x: f64, y: f64| own.is_some_and(|own| ((x - y).abs() - own).abs() < 1e-9);
        p.is_followed_by(&["fewer", "more"])
            && figures.iter().any(|x| figures.iter().any(|y| apart(*x, *y)))
    }),
];

/// Pages, and how many numbers each says at the least.
const PAGES: [(&LazyLock<Run>, &str, usize); 8] = [
    (&QUARTER, "2026-27-Q2-quarterly-report/board", 400),
    (&QUARTER, "2026-27-Q2-quarterly-report/internal", 400),
    (&MONTHLY, "2026-09-monthly/public", 400),
    (&MONTHLY, "2026-09-monthly/board", 400),
    (&MONTHLY, "2026-09-monthly/internal", 400),
    (&QUARTERLY, "2026-27-Q2-quarterly/partnership", 300),
    (&QUARTERLY, "2026-27-Q2-quarterly/police", 400),
    (&QUARTERLY, "2026-27-Q2-quarterly/schools", 400),
];

/// Whether what follows `<section ` is the section of this name.
fn labelled(section: &str, id: &str) -> bool {
    section.split('>').next().is_some_and(|tag| tag.contains(&format!("labelledby=\"{id}\"")))
}

/// The lines of one section of a page.
pub(super) fn section(html: &str, id: &str) -> Vec<String> {
    let own = html.split("<section ").skip(1).find(|section| labelled(section, id));
    page::lines(&format!("<body><section {}", own.unwrap_or_else(|| panic!("no section {id}"))))
}

#[test]
fn every_number_that_a_page_says_was_published_to_its_readers() {
    let rules = load(&repository().join("outcome-definitions")).definitions.expect("sound");
    let names = names(&rules);
    for (run, folder, fewest) in PAGES {
        let audience = folder.rsplit('/').next().unwrap_or_default();
        let mut published: BTreeSet<String> = BTreeSet::new();
        // A pack has no control chart, and so no file of signals, nor one of which way they go.
        let files =
            ["cells", "signals", "directions"].map(|file| format!("{folder}/data/{file}.csv"));
        for file in files.iter().filter(|file| run.files.contains_key(*file)) {
            published.extend(run.rows(file).into_iter().flat_map(BTreeMap::into_values));
        }
        // Limits of a funnel are made from published figures, and stand in the table behind it.
        let below = format!("{folder}/data/");
        let funnels = run
            .files
            .keys()
            .filter(|n| n.starts_with(&below) && n.ends_with("-rolling_12_months.csv"));
        for funnel in funnels.filter(|name| run.header(name).contains("99.8%")) {
            published.extend(
                run.rows(funnel).into_iter().flat_map(std::collections::BTreeMap::into_values),
            );
        }
        // So is the index of a group, which a test of its own works out again.
        for index in run.files.keys().filter(|n| n.starts_with(&below) && is_index(n)) {
            let rows = run.rows(index).into_iter();
            published.extend(rows.flat_map(std::collections::BTreeMap::into_values));
        }
        // How large a change is follows from three means, and a test of its own works it out again.
        let page = page::lines(run.text(&format!("{folder}/index.html")));
        let sized =
            page.iter().skip_while(|line| !line.contains("Effect size, by changes")).skip(1);
        published.extend(
            sized
                .take_while(|line| line.contains(" | "))
                .flat_map(|line| line.rsplit(" | ").take(2).map(bare).collect::<Vec<_>>()),
        );
        // What measures came to elsewhere is published elsewhere.
        let elsewhere = repository().join("sample-data/benchmarks.csv");
        let elsewhere = std::fs::read_to_string(elsewhere).expect("the benchmarks");
        published.extend(
            elsewhere.lines().skip(1).filter_map(|l| l.split(',').nth(3)).map(str::to_owned),
        );
        // Those who may see cases are given the register of claims: its totals, and the pairs that count twice.
        if let Some(run_folder) = folder.strip_suffix("/internal") {
            let of = |name: &str| run.rows(&format!("{run_folder}/restricted/claims/{name}"));
            published.extend(of("totals.csv").into_iter().map(|row| row["cases"].clone()));
            let kinds: Vec<String> =
                of("twice.csv").into_iter().map(|row| row["kind"].clone()).collect();
            let pairs = |kind: &String| kinds.iter().filter(|other| *other == kind).count();
            published.extend(kinds.iter().map(|kind| pairs(kind).to_string()));
        }
        let html = run.text(&format!("{folder}/index.html"));
        let (mut compared, mut strange) = (0, Vec::new());
        for section in html.split("<section ").skip(1) {
            let id = section.split('"').nth(1).unwrap_or_default();
            // What was read, what is meant and what is hidden: these are no figures, and have tests of their own.
            let others = ["section-data-health", "definitions", "shorthand", "notices"];
            if others.iter().any(|other| labelled(section, other)) {
                continue;
            }
            for line in page::lines(&format!("<body><section {section}")) {
                let said = names.iter().fold(line.clone(), |line, name| without(&line, name));
                let words: Vec<&str> = said.split_whitespace().collect();
                for (at, word) in words.iter().enumerate() {
                    let number = bare(word);
                    let place = Place { words: &words, at };
                    let no_figure = |(_, is_one): &Kind| is_one(&place);
                    if !number.chars().any(|c| c.is_ascii_digit()) || KINDS.iter().any(no_figure) {
                        continue;
                    }
                    compared += 1;
                    if !published.contains(&number) {
                        strange.push(format!("{audience} {id}: {word} in “{line}”"));
                    }
                }
            }
        }
        assert!(
            strange.is_empty(),
            "{} numbers were not published: {:#?}",
            strange.len(),
            &strange[..strange.len().min(20)]
        );
        assert!(compared > fewest, "only {compared} numbers of {audience} were compared");
    }
}

/// What a column of a table over time holds of a cell: of the measure that it names, or of that of the table.
fn held<'c>(head: &str, heads: &[&str], cell: &'c Cell) -> Option<&'c str> {
    let shares = heads.contains(&"Out of");
    Some(match head {
        "Number" if shares => &cell.numerator,
        "Number" | "Per cent" | "Sum" | "Mean" | "Median" | "Value" => &cell.value,
        "Out of" | "Number measured" | "Below" => &cell.denominator,
        "Above" => &cell.numerator,
        "95% from" => &cell.lower,
        "to" => &cell.upper,
        "Not yet known" => &cell.pending,
        "No data" => &cell.unknown,
        _ => return None,
    })
}

#[test]
fn every_number_in_a_table_over_time_is_that_of_its_own_measure_and_period() {
    let rules = load(&repository().join("outcome-definitions")).definitions.expect("sound");
    for (run, folder, fewest) in [
        (&MONTHLY, "2026-09-monthly/internal", 900),
        (&MONTHLY, "2026-09-monthly/board", 200),
        (&MONTHLY, "2026-09-monthly/public", 40),
        (&QUARTER, "2026-27-Q2-quarterly-report/internal", 600),
        (&QUARTER, "2026-27-Q2-quarterly-report/board", 150),
    ] {
        let cells = run.cells(&format!("{folder}/data/cells.csv"));
        let label = |code: &str| Period::parse(code).map(|period| period.label());
        let mut whole: BTreeMap<(String, String), Vec<&Cell>> = BTreeMap::new();
        for cell in cells.iter().filter(|c| c.breakdown == "all") {
            let measure = rules.measure(&cell.measure).expect("a measure");
            let key = (measure.title.clone(), label(&cell.period).expect("a period"));
            whole.entry(key).or_default().push(cell);
        }
        let titles: BTreeSet<&str> = whole.keys().map(|(title, _)| title.as_str()).collect();
        let lines = page::lines(run.text(&format!("{folder}/index.html")));
        let (mut compared, mut strange) = (0, Vec::new());
        let tables = lines.iter().enumerate().filter(|(_, line)| line.starts_with("Period | "));
        for (at, line) in tables {
            let heads: Vec<&str> = line.split(" | ").skip(1).collect();
            let caption = at.checked_sub(1).map_or("", |at| lines[at].as_str());
            let own = titles.iter().find(|t| {
                let rest = caption.split_once(**t);
                rest.is_some_and(|(before, after)| {
                    let numbered = before.split(' ').next() == Some("Table");
                    (before.is_empty() || numbered) && after.starts_with(", ")
                })
            });
            for row in lines[at + 1..].iter().take_while(|row| row.contains(" | ")) {
                let mut parts = row.split(" | ");
                let period = parts.next().unwrap_or_default();
                let period = period.split(" (").next().unwrap_or_default();
                for (head, said) in heads.iter().zip(parts) {
                    let number = bare(said);
                    if !number.chars().any(|c| c.is_ascii_digit()) {
                        continue;
                    }
                    let of = |title: &str| whole.get(&(title.to_owned(), period.to_owned()));
                    let (title, part) = match head.split_once(": ") {
                        _ if titles.contains(head) => (*head, "Value"),
                        Some((title, "out of")) => (title, "Out of"),
                        _ => match own {
                            Some(title) => (*title, *head),
                            None => continue,
                        },
                    };
                    let held: Vec<&str> = of(title)
                        .into_iter()
                        .flatten()
                        .filter_map(|cell| held(part, &heads, cell))
                        .collect();
                    if held.is_empty() {
                        continue;
                    }
                    compared += 1;
                    if !held.contains(&number.as_str()) {
                        strange.push(format!("{title}, {period}: {said} is none of {held:?}"));
                    }
                }
            }
        }
        assert!(strange.is_empty(), "{folder}: {:#?}", &strange[..strange.len().min(20)]);
        assert!(compared > fewest, "only {compared} numbers of {folder} were compared");
    }
}

pub(super) fn is_index(name: &str) -> bool {
    name.ends_with("-index.csv")
}
