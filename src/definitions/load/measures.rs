//! Reads measures, with what `[defaults.measure]` of their file says for all of them.

use crate::calendar::PeriodKind;
use crate::definitions::diagnostic::{Diagnostic, a, nearest_or_list};
use crate::definitions::expression::check::Wanted;
use crate::definitions::expression::{Expr, Name, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::measure::{
    Breakdown, Counted, Exclusion, Measure, MeasureKind, UnknownCounts,
};
use crate::definitions::source::Shape;
use crate::definitions::unit::{Unit, UnitRows};

/// The words for kinds of period.
pub(super) const PERIODS: [(&str, PeriodKind); 4] = [
    ("month", PeriodKind::Month),
    ("quarter", PeriodKind::Quarter),
    ("financial_year", PeriodKind::FinancialYear),
    ("rolling_12_months", PeriodKind::Rolling12Months),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Count,
    Sum,
    Proportion,
    Mean,
    Distribution,
    Ratio,
}

/// The words for kinds of measure.
pub(super) const KINDS: [(&str, Kind); 6] = [
    ("count", Kind::Count),
    ("sum", Kind::Sum),
    ("proportion", Kind::Proportion),
    ("mean", Kind::Mean),
    ("distribution", Kind::Distribution),
    ("ratio", Kind::Ratio),
];

/// What becomes of units of which nobody can know.
pub(super) const UNKNOWN: [(&str, UnknownCounts); 2] =
    [("count_as_not_met", UnknownCounts::AsNotMet), ("leave_out", UnknownCounts::LeaveOut)];

/// A measure's own table over the defaults of its file.
pub(super) struct Sheet<'a> {
    pub(super) own: Table<'a>,
    defaults: Option<Table<'a>>,
}

impl<'a> Sheet<'a> {
    pub(super) fn get(&self, key: &str) -> Option<Value<'a>> {
        self.own.get(key).or_else(|| self.defaults.as_ref()?.get(key))
    }

    fn required(&self, key: &str) -> Option<Value<'a>> {
        let value = self.get(key);
        if value.is_none() {
            self.own.missing(key);
        }
        value
    }
}

impl Ground<'_> {
    pub(super) fn measures(&self, breakdowns: &[Breakdown]) -> Vec<Measure> {
        let mut measures = Vec::new();
        for file in &self.folder.files {
            let defaults = || {
                let value =
                    file.each("defaults").into_iter().find(|(key, _)| key.text == "measure")?;
                value.1.table("[defaults.measure]", &value.0.place, keys::SHARED)
            };
            for (key, value) in file.each("measure") {
                measures.extend(self.measure(&key, value, defaults(), breakdowns));
            }
        }
        self.check_ratios(&measures);
        measures
    }

    fn measure(
        &self,
        key: &Text,
        value: Value<'_>,
        defaults: Option<Table<'_>>,
        breakdowns: &[Breakdown],
    ) -> Option<Measure> {
        let what = format!("measure `{}`", key.text);
        let sheet = Sheet { own: value.table(&what, &key.place, keys::MEASURE)?, defaults };
        let table = &sheet.own;
        let kind = table.required("kind").and_then(|v| v.one_of(&KINDS));
        let title = table.words("title");
        let description = table.words("description");
        let why = table.words("why");
        let caveats = table.text("caveats").map(|t| t.text);
        let owner = sheet.required("owner").and_then(|v| v.text());
        let audiences =
            sheet.required("audience").map(|v| v.one_or_more_texts()).unwrap_or_default();
        let audiences = self.references("audience", audiences);
        let periods: Vec<PeriodKind> = sheet
            .required("periods")
            .map(|v| v.list().iter().filter_map(|p| p.one_of(&PERIODS)).collect())
            .unwrap_or_default();
        let targets = self.targets(table);
        let unknown = sheet.get("unknown").and_then(|v| v.one_of(&UNKNOWN));
        if let Some(v) = sheet.get("immature") {
            v.one_of(&[("leave_out", ())]);
        }
        if let Some(v) = sheet.get("next_review") {
            v.date();
        }
        let decimals =
            sheet.get("decimals").and_then(|v| v.whole(0, 4)).and_then(|d| u8::try_from(d).ok());
        let kind = kind?;
        let interval = self.interval(&sheet, kind);
        self.check_keys_of_kind(table, kind);
        if kind == Kind::Ratio {
            let over = table.required_text("over").filter(|m| self.refers("measure", m));
            let under = table.required_text("under").filter(|m| self.refers("measure", m));
            if let Some(by) = table.get("by").filter(|by| !by.texts().is_empty()) {
                self.log.push(
                    Diagnostic::error(
                        "kind",
                        &by.place(),
                        "a ratio of two measures has no breakdown",
                    )
                    .mend("write by = []"),
                );
            }
            let over = over?;
            return Some(Measure {
                id: key.text.clone(),
                title: title?,
                description: description?,
                why: why?,
                caveats,
                owner: owner?.text,
                unit: self.unit_of_measure(&over.text)?,
                kind: MeasureKind::Ratio { over: over.text, under: under?.text },
                counted: Counted::FromParts,
                population: None,
                exclude: Vec::new(),
                unknown: UnknownCounts::LeaveOut,
                periods,
                by: Vec::new(),
                interval,
                targets,
                audiences,
                decimals: decimals.unwrap_or(1),
                place: key.place.clone(),
            });
        }
        let unit = table.required_text("unit").filter(|u| self.refers("unit", u))?;
        let unit = self.unit(&unit.text)?;
        self.check_all_needs_are_there(key, unit);
        let mut by = sheet.get("by").map(|v| v.texts()).unwrap_or_default();
        by.retain(|b| !self.folder.is_left_out("breakdown", &b.text));
        self.check_breakdowns(&by, unit, breakdowns, table);
        let by = self.references("breakdown", by);
        let counted = self.counted(table, unit);
        let in_scope = |key: &str, place: &'static str, wanted: Wanted| {
            let scope = self.measure_scope(unit, place);
            table.get(key).map(|v| self.expression(v, &scope, &wanted))
        };
        let population = in_scope("population", "a population", Wanted::YesNo);
        let numerator = in_scope("numerator", "a numerator", Wanted::YesNo);
        let wanted = if kind == Kind::Distribution { Wanted::Code } else { Wanted::Amount };
        let value = in_scope("value", "the value of a measure", wanted);
        let exclude = self.exclusions(table, unit);
        let kind = match kind {
            Kind::Count => MeasureKind::Count,
            Kind::Sum => MeasureKind::Sum { value: value.flatten()? },
            Kind::Proportion => MeasureKind::Proportion { numerator: numerator.flatten()? },
            Kind::Mean => MeasureKind::Mean { value: value.flatten()? },
            Kind::Distribution | Kind::Ratio => {
                MeasureKind::Distribution { value: value.flatten()? }
            }
        };
        let population = match population {
            Some(found) => Some(found?),
            None => None,
        };
        Some(Measure {
            id: key.text.clone(),
            title: title?,
            description: description?,
            why: why?,
            caveats,
            owner: owner?.text,
            unit: unit.id.clone(),
            kind,
            counted: counted?,
            population,
            exclude: exclude?,
            unknown: unknown.unwrap_or(UnknownCounts::AsNotMet),
            periods,
            by,
            interval,
            targets,
            audiences,
            decimals: decimals.unwrap_or(1),
            place: key.place.clone(),
        })
    }

    /// A count of needs would be too low without those that were left out.
    fn check_all_needs_are_there(&self, key: &Text, unit: &Unit) {
        let lacking = self.folder.files.iter().find(|f| f.lacks_rules());
        if let (UnitRows::CaseNeeds, Some(file)) = (&unit.rows, lacking) {
            let message = format!("it counts needs, and some of `{}` were left out", file.id.text);
            self.log.push(Diagnostic::error("left_out", &key.place, message));
        }
    }

    /// The unit that a measure of this name counts, read from its table.
    fn unit_of_measure(&self, id: &str) -> Option<String> {
        let (_, value) = self.folder.each("measure").into_iter().find(|(key, _)| key.text == id)?;
        let table = value.open_table("a measure", &value.place())?;
        Some(table.text("unit")?.text)
    }

    fn check_keys_of_kind(&self, table: &Table<'_>, kind: Kind) {
        let (needs, refuses): (&[&str], &[&str]) = match kind {
            Kind::Count => (&[], &["numerator", "value", "over", "under"]),
            Kind::Sum | Kind::Mean | Kind::Distribution => {
                (&["value"], &["numerator", "over", "under"])
            }
            Kind::Proportion => (&["numerator"], &["value", "over", "under"]),
            Kind::Ratio => (
                &["over", "under"],
                &["unit", "counted_on", "stock", "population", "exclude", "numerator", "value"],
            ),
        };
        let word = KINDS.iter().find(|(_, k)| *k == kind).map_or("", |(word, _)| word);
        for key in needs.iter().filter(|key| !table.has(key) && kind != Kind::Ratio) {
            table.missing(key);
        }
        for key in refuses {
            if let Some(at) = table.key(key) {
                let message = format!("a measure of kind `{word}` has no `{key}`");
                self.log.push(
                    Diagnostic::error("kind", &at.place, message)
                        .mend("take the key away, or change the kind"),
                );
            }
        }
    }

    fn counted(&self, table: &Table<'_>, unit: &Unit) -> Option<Counted> {
        match (table.text("counted_on"), table.get("stock")) {
            (Some(on), None) => self.counted_on(&on, unit),
            (None, Some(stock)) => {
                stock.one_of(&[("period_end", ())])?;
                let spell = match &unit.rows {
                    UnitRows::Source(s) => {
                        self.source(s).is_some_and(|s| matches!(s.shape, Shape::Spell { .. }))
                    }
                    _ => false,
                };
                if !spell {
                    let message =
                        format!("{} has no start and end, so it is never open", a(&unit.id));
                    self.log.push(
                        Diagnostic::error("when", &stock.place(), message)
                            .mend("count it on a date: counted_on = …"),
                    );
                }
                Some(Counted::AtPeriodEnd)
            }
            (Some(_), Some(stock)) => {
                let message =
                    "a measure is either counted on a date or a stock at the period's end";
                self.log.push(
                    Diagnostic::error("when", &stock.place(), message)
                        .mend("keep `counted_on` or `stock`"),
                );
                None
            }
            (None, None) => {
                if !table.has("counted_on") {
                    let message = "nothing says which period a unit counts in";
                    self.log.push(
                        Diagnostic::error("when", table.place(), message)
                            .mend("add `counted_on = …` (a date), or `stock = \"period_end\"`"),
                    );
                }
                None
            }
        }
    }

    fn counted_on(&self, on: &Text, unit: &Unit) -> Option<Counted> {
        let names = self.unit_names(unit);
        let dates: Vec<&str> = names
            .iter()
            .filter(|(_, (_, ty))| *ty == Type::Date)
            .map(|(name, _)| name.as_str())
            .collect();
        match names.get(&on.text) {
            Some((Expr::Name(Name::Unit(column)), Type::Date)) => {
                Some(Counted::On { column: column.clone(), parent: false })
            }
            Some((Expr::Name(Name::Parent(column)), Type::Date)) => {
                Some(Counted::On { column: column.clone(), parent: true })
            }
            _ if self.is_broken(&on.text) => None,
            found => {
                let message = match found {
                    Some(_) => format!("`{}` is not a date", on.text),
                    None => format!("{} has no date `{}`", a(&unit.id), on.text),
                };
                self.log.push(
                    Diagnostic::error("when", &on.place, message)
                        .mend(nearest_or_list(&on.text, &dates)),
                );
                None
            }
        }
    }

    fn exclusions(&self, table: &Table<'_>, unit: &Unit) -> Option<Vec<Exclusion>> {
        let Some(value) = table.get("exclude") else { return Some(Vec::new()) };
        let list = value.list();
        let scope = self.measure_scope(unit, "an exclusion");
        let read = |item: &Value<'_>| {
            let table = item.table("an exclusion", &item.place(), keys::EXCLUSION)?;
            let (name, why) = (table.words("name"), table.words("why"));
            let when =
                table.required("when").and_then(|v| self.expression(v, &scope, &Wanted::YesNo));
            Some(Exclusion { name: name?, when: when?, why: why? })
        };
        let found: Vec<Exclusion> = list.iter().filter_map(read).collect();
        (found.len() == list.len()).then_some(found)
    }

    fn check_breakdowns(
        &self,
        by: &[Text],
        unit: &Unit,
        breakdowns: &[Breakdown],
        table: &Table<'_>,
    ) {
        let names = self.unit_names(unit);
        for text in by {
            let Some(breakdown) = breakdowns.iter().find(|b| b.id == text.text) else { continue };
            if !names.contains_key(&breakdown.column) && !self.is_broken(&breakdown.column) {
                let place = if table.has("by") { &text.place } else { table.place() };
                let message = format!(
                    "{} has no `{}` to split by {}",
                    a(&unit.id),
                    breakdown.column,
                    breakdown.title
                );
                self.log.push(
                    Diagnostic::error("breakdown", place, message)
                        .mend("choose other breakdowns, or by = []"),
                );
            }
        }
    }

    fn check_ratios(&self, measures: &[Measure]) {
        for measure in measures {
            let MeasureKind::Ratio { over, under } = &measure.kind else { continue };
            let find = |id: &String| measures.iter().find(|m| m.id == *id);
            let above = find(over).is_none_or(|m| matches!(m.kind, MeasureKind::Count));
            let below = find(under)
                .is_none_or(|m| matches!(m.kind, MeasureKind::Sum { .. } | MeasureKind::Count));
            if !above || !below {
                let message = "a ratio divides a count by a sum or a count";
                self.log.push(Diagnostic::error("kind", &measure.place, message).mend(
                    "name a measure of kind count in `over`, and of kind sum or count in `under`",
                ));
            }
        }
    }
}
