//! What a page says of its own records, rules and definitions is what the run wrote of them: the ledger and the
//! unchecked rules in `run.json`, the data checks in `checks.csv`, decisions in the restricted folder, definitions in
//! `definitions.csv`. Line by line: a line with a number that is expected of nowhere is a failure.

use std::collections::{BTreeMap, BTreeSet};

use early_help::calendar::Day;
use early_help::definitions::Definitions;
use early_help::definitions::load::load;
use early_help::run::Manifest;

use super::numbers::section;
use super::{MONTHLY, QUARTER, Run, repository};

type Row = BTreeMap<String, String>;

/// The reports, and how many lines with numbers their section on trust has at the least.
const PAGES: [(&str, &str, usize); 5] = [
    ("2026-09-monthly", "internal", 170),
    ("2026-09-monthly", "board", 80),
    ("2026-09-monthly", "public", 60),
    ("2026-27-Q2-quarterly-report", "internal", 170),
    ("2026-27-Q2-quarterly-report", "board", 80),
];

fn run_of(name: &str) -> &'static Run {
    if name.contains("monthly") { &MONTHLY } else { &QUARTER }
}

fn rules() -> Definitions {
    load(&repository().join("outcome-definitions")).definitions.expect("sound")
}

/// A whole number as pages have it: `1,234`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut parts = vec![&digits[..first]];
    parts.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    parts.retain(|part| !part.is_empty());
    parts.join(",")
}

/// A whole number as it stands in a file, as pages have it.
fn grouped_text(digits: &str) -> String {
    grouped(digits.parse().unwrap_or_else(|_| panic!("{digits} is no whole number")))
}

/// What a page may say of one audience's records, from the files of the run.
struct Told<'r> {
    run: &'r Run,
    rules: Definitions,
    manifest: Manifest,
    /// The rows of `checks.csv`.
    checks: Vec<Row>,
    /// The checks with findings that are no mere chance.
    found: BTreeSet<String>,
    /// Below how many a count is hidden; nought where nothing is.
    hidden_below: u64,
    below: String,
}

impl<'r> Told<'r> {
    fn of(name: &str, audience: &str) -> Told<'static> {
        let run = run_of(name);
        let rules = rules();
        let policy = &rules.audiences.iter().find(|a| a.id == audience).expect("there").disclosure;
        let hidden_below = rules.policies[policy].suppress_below;
        let listed = run.rows(&format!("{name}/restricted/evidence/checks.csv"));
        // Nobody tells the public what is wrong in the records.
        let checks = format!("{name}/{audience}/data/checks.csv");
        Told {
            run,
            manifest: run.manifest(&format!("{name}/run.json")),
            checks: if run.files.contains_key(&checks) { run.rows(&checks) } else { Vec::new() },
            found: listed.into_iter().map(|row| row["check"].clone()).collect(),
            hidden_below,
            rules,
            below: name.to_owned(),
        }
    }

    fn is_open(&self) -> bool {
        self.hidden_below == 0
    }

    /// The findings of a level, as far as they are findings.
    fn findings<'s>(&'s self, by: &'s str) -> impl Iterator<Item = &'s Row> {
        let told = |row: &&Row| row["found"] != "0" && self.found.contains(&row["check"]);
        self.checks.iter().filter(move |row| row["breakdown"] == by).filter(told)
    }

    /// Row by row what a table of this head holds in its columns of numbers; of every other column nothing is said.
    fn row(&self, heads: &[&str], cells: &[&str]) -> Option<BTreeMap<String, String>> {
        let head = cells.first().copied()?;
        let second = heads.get(1).copied()?;
        match (heads.first().copied()?, second) {
            ("Feed", "Rows read") => self.ledger(head),
            ("Feed", "Reason") => self.reason(head, cells.get(1)?),
            ("What is wrong" | "What may be missing" | "What may be wrong", _) => {
                self.check("all", "all", head)
            }
            ("Role", _) => self.decisions(|row| {
                let role = if row["role"].is_empty() { "not recorded" } else { &row["role"] };
                role.replace('_', " ").eq_ignore_ascii_case(head)
            }),
            ("Reason", _) => self.refused(head),
            (by, "High priority") => self.spread(by, head),
            (by, "What is wrong") => self.at_level(by, head, cells.get(1)?),
            _ => None,
        }
    }

    fn ledger(&self, title: &str) -> Option<BTreeMap<String, String>> {
        let source = self.rules.sources.iter().find(|s| s.title == title)?;
        let entry = self.manifest.ledger.iter().find(|l| l.source == source.id)?;
        let sum = |rows: &[(String, u64)]| rows.iter().map(|(_, n)| n).sum::<u64>();
        let all = || entry.quarantined.iter().chain(&entry.left_out);
        let of = |words: &[&str]| -> u64 {
            all().filter(|(why, _)| words.iter().any(|w| why.contains(w))).map(|(_, n)| n).sum()
        };
        let share = |part: u64| format!("{}%", part * 100 / entry.read);
        let mut held = BTreeMap::new();
        let mut hold = |head: &str, text: String| held.insert(head.to_owned(), text);
        let few = entry.read < self.hidden_below;
        hold("Rows read", if few { "[c]".to_owned() } else { grouped(entry.read) });
        let complete = entry.complete_to.as_deref().and_then(Day::parse_iso);
        hold("Complete to", complete.map_or_else(|| "None".to_owned(), |day| day.to_string()));
        if self.is_open() {
            hold("Used", grouped(entry.used));
            hold("Quarantined", grouped(sum(&entry.quarantined)));
            hold("Left out by rule", grouped(sum(&entry.left_out)));
            let again = ["the same key as an earlier row", "repeats an earlier row"];
            hold("Of both: repeated", grouped(of(&again)));
            let strangers = ["the crosswalk does not know", "refers to nobody"];
            hold("Linked", share(entry.read - of(&strangers)));
        } else {
            hold("Share used", share(entry.used));
        }
        Some(held)
    }

    fn reason(&self, title: &str, said: &str) -> Option<BTreeMap<String, String>> {
        let source = self.rules.sources.iter().find(|s| s.title == title)?;
        let entry = self.manifest.ledger.iter().find(|l| l.source == source.id)?;
        let rows = match said.strip_prefix("left out: ") {
            Some(rule) => entry.left_out.iter().find(|(of, _)| of == rule),
            None => entry.quarantined.iter().find(|(of, _)| of == said),
        };
        let (why, rows) = ("Reason".to_owned(), ("Rows".to_owned(), grouped(rows?.1)));
        Some(BTreeMap::from([(why, said.to_owned()), rows]))
    }

    /// What a check found at a level, or as a whole.
    fn check(&self, by: &str, level: &str, title: &str) -> Option<BTreeMap<String, String>> {
        let own = |row: &&Row| row["breakdown"] == by && row["level"] == level;
        let row = self.checks.iter().filter(own).find(|row| row["title"] == title)?;
        let in_order = match row["symbol"].as_str() {
            "" => format!("{}%", row["in_order"]),
            symbol => format!("[{symbol}]"),
        };
        let mut held = BTreeMap::from([
            ("In order".to_owned(), in_order.clone()),
            ("Complete".to_owned(), in_order),
            ("Records looked at".to_owned(), grouped_text(&row["checked"])),
            ("How to mend it".to_owned(), format!("{}.", row["mend"])),
            ("Who".to_owned(), row["mended_by"].clone()),
        ]);
        if self.is_open() {
            held.insert("Records".to_owned(), grouped_text(&row["found"]));
            held.insert("Of".to_owned(), grouped_text(&row["checked"]));
        }
        Some(held)
    }

    fn at_level(&self, by: &str, level: &str, title: &str) -> Option<BTreeMap<String, String>> {
        let by = self.rules.breakdowns.iter().find(|b| b.title == by)?;
        let level = if level == "Not recorded" { "not_recorded" } else { level };
        self.check(&by.id, level, title)
    }

    fn spread(&self, by: &str, title: &str) -> Option<BTreeMap<String, String>> {
        let by = self.rules.breakdowns.iter().find(|b| b.title == by)?;
        let code = if title == "Not recorded" { "not_recorded" } else { title };
        let here: Vec<&Row> = self.findings(&by.id).filter(|row| row["level"] == code).collect();
        let found = |row: &Row| row["found"].parse::<u64>().expect("a count");
        let mut held = BTreeMap::new();
        let grades = ["high_priority", "error", "warning"];
        for (head, grade) in ["High priority", "Error", "Warning"].into_iter().zip(grades) {
            let of = here.iter().filter(|row| row["grade"] == grade);
            held.insert(head.to_owned(), grouped(of.map(|row| found(row)).sum()));
        }
        let mut worst = here;
        let gravity = |row: &Row| grades.iter().position(|grade| *grade == row["grade"]);
        worst.sort_by_key(|row| (gravity(row), std::cmp::Reverse(found(row))));
        let words = worst.iter().take(2).map(|row| format!("{} ({})", row["title"], found(row)));
        let words = words.collect::<Vec<_>>().join("; ");
        held.insert("Gravest and most frequent".to_owned(), words);
        Some(held)
    }

    fn overrides(&self) -> Vec<Row> {
        self.run.rows(&format!("{}/restricted/evidence/overrides.csv", self.below))
    }

    fn decisions(&self, of_role: impl Fn(&Row) -> bool) -> Option<BTreeMap<String, String>> {
        let rows: Vec<Row> = self.overrides().into_iter().filter(of_role).collect();
        let counted = rows.iter().filter(|row| row["effect"] == "counted").count() as u64;
        Some(BTreeMap::from([
            ("Recorded".to_owned(), grouped(rows.len() as u64)),
            ("In the place of what a rule found".to_owned(), grouped(counted)),
        ]))
    }

    fn refused(&self, why: &str) -> Option<BTreeMap<String, String>> {
        let effect = match why {
            "The rule found the same" => "as_by_rule",
            "The need was not found" => "need_not_found",
            "It is dated after the day of judgement" => "after_as_at",
            "It was made after the time for it" => "too_late",
            "Whoever decided may not decide this" => "role_not_approved",
            "No reason is recorded" => "no_reason",
            _ => return None,
        };
        let count = self.overrides().iter().filter(|row| row["effect"] == effect).count() as u64;
        Some(BTreeMap::from([("Decisions".to_owned(), grouped(count))]))
    }

    /// The sentences with numbers that this section may have.
    fn sentences(&self) -> BTreeSet<String> {
        let mut said = BTreeSet::new();
        let whole = || self.checks.iter().filter(|row| row["breakdown"] == "all");
        if self.is_open() {
            let of = |grade: &str| self.findings("all").filter(|r| r["grade"] == grade).count();
            let words = |n: usize, one: &str, many: &str| {
                format!("{n} {}", if n == 1 { one } else { many })
            };
            said.insert(format!(
                "{} checks looked at the records. They found {}, {} and {}.",
                whole().count(),
                words(of("high_priority"), "thing of high priority", "things of high priority"),
                words(of("error"), "error", "errors"),
                words(of("warning"), "warning", "warnings"),
            ));
            said.extend(self.findings("all").filter(|r| r["grade"] == "high_priority").map(
                |row| {
                    let mut mend = row["mend"].clone();
                    mend[..1].make_ascii_lowercase();
                    format!(
                        "{}: {} of {}. {}: {mend}.",
                        row["title"],
                        grouped_text(&row["found"]),
                        grouped_text(&row["checked"]),
                        row["mended_by"],
                    )
                },
            ));
        }
        for entry in &self.manifest.ledger {
            let Some(complete) = entry.complete_to.as_deref().and_then(Day::parse_iso) else {
                continue;
            };
            let source =
                self.rules.sources.iter().find(|s| s.id == entry.source).expect("a source");
            said.insert(format!(
                "{}: complete to {complete} only. Windows that end later are “not yet known”.",
                source.title
            ));
        }
        let unchecked = &self.manifest.unchecked;
        let of =
            |id: &str| unchecked.iter().filter(|name| name.starts_with(&format!("{id}."))).count();
        let of = self.rules.frameworks.iter().map(|f| (of(&f.id), &f.title));
        let of: Vec<String> =
            of.filter(|(n, _)| *n > 0).map(|(n, title)| format!("{n} of {title}")).collect();
        let (last, others) = of.split_last().expect("frameworks with unchecked rules");
        said.insert(format!(
            "{} rules in use have not been compared with their published text: {} and {last}.",
            unchecked.len(),
            others.join(", "),
        ));
        said
    }
}

fn has_number(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

#[test]
fn every_number_that_a_page_says_of_its_records_is_that_of_its_own_row() {
    for (name, audience, fewest) in PAGES {
        let told = Told::of(name, audience);
        let sentences = told.sentences();
        let lines =
            section(told.run.text(&format!("{name}/{audience}/index.html")), "section-data-health");
        let (mut compared, mut strange) = (0, Vec::new());
        let mut heads: Vec<&str> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let cells: Vec<&str> = line.split(" | ").collect();
            if cells.len() == 1 {
                heads.clear();
                let is_caption = lines.get(at + 1).is_some_and(|next| next.contains(" | "));
                if has_number(line) && !is_caption && !sentences.contains(line) {
                    strange.push(format!("{audience}: “{line}” is expected of nowhere"));
                }
                continue;
            }
            if heads.is_empty() {
                heads = cells;
                continue;
            }
            // Rules are named and say where they are written: the names of rules have numbers, no figures.
            if heads.first() == Some(&"Rule") {
                continue;
            }
            let held = told.row(&heads, &cells).unwrap_or_default();
            for (head, cell) in heads.iter().zip(&cells).skip(1) {
                compared += 1;
                match held.get(*head) {
                    Some(expected) if expected == cell => {}
                    Some(expected) => strange.push(format!("{line}: {head} should be {expected}")),
                    // A date of a feed, and how long that is before the day of the report.
                    None if ["Newest date", "Against the report’s day"].contains(head) => {}
                    None if *head == "How to mend them" => {}
                    None if has_number(cell) => {
                        strange.push(format!("{line}: {head} is expected of nowhere"));
                    }
                    None => {}
                }
            }
        }
        assert!(strange.is_empty(), "{name}: {:#?}", &strange[..strange.len().min(20)]);
        assert!(compared > fewest, "only {compared} cells of {name} {audience} were compared");
    }
}

#[test]
fn how_old_a_feed_is_follows_from_its_newest_date() {
    let as_at = rules().project.as_at;
    let lines = section(MONTHLY.text("2026-09-monthly/internal/index.html"), "section-data-health");
    let heads = lines.iter().find(|line| line.starts_with("Feed | Rows read")).expect("the ledger");
    let at = |head: &str| heads.split(" | ").position(|h| h == head).expect("a column");
    let (newest, against) = (at("Newest date"), at("Against the report’s day"));
    let days = (0..3000).map(|n| Day(as_at.0 - n));
    let days: BTreeMap<String, i32> = days.map(|day| (day.to_string(), as_at.0 - day.0)).collect();
    let mut compared = 0;
    for line in
        lines.iter().skip_while(|line| *line != heads).skip(1).take_while(|l| l.contains(" | "))
    {
        let cells: Vec<&str> = line.split(" | ").collect();
        let Some(before) = days.get(cells[newest]) else { continue };
        let expected = match before {
            0 => "The same day".to_owned(),
            1 => "1 day before".to_owned(),
            n => format!("{n} days before"),
        };
        assert_eq!(cells[against], expected, "{line}");
        compared += 1;
    }
    assert!(compared > 30, "only {compared} feeds were compared");
}

#[test]
fn what_a_page_says_of_a_definition_stands_in_the_file_beside_it() {
    for (name, audience, fewest) in PAGES {
        let run = run_of(name);
        let below = format!("{name}/{audience}");
        let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in run.rows(&format!("{below}/data/definitions.csv")) {
            let line = row["line"].trim().to_owned();
            said.entry(row["definition"].clone()).or_default().insert(line);
        }
        let lines = section(run.text(&format!("{below}/index.html")), "definitions");
        // The name stands last: from the end on each line belongs to the name that was read before it.
        let (mut of, mut compared, mut strange) = (String::new(), 0, Vec::new());
        for line in lines.iter().rev() {
            let Some((label, text)) = line.split_once(" | ") else { continue };
            if label == "Name in files" {
                of = format!("measure.{text}");
                continue;
            }
            compared += 1;
            let line = format!("{label}: {text}");
            if !said.get(&of).is_some_and(|lines| lines.contains(&line)) {
                strange.push(format!("{of}: {line}"));
            }
        }
        assert!(strange.is_empty(), "{name}: {:#?}", &strange[..strange.len().min(20)]);
        assert!(compared > fewest, "only {compared} lines of {name} {audience} were compared");
    }
}

#[test]
fn what_has_to_be_known_first_is_counted_in_the_manifest() {
    for (name, audience, _) in PAGES {
        let told = Told::of(name, audience);
        let as_at = told.rules.project.as_at;
        let complete =
            told.manifest.ledger.iter().filter_map(|l| Day::parse_iso(l.complete_to.as_deref()?));
        let late = complete.filter(|day| *day < as_at).count();
        let numbers = [late, told.manifest.unchecked.len(), told.manifest.amendments.len()];
        let lines = section(told.run.text(&format!("{name}/{audience}/index.html")), "notices");
        let begins = |n: usize| lines.iter().any(|line| line.starts_with(&format!("{n} ")));
        for number in numbers.into_iter().filter(|n| *n > 0) {
            assert!(begins(number), "{audience}: nothing is said of {number}: {lines:#?}");
        }
        let counted = lines.iter().filter(|l| l.starts_with(|c: char| c.is_ascii_digit())).count();
        assert_eq!(counted, numbers.iter().filter(|n| **n > 0).count(), "{lines:#?}");
    }
}

#[test]
fn what_was_hidden_is_said_in_the_numbers_of_the_policy() {
    for (name, audience, _) in PAGES {
        let told = Told::of(name, audience);
        let mut audiences = told.rules.audiences.iter();
        let own = audiences.find(|a| a.id == audience).expect("an audience");
        let policy = &told.rules.policies[&own.disclosure];
        let small = policy.suppress_below.saturating_sub(1);
        let known = [1, small, policy.round_to, policy.width()].map(|n| n.to_string());
        let lines = section(told.run.text(&format!("{name}/{audience}/index.html")), "shorthand");
        let words = lines.iter().filter(|line| line.contains(&policy.title));
        let words: Vec<&str> = words.flat_map(|line| line.split_whitespace()).collect();
        let said = words.iter().map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()));
        let said: Vec<&str> = said.filter(|word| !word.is_empty()).collect();
        assert_eq!(said.is_empty(), policy.suppress_below == 0, "{audience}: {lines:#?}");
        assert!(
            said.iter().all(|n| known.iter().any(|k| k == n)),
            "{audience}: {said:?} of {known:?}"
        );
    }
}

#[test]
fn what_is_to_be_mended_first_is_the_gravest_and_then_the_most() {
    let told = Told::of("2026-09-monthly", "internal");
    let lines = section(MONTHLY.text("2026-09-monthly/internal/index.html"), "section-data-health");
    let from =
        lines.iter().position(|line| line.ends_with("The ten things to mend first, by team"));
    let rows = lines[from.expect("the table") + 2..].iter().take_while(|line| line.contains(" | "));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(" | ").collect()).collect();
    assert_eq!(rows.len(), 10);
    let grade = |word: &str| ["High priority", "Error", "Warning"].iter().position(|g| *g == word);
    let place = |grade: Option<usize>, found: &str| {
        (
            grade.expect("a grade"),
            std::cmp::Reverse(found.replace(',', "").parse::<u64>().expect("a count")),
        )
    };
    let shown: Vec<_> = rows.iter().map(|row| place(grade(row[2]), row[3])).collect();
    assert!(shown.is_sorted());
    // None that is left out stands before the last of them.
    let words = ["high_priority", "error", "warning"];
    let all = told
        .findings("team")
        .map(|row| place(words.iter().position(|word| *word == row["grade"]), &row["found"]));
    let last = shown.last().expect("ten");
    assert!(all.filter(|place| place < last).count() < 10);
}
