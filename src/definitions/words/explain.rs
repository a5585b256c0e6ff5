//! Says one definition in plain English, with the real dates of its windows.

mod data_checks;
mod extracts;
mod overrides;
mod users;

use std::collections::BTreeSet;

use super::agreed::read_in;
use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::data_check::DataCheck;
use crate::definitions::diagnostic::nearest;
use crate::definitions::expression::{Checked, Expr, Name, Type};
use crate::definitions::extract::Extract;
use crate::definitions::framework::{Claim, Framework, Need, Outcome, Reference};
use crate::definitions::mapping::CompleteTo;
use crate::definitions::measure::{Fact, Measure};
use crate::definitions::overrides::{Override, Ruled};
use crate::definitions::source::{Shape, Silence, Source};
use crate::definitions::test::{
    Asks, PERIOD_END, PERIOD_START, PartsPass, RowTest, SpellsIn, Splits, Stated, Test, TestKind,
    Who, Window,
};
use crate::definitions::words::changed::Said;
use crate::definitions::words::conditions::{Voice, name_of_column, sentence, spaced};
use crate::definitions::words::{measure_note, stated};

pub use users::definitions_behind;
use users::full;

/// One definition that can be explained.
enum Subject<'a> {
    Need(&'a Framework, &'a Need),
    Outcome(&'a Framework, &'a Outcome),
    Claim(&'a Framework, &'a Claim),
    Override(&'a Framework, &'a Override),
    Fact(&'a Fact),
    Measure(&'a Measure),
    Source(&'a Source),
    Check(&'a DataCheck),
    Extract(&'a Extract),
}

/// Explains a need, outcome, claim, override, fact, measure, source, data check or extract.
///
/// The name is the whole one (`sf2022.outcome.not_missing`, `measure.x`, `fact.x`, `source.x`) or as
/// much of its end as names one thing only. Nothing when no definition or several have the name.
#[must_use]
pub fn explain(id: &str, definitions: &Definitions) -> Option<String> {
    let subjects = subjects(definitions);
    let whole = subjects.iter().find(|(name, _)| name == id);
    let end = format!(".{id}");
    let mut ending = subjects.iter().filter(|(name, _)| name.ends_with(&end));
    let (name, subject) = match (whole, ending.next(), ending.next()) {
        (Some(found), _, _) | (None, Some(found), None) => found,
        _ => return None,
    };
    let mut page = Page { definitions, lines: Vec::new(), alone: false };
    page.write(name, subject);
    for amendment in definitions.amendments_of(name) {
        page.line(format!("Amended locally: {}.", amendment.reason()));
        page.lines.extend(amendment.lines().into_iter().map(|line| format!("  {line}")));
    }
    Some(page.lines.join("\n") + "\n")
}

/// Every definition that can be explained, by name, with the lines that say it. Examples and users
/// are left out: they are other definitions.
#[must_use]
pub fn said(definitions: &Definitions) -> Said {
    let mut all = Said::new();
    for (name, subject) in subjects(definitions) {
        let mut page = Page { definitions, lines: Vec::new(), alone: true };
        page.write(&name, &subject);
        all.insert(name, page.lines);
    }
    all
}

/// The name of a definition that may have been meant.
#[must_use]
pub fn nearest_definition(id: &str, definitions: &Definitions) -> Option<String> {
    let names: Vec<String> = subjects(definitions).into_iter().map(|(name, _)| name).collect();
    let ends = names.iter().map(|n| n.rsplit('.').next().unwrap_or(n));
    let near = nearest(id, names.iter().map(String::as_str));
    let near = near.or_else(|| nearest(id.rsplit('.').next().unwrap_or(id), ends))?;
    let whole = names.iter().find(|n| *n == near || n.ends_with(&format!(".{near}")));
    whole.cloned()
}

fn subjects(definitions: &Definitions) -> Vec<(String, Subject<'_>)> {
    let mut all = Vec::new();
    for f in &definitions.frameworks {
        let id = |kind: &str, id: &str| format!("{}.{kind}.{id}", f.id);
        all.extend(f.needs.iter().map(|n| (id("need", &n.id), Subject::Need(f, n))));
        all.extend(f.outcomes.iter().map(|o| (id("outcome", &o.id), Subject::Outcome(f, o))));
        all.extend(f.claims.iter().map(|c| (id("claim", &c.id), Subject::Claim(f, c))));
        all.extend(f.overrides.iter().map(|o| (id("override", &o.id), Subject::Override(f, o))));
    }
    let id = |kind: &str, id: &str| format!("{kind}.{id}");
    all.extend(definitions.facts.iter().map(|f| (id("fact", &f.id), Subject::Fact(f))));
    all.extend(definitions.measures.iter().map(|m| (id("measure", &m.id), Subject::Measure(m))));
    all.extend(definitions.extracts.iter().map(|e| (id("extract", &e.id), Subject::Extract(e))));
    all.extend(definitions.checks.iter().map(|c| (id("check", &c.id), Subject::Check(c))));
    all.extend(definitions.sources.iter().map(|s| (id("source", &s.id), Subject::Source(s))));
    all
}

struct Page<'a> {
    definitions: &'a Definitions,
    lines: Vec<String>,
    /// Whether only the definition itself is said, without today's dates, examples and users.
    alone: bool,
}

impl Page<'_> {
    fn write(&mut self, name: &str, subject: &Subject<'_>) {
        match subject {
            Subject::Need(framework, need) => self.need(name, framework, need),
            Subject::Outcome(framework, outcome) => self.outcome(name, framework, outcome),
            Subject::Claim(framework, claim) => self.claim(name, framework, claim),
            Subject::Override(framework, by) => self.override_of(name, framework, by),
            Subject::Fact(fact) => self.fact(name, fact),
            Subject::Measure(measure) => self.measure(name, measure),
            Subject::Source(source) => self.source(name, source),
            Subject::Check(check) => self.data_check(name, check),
            Subject::Extract(extract) => self.extract(name, extract),
        }
    }

    fn line(&mut self, text: impl Into<String>) {
        self.lines.push(text.into());
    }

    fn head(&mut self, title: &str, name: &str) {
        self.line(title);
        self.line(name);
        self.line("");
    }

    fn need(&mut self, name: &str, framework: &Framework, need: &Need) {
        self.head(&need.title, name);
        self.tests(&need.tests, &need.rule, "The need is there");
        self.line("When nobody can know, the need counts as not there.");
        self.discretion(framework, Ruled::Need, &need.id);
        self.parameters(&need.tests, &need.rule);
        self.reference(&need.reference);
        self.examples(name);
        self.answered_by(name, need);
        self.claimed_in(name, true);
        self.used_by(&|n| matches!(n, Name::Need(id) if full(id, "need") == name));
    }

    fn outcome(&mut self, name: &str, framework: &Framework, outcome: &Outcome) {
        self.head(&outcome.title, name);
        if let Some(need) = framework.needs.iter().find(|n| n.id == outcome.need) {
            self.line(format!("Applies to cases with the need \u{201c}{}\u{201d}.", need.title));
        }
        if let Some(length) = outcome.sustained {
            self.line(format!("It has to hold for {length}."));
        }
        self.tests(&outcome.tests, &outcome.rule, "The outcome is met");
        self.discretion(framework, Ruled::Outcome, &outcome.id);
        self.parameters(&outcome.tests, &outcome.rule);
        self.reference(&outcome.reference);
        self.examples(name);
        self.claimed_in(name, false);
        self.used_by(&|n| matches!(n, Name::Outcome(id) if full(id, "outcome") == name));
    }

    fn claim(&mut self, name: &str, framework: &Framework, claim: &Claim) {
        self.head(&claim.title, name);
        self.tests(&claim.tests, &claim.rule, "It may be claimed");
        self.discretion(framework, Ruled::Claim, &claim.id);
        if !claim.not_with.is_empty() {
            let others = claim.not_with.join(" or ");
            self.line(format!("It may not be claimed for a family besides {others}."));
        }
        self.parameters(&claim.tests, &claim.rule);
        self.reference(&claim.reference);
        self.examples(name);
        self.used_by(&|n| matches!(n, Name::Claim(id) if full(id, "claim") == name));
        self.listed_in(name);
    }

    fn fact(&mut self, name: &str, fact: &Fact) {
        self.head(&fact.title, name);
        self.line(format!("A fact about each {}.", spaced(&fact.unit)));
        self.test(&fact.test, &fact.unit, "");
        self.parameters_of(asked_by(&fact.test));
        self.examples(name);
        self.used_by(&|n| matches!(n, Name::Fact(id) if *id == fact.id));
    }

    fn measure(&mut self, name: &str, measure: &Measure) {
        self.head(&measure.title, name);
        for (label, text) in measure_note(measure, self.definitions) {
            self.line(format!("{label}: {text}"));
        }
        let packs = self.packs_of(&[measure.id.as_str()]);
        if !packs.is_empty() {
            self.line(format!("Shown in: {}.", packs.join(", ")));
        }
        self.line(format!("Released to: {}.", measure.audiences.join(", ")));
    }

    fn source(&mut self, name: &str, source: &Source) {
        self.head(&source.title, name);
        let rows = match &source.shape {
            Shape::Entity => format!("One row for each {}.", spaced(&source.about)),
            Shape::Event { date } => format!(
                "Each row is something that happened to a {} on {}.",
                spaced(&source.about),
                name_of_column(date)
            ),
            Shape::Reading { date } => format!(
                "Each row is an observation of a {} on {}.",
                spaced(&source.about),
                name_of_column(date)
            ),
            Shape::Period { calendar, .. } => format!(
                "Each row is a value for a {} in one of the {}.",
                spaced(&source.about),
                spaced(calendar)
            ),
            Shape::Spell { start, end } => format!(
                "Each row is a spell of a {}, from {} to {}; without an end it is still open.",
                spaced(&source.about),
                name_of_column(start),
                name_of_column(end)
            ),
        };
        self.line(rows);
        self.line(silence(source.no_rows));
        self.line("Columns:");
        for column in &source.columns {
            let mut said = format!("  {}: {}", column.name, type_in_words(&column.ty));
            if let Some(formula) = &column.formula {
                said.push_str(&format!(", computed as {formula}"));
            } else if column.optional {
                said.push_str(", may be missing");
            }
            self.line(said);
        }
        let fed: Vec<&str> =
            self.definitions.maps_of(&source.id).map(|m| m.files.from.as_str()).collect();
        if fed.is_empty() {
            self.line("No export feeds it.");
        } else {
            self.line(format!("Fed from: {}.", fed.join(", ")));
        }
        let readers = self.readers(&source.id);
        if !readers.is_empty() && !self.alone {
            self.line(format!("Read by: {}.", readers.join(", ")));
        }
    }

    // ------------------------------------------------------------------ tests

    fn tests(&mut self, tests: &[Test], rule: &Checked, so: &str) {
        let voice = Voice::of_unit(self.definitions, "case");
        let only = matches!((&rule.expr, tests), (Expr::Name(Name::Test(id)), [t]) if *id == t.id);
        if only {
            self.line(format!("{so} when the following holds."));
        } else {
            self.line(format!("{so} when {}.", voice.condition(&rule.expr)));
        }
        for test in tests {
            let label = if only {
                String::new()
            } else {
                format!("\u{201c}{}\u{201d}: ", spaced(&test.id))
            };
            self.test(test, "case", &label);
        }
    }

    fn test(&mut self, test: &Test, unit: &str, label: &str) {
        let voice = Voice::of_unit(self.definitions, unit);
        match &test.kind {
            TestKind::When(when) => {
                let said = match when.ty {
                    Type::YesNo => voice.condition(&when.expr),
                    _ => voice.value(&when.expr),
                };
                self.line(format!("  {label}{}", sentence(&said)));
            }
            TestKind::Rows(rows) => self.row_test(rows, unit, label),
        }
    }

    fn row_test(&mut self, test: &RowTest, unit: &str, label: &str) {
        let voice = Voice::of_unit(self.definitions, unit).over_rows();
        let source = self.definitions.source(&test.source);
        let title = source.map_or(test.source.as_str(), |s| s.title.as_str());
        let mut said = match &test.who {
            Who::Unit => "in".to_owned(),
            Who::Any(group) => format!("for at least one person of {}, in", self.group(group)),
            Who::Every(group) => format!("for each person of {}, in", self.group(group)),
            Who::Together(group) => format!("for {} taken together, in", self.group(group)),
        };
        said.push_str(&format!(" \u{201c}{title}\u{201d}"));
        if let Some(condition) = &test.condition {
            said.push_str(&format!(" where {}", voice.condition(&condition.expr)));
        }
        let spells = match test.spells {
            SpellsIn::Overlapping => "",
            SpellsIn::Starting => " (spells that start then)",
            SpellsIn::Ending => " (spells that end then)",
        };
        said.push_str(&format!(", {}{spells}", window_in_words(&test.window, &voice)));
        if let Some(splits) = &test.splits {
            said.push_str(&format!(", {}", parts_in_words(splits)));
        }
        said.push_str(&match &test.asks {
            Asks::Expect(expect) => format!(": {}", voice.condition(&expect.expr)),
            Asks::Value(value) => format!(": {}", voice.value(&value.expr)),
        });
        self.line(format!("  {label}{}", sentence(&said)));
        self.dates("The window", &test.window, &voice);
        self.decided(test, &voice);
        if let Some(baseline) = &test.baseline {
            self.line(format!("    The baseline lies {}.", window_in_words(baseline, &voice)));
            self.dates("The baseline", baseline, &voice);
        }
        let quiet = match test.missing {
            Some(said) => format!("No rows at all means {}.", stated(said)),
            None => source.map_or_else(String::new, |s| silence(s.no_rows).to_owned()),
        };
        self.line(format!("    {quiet}"));
        if test.who.group().is_some() && test.nobody != Stated::Unknown {
            self.line(format!("    Without anybody in the group: {}.", stated(test.nobody)));
        }
    }

    fn group(&self, id: &str) -> String {
        let title = self.definitions.group(id).map_or_else(|| spaced(id), |g| g.title.clone());
        format!("the group \u{201c}{title}\u{201d}")
    }

    /// The window's days for anchors on the project's own day.
    fn dates(&mut self, what: &str, window: &Window, voice: &Voice<'_>) {
        if self.alone {
            return;
        }
        let project = &self.definitions.project;
        let [anchor] = window.anchors()[..] else { return };
        let day: Day = project.as_at;
        let said = match window.days(|_| Some(day), project.calendars()) {
            Ok(Some((first, last))) if first == last => format!("that is {first}"),
            Ok(Some((first, last))) => format!("that is {first} to {last}, both days included"),
            Ok(None) | Err(_) => "the calendar does not reach far enough".to_owned(),
        };
        self.line(format!("    {what}: with {} on {day}, {said}.", voice.anchor(anchor)));
    }

    /// The last anchor on which the window is over today, given how far its feed reaches.
    fn decided(&mut self, test: &RowTest, voice: &Voice<'_>) {
        let project = &self.definitions.project;
        let [anchor] = test.window.anchors()[..] else { return };
        if self.alone || matches!(test.window, Window::Before { .. } | Window::UpTo { .. }) {
            return;
        }
        // How far a feed reaches is known from its rows alone, or from the mapping: all of its maps.
        let days = self.definitions.maps_of(&test.source).map(|m| match &m.complete_to {
            CompleteTo::Day(day) => Some(*day),
            CompleteTo::Newest { .. } => None,
        });
        let Some(Some(fed)) = days.min() else { return };
        let known_to = fed.min(project.as_at);
        let over = |day: &Day| {
            let days = test.window.days(|_| Some(*day), project.calendars());
            matches!(days, Ok(Some((_, last))) if last <= known_to)
        };
        // Ten years back is before the first row of anybody's feed.
        let latest = (0..3_653).map(|back| known_to.plus_days(-back)).find(over);
        if let Some(latest) = latest {
            self.line(format!(
                "    The feed is known to {known_to}: the window is over where {} is {latest} or before.",
                voice.anchor(anchor)
            ));
        }
    }

    // -------------------------------------------------------------- parameters

    fn parameters(&mut self, tests: &[Test], rule: &Checked) {
        self.parameters_of(tests.iter().flat_map(asked_by).chain([rule]));
    }

    /// The thresholds that these expressions read, by name and with their meaning.
    fn parameters_of<'c>(&mut self, asked: impl IntoIterator<Item = &'c Checked>) {
        let mut names = BTreeSet::new();
        asked.into_iter().for_each(|checked| read_in(checked, &mut names));
        let voice = Voice::of_unit(self.definitions, "case");
        let parameters = &self.definitions.project.parameters;
        let said: Vec<String> = parameters
            .iter()
            .filter(|p| names.contains(&p.id))
            .map(|p| {
                let value = voice.value(&Expr::Parameter(p.id.clone(), p.value.clone()));
                let version = p.version.as_ref();
                let version = version.map(|v| format!(" Version {v}.")).unwrap_or_default();
                format!("  {} = {value}: {}{version}", p.id, sentence(&p.title))
            })
            .collect();
        if !said.is_empty() {
            self.line("Parameters:");
            self.lines.extend(said);
        }
    }

    // ------------------------------------------------ references and examples

    fn reference(&mut self, reference: &Reference) {
        let place = reference
            .words()
            .map_or_else(|| "No document is named".to_owned(), |words| format!("After: {words}"));
        let checked = if reference.checked {
            "The wording has been compared with it."
        } else {
            "Nobody has compared the wording with the published text yet."
        };
        self.line(format!("{place}. {checked}"));
        if let Some(url) = &reference.url {
            self.line(format!("  {url}"));
        }
    }

    /// The examples of a check or an extract.
    fn record_examples(&mut self, name: &str) {
        let all = self.definitions.record_examples.iter();
        let all: Vec<_> = all.filter(|e| e.of == name && !self.alone).collect();
        if all.is_empty() {
            return;
        }
        let plural = if all.len() == 1 { "" } else { "s" };
        self.line(format!("{} example{plural}:", all.len()));
        for example in all {
            self.line(format!("  {}.", example.says.trim_end_matches('.')));
        }
    }

    fn examples(&mut self, name: &str) {
        if self.alone {
            return;
        }
        let examples: Vec<_> = self.definitions.examples.iter().filter(|e| e.of == name).collect();
        if examples.is_empty() {
            return;
        }
        let plural = if examples.len() == 1 { "" } else { "s" };
        self.line(format!("{} example{plural}:", examples.len()));
        for example in examples {
            let verdicts: Vec<String> = example
                .expect
                .iter()
                .map(|(unit, found)| format!("{unit}: {}", spaced(&found.to_string())))
                .collect();
            let says = example.says.trim_end_matches('.');
            self.line(format!("  {says} ({}).", verdicts.join(", ")));
        }
    }
}

/// Everything that a test asks.
pub(super) fn asked_by(test: &Test) -> Vec<&Checked> {
    match &test.kind {
        TestKind::When(when) => vec![when],
        TestKind::Rows(rows) => {
            let (Asks::Expect(asked) | Asks::Value(asked)) = &rows.asks;
            rows.condition.iter().chain([asked]).collect()
        }
    }
}

fn window_in_words(window: &Window, voice: &Voice<'_>) -> String {
    match window {
        Window::After { anchor, length } => {
            format!("in the {length} after {}", voice.anchor(anchor))
        }
        Window::Before { anchor, length } => {
            format!("in the {length} before {}", voice.anchor(anchor))
        }
        Window::UpTo { anchor, length } => {
            format!("in the {length} up to and with {}", voice.anchor(anchor))
        }
        Window::FromTo { from, to } if from == PERIOD_START && to == PERIOD_END => {
            "in the reporting period".to_owned()
        }
        Window::FromTo { from, to } => {
            format!("from {} to {}", voice.anchor(from), voice.anchor(to))
        }
        Window::On { anchor } => format!("on {}", voice.anchor(anchor)),
        Window::LastPeriods { count, of, by } => {
            format!("in the last {count} complete {} that end by {}", spaced(of), voice.anchor(by))
        }
        Window::NextPeriods { count, of, after } => {
            format!("in the next {count} {} that start after {}", spaced(of), voice.anchor(after))
        }
    }
}

/// Within what a test has to hold: `within each domain`, `within at least 2 values of domain`.
fn parts_in_words(splits: &Splits) -> String {
    let columns: Vec<String> = splits.by.iter().map(|c| spaced(c)).collect();
    let columns = columns.join(" and ");
    match splits.pass {
        PartsPass::Every => format!("within each {columns}"),
        PartsPass::AtLeast(1) => format!("within at least one {columns}"),
        PartsPass::AtLeast(n) => format!("within at least {n} values of {columns}"),
    }
}

fn silence(no_rows: Silence) -> &'static str {
    match no_rows {
        Silence::None => "No rows means that nothing happened.",
        Silence::Unknown => "No rows means that nobody knows.",
    }
}

fn type_in_words(ty: &Type) -> String {
    match ty {
        Type::Code(list) if list.ordered => {
            format!("one of {}, in this order", list.codes.join(", "))
        }
        Type::Code(list) => format!("one of {}", list.codes.join(", ")),
        other => crate::definitions::expression::check::say(other),
    }
}
