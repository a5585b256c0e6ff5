//! Reads frameworks: headlines, needs, outcomes and claims, with their rules and references.

use crate::calendar::{Length, LengthUnit};
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::expression::check::Wanted;
use crate::definitions::expression::{Checked, Expr, Name, Type};
use crate::definitions::framework::{Claim, Framework, Headline, Need, Outcome, Reference, Valid};
use crate::definitions::load::folder::File;
use crate::definitions::load::ground::{CASE, Ground};
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::load::tests_of_rows::Owner;
use crate::definitions::place::Place;
use crate::definitions::test::{Test, TestKind, Window};
use crate::definitions::unit::Unit;

impl Ground<'_> {
    pub(super) fn frameworks(&self) -> Vec<Framework> {
        let files = self.folder.files.iter().filter(|f| f.is_framework());
        files.filter_map(|f| self.framework(f)).collect()
    }

    fn framework(&self, file: &File<'_>) -> Option<Framework> {
        let Some(case) = self.unit(CASE) else {
            if !self.folder.declared("unit").iter().any(|u| u == CASE) {
                let message = "a framework judges cases, and there is no unit `case`";
                self.log.push(
                    Diagnostic::error("reference", &file.id.place, message)
                        .mend("define [unit.case]"),
                );
            }
            return None;
        };
        let title = file.head.words("title");
        let valid = file.head.get("valid").map(|v| self.valid(v, case));
        let reference = self.reference(&file.head, &Reference::default());
        let headlines = self.headlines(file);
        let headline_ids: Vec<String> =
            file.each("headline").into_iter().map(|(k, _)| k.text).collect();
        let need_ids: Vec<String> = file.each("need").into_iter().map(|(k, _)| k.text).collect();
        let needs = file
            .each("need")
            .into_iter()
            .filter_map(|(key, value)| self.need(&key, value, case, &headline_ids, &reference))
            .collect();
        let mut outcomes: Vec<Outcome> = Vec::new();
        for (key, value) in file.each("outcome") {
            let Some(outcome) = self.outcome(&key, value, case, &need_ids, &reference) else {
                continue;
            };
            if let Some(other) = outcomes.iter().find(|o| o.need == outcome.need) {
                let message =
                    format!("the need `{}` has the outcome `{}` already", outcome.need, other.id);
                self.log.push(
                    Diagnostic::error("twice", &outcome.place, message)
                        .mend("keep one outcome for each need; join their rules with `or`"),
                );
            }
            outcomes.push(outcome);
        }
        let claims = file
            .each("claim")
            .into_iter()
            .filter_map(|(key, value)| self.claim(file, &key, value, &reference))
            .collect();
        let overrides = self.overrides(file, case);
        Some(Framework {
            id: file.id.text.clone(),
            title: title?,
            valid: valid.flatten(),
            reference,
            headlines,
            needs,
            outcomes,
            claims,
            overrides,
        })
    }

    fn valid(&self, value: Value<'_>, case: &Unit) -> Option<Valid> {
        let place = value.place();
        let table = value.table("`valid`", &place, keys::VALID)?;
        let from = table.required("from").and_then(|v| v.date());
        let to = table.get("to").and_then(|v| v.date());
        let by = table.required_text("by").and_then(|by| self.anchor(&by, case));
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            self.log.push(
                Diagnostic::error("value", &place, "the framework ends before it begins")
                    .mend("correct `from` or `to`"),
            );
        }
        Some(Valid { from: from?, to, by: by? })
    }

    /// Where a rule comes from; the document is the framework's unless the rule names another.
    pub(super) fn reference(&self, table: &Table<'_>, above: &Reference) -> Reference {
        let inherited = Reference {
            document: above.document.clone(),
            url: above.url.clone(),
            ..Reference::default()
        };
        let Some(value) = table.get("reference") else { return inherited };
        let Some(own) = value.table("`reference`", &value.place(), keys::REFERENCE) else {
            return inherited;
        };
        let text = |key: &str| own.text(key).map(|t| t.text);
        let section = match (text("section"), text("rule")) {
            (Some(section), Some(rule)) => Some(format!("{section}, rule {rule}")),
            (section, rule) => section.or(rule.map(|r| format!("rule {r}"))),
        };
        Reference {
            document: text("document").or(inherited.document),
            section,
            url: text("url").or(inherited.url),
            checked: own.get("checked").and_then(|v| v.yes_no()).unwrap_or(false),
        }
    }

    fn headlines(&self, file: &File<'_>) -> Vec<Headline> {
        let mut headlines = Vec::new();
        for (at, (key, value)) in file.each("headline").into_iter().enumerate() {
            let what = format!("headline `{}`", key.text);
            let Some(table) = value.table(&what, &key.place, keys::HEADLINE) else {
                continue;
            };
            let title = table.words("title");
            let short = table.text("short").map(|t| t.text);
            let order = match table.get("order") {
                Some(v) => v.whole(0, 1000),
                None => i64::try_from(at).ok(),
            };
            if let (Some(title), Some(order)) = (title, order) {
                headlines.push(Headline { id: key.text, title, short, order });
            }
        }
        headlines.sort_by_key(|h| h.order);
        headlines
    }

    fn need(
        &self,
        key: &Text,
        value: Value<'_>,
        case: &Unit,
        headlines: &[String],
        above: &Reference,
    ) -> Option<Need> {
        let what = format!("need `{}`", key.text);
        let table = value.table(&what, &key.place, keys::NEED)?;
        let headline =
            table.required_text("headline").filter(|h| self.refers_among("headline", h, headlines));
        let title = table.words("title");
        let reference = self.reference(&table, above);
        let tests = self.tests(&table, &what, case, Owner::Need);
        let rule = self.rule(&table, &what, &tests, false);
        Some(Need {
            id: key.text.clone(),
            headline: headline?.text,
            title: title?,
            short: table.text("short").map(|t| t.text),
            tests: tests.found?,
            rule: rule?,
            reference,
            place: key.place.clone(),
        })
    }

    fn outcome(
        &self,
        key: &Text,
        value: Value<'_>,
        case: &Unit,
        needs: &[String],
        above: &Reference,
    ) -> Option<Outcome> {
        let what = format!("outcome `{}`", key.text);
        let table = value.table(&what, &key.place, keys::OUTCOME)?;
        let need = table.required_text("need").filter(|n| self.refers_among("need", n, needs));
        let title = table.words("title");
        let sustained = table.get("sustained").and_then(|v| Some((self.length(v)?, v.place())));
        let reference = self.reference(&table, above);
        let tests = self.tests(&table, &what, case, Owner::Outcome);
        let rule = self.rule(&table, &what, &tests, false);
        if let (Some((length, place)), Some(tests)) = (&sustained, &tests.found) {
            self.check_sustained(*length, place, tests);
        }
        Some(Outcome {
            id: key.text.clone(),
            need: need?.text,
            title: title?,
            sustained: sustained.map(|(length, _)| length),
            tests: tests.found?,
            rule: rule?,
            reference,
            place: key.place.clone(),
        })
    }

    fn claim(
        &self,
        file: &File<'_>,
        key: &Text,
        value: Value<'_>,
        above: &Reference,
    ) -> Option<Claim> {
        let what = format!("claim `{}`", key.text);
        let table = value.table(&what, &key.place, keys::CLAIM)?;
        let title = table.words("title");
        let reference = self.reference(&table, above);
        if let Some(unit) = table.text("unit")
            && unit.text != CASE
        {
            let message = "a claim is about a case";
            self.log.push(
                Diagnostic::error("reference", &unit.place, message).mend("write unit = \"case\""),
            );
        }
        let tests = self.tests(&table, &what, self.unit(CASE)?, Owner::Claim);
        let rule = self.rule(&table, &what, &tests, true);
        let over_all = [Name::NeedsIdentified, Name::HeadlinesIdentified, Name::EveryNeedMet];
        let asks_of_all =
            rule.as_ref().is_some_and(|r| r.expr.names().iter().any(|n| over_all.contains(n)));
        if asks_of_all && file.lacks_rules() {
            let message = "it asks about all needs of its framework, and some were left out";
            self.log.push(Diagnostic::error("left_out", &key.place, message));
        }
        let not_with = table.get("not_with").map(|v| v.one_or_more_texts()).unwrap_or_default();
        let not_with = not_with.iter().filter_map(|other| self.claim_named(other)).collect();
        Some(Claim {
            id: key.text.clone(),
            title: title?,
            tests: tests.found?,
            rule: rule?,
            not_with,
            reference,
            place: key.place.clone(),
        })
    }

    fn tests(&self, table: &Table<'_>, what: &str, unit: &Unit, owner: Owner) -> Tests {
        let mut names = Vec::new();
        let mut found = Vec::new();
        let mut sound = true;
        let tests = table.get("test").and_then(|v| v.open_table("tests", table.place()));
        for (key, value) in tests.as_ref().map(Table::entries).unwrap_or_default() {
            names.push(key.clone());
            let what = format!("test `{}` of {what}", key.text);
            let test = value
                .table(&what, &key.place, keys::TEST)
                .and_then(|t| self.test(key, &t, unit, owner));
            sound &= test.is_some();
            found.extend(test);
        }
        if names.is_empty() && owner != Owner::Claim {
            let message = format!("{what} has no test");
            self.log.push(Diagnostic::error("required", table.place(), message).mend(
                "add a table with a source, a window and what the rows must show: [….test.name]",
            ));
            sound = false;
        }
        Tests { names, found: sound.then_some(found) }
    }

    fn rule(&self, table: &Table<'_>, what: &str, tests: &Tests, claim: bool) -> Option<Checked> {
        let names: Vec<String> = tests.names.iter().map(|t| t.text.clone()).collect();
        let Some(value) = table.get("rule") else {
            return match names.as_slice() {
                _ if claim => {
                    table.missing("rule");
                    None
                }
                [only] => {
                    let expr = Expr::Name(Name::Test(only.clone()));
                    Some(Checked { text: only.clone(), expr, ty: Type::YesNo })
                }
                [] => None,
                _ => {
                    let message =
                        format!("{what} has {} tests and no rule that joins them", names.len());
                    let mend = format!("add rule = \"{}\" (or with `or`)", names.join(" and "));
                    self.log.push(Diagnostic::error("rule", table.place(), message).mend(mend));
                    None
                }
            };
        };
        let rule = self.expression(value, &self.rule_scope(&names, claim), &Wanted::YesNo)?;
        let used = rule.expr.names();
        for test in &tests.names {
            if !used.contains(&Name::Test(test.text.clone())) {
                let message = format!("the rule does not use the test `{}`", test.text);
                self.log.push(
                    Diagnostic::error("rule", &test.place, message)
                        .mend("name it in the rule, or take the test away"),
                );
            }
        }
        Some(rule)
    }

    /// A declared length has to be the length of some window, or no longer than it.
    fn check_sustained(&self, declared: Length, place: &Place, tests: &[Test]) {
        let windows = tests.iter().filter_map(|t| match &t.kind {
            TestKind::Rows(t) => Some(&t.window),
            TestKind::When(_) => None,
        });
        let lengths: Vec<Length> = windows.filter_map(window_length).collect();
        if lengths.iter().any(|l| covers(*l, declared)) {
            return;
        }
        let message =
            format!("\"sustained for {declared}\" is declared, but no window is that long");
        let mend = match lengths.as_slice() {
            [] => "give a test a window of that length".to_owned(),
            lengths => {
                let said: Vec<String> = lengths.iter().map(ToString::to_string).collect();
                format!(
                    "the windows are {} long; change one of them, or the declaration",
                    said.join(", ")
                )
            }
        };
        self.log.push(Diagnostic::error("sustained", place, message).mend(mend));
    }
}

/// The tests of a definition: all their names, and the tests themselves when all are sound.
struct Tests {
    names: Vec<Text>,
    found: Option<Vec<Test>>,
}

/// How long a window is, where that does not hang on the case.
pub(super) fn window_length(window: &Window) -> Option<Length> {
    match window {
        Window::After { length, .. }
        | Window::Before { length, .. }
        | Window::UpTo { length, .. } => Some(*length),
        Window::LastPeriods { count, .. } | Window::NextPeriods { count, .. } => {
            Some(Length { count: *count, unit: LengthUnit::Terms })
        }
        Window::FromTo { .. } | Window::On { .. } => None,
    }
}

/// Whether a window of one length is at least as long as another; terms compare with terms only.
fn covers(window: Length, declared: Length) -> bool {
    let days = |l: Length| {
        f64::from(l.count)
            * match l.unit {
                LengthUnit::Days | LengthUnit::Terms => 1.0,
                LengthUnit::WorkingDays => 7.0 / 5.0,
                LengthUnit::Weeks => 7.0,
                LengthUnit::Months => 365.25 / 12.0,
                LengthUnit::Years => 365.25,
            }
    };
    let terms = |l: Length| l.unit == LengthUnit::Terms;
    terms(window) == terms(declared) && days(window) >= days(declared) - 1e-9
}
