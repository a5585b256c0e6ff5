//! Reads measures, with what `[defaults.measure]` of their file says for all of them.

use crate::calendar::PeriodKind;
use crate::definitions::diagnostic::{Diagnostic, a, nearest_or_list};
use crate::definitions::expression::check::{Names, Wanted, named};
use crate::definitions::expression::{Checked, Expr, Name, Type};
use crate::definitions::load::ground::{CASE, Ground};
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::measure::{
    Breakdown, Counted, Exclusion, ImmatureCounts, Measure, MeasureKind, UnknownCounts,
};
use crate::definitions::source::Shape;
use crate::definitions::unit::{Unit, UnitRows};
use crate::statistics::Quartile;

/// The words for kinds of period.
pub(super) const PERIODS: [(&str, PeriodKind); 5] = [
    ("month", PeriodKind::Month),
    ("quarter", PeriodKind::Quarter),
    ("financial_year", PeriodKind::FinancialYear),
    ("financial_year_to_date", PeriodKind::FinancialYearToDate),
    ("rolling_12_months", PeriodKind::Rolling12Months),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Count,
    Sum,
    Proportion,
    Mean,
    Quartile(Quartile),
    Distribution,
    Ratio,
}

/// The words for kinds of measure.
pub(super) const KINDS: [(&str, Kind); 9] = [
    ("count", Kind::Count),
    ("sum", Kind::Sum),
    ("proportion", Kind::Proportion),
    ("mean", Kind::Mean),
    (Quartile::Lower.word(), Kind::Quartile(Quartile::Lower)),
    (Quartile::Middle.word(), Kind::Quartile(Quartile::Middle)),
    (Quartile::Upper.word(), Kind::Quartile(Quartile::Upper)),
    ("distribution", Kind::Distribution),
    ("ratio", Kind::Ratio),
];

/// What becomes of units whose windows are still open.
pub(super) const IMMATURE: [(&str, ImmatureCounts); 2] =
    [("leave_out", ImmatureCounts::LeaveOut), ("count_as_not_met", ImmatureCounts::AsNotMet)];

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

/// Keys that every measure of units has.
const OF_UNITS: &[&str] = &["unit", "counted_on", "stock", "population", "exclude"];
/// Keys that belong to measures of some kinds only.
const OF_SOME_KINDS: &[&str] =
    &["numerator", "missing", "except", "value", "categories", "over", "under"];

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
        self.check_completeness(&measures);
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
        let unknown = sheet.get("unknown").and_then(|v| v.one_of(&UNKNOWN));
        let immature = self.immature(&sheet, kind);
        if let Some(v) = sheet.get("next_review") {
            v.date();
        }
        let decimals =
            sheet.get("decimals").and_then(|v| v.whole(0, 4)).and_then(|d| u8::try_from(d).ok());
        let kind = kind?;
        let targets = self.targets(&sheet, kind);
        let interval = self.interval(&sheet, kind);
        let signal = self.signal(table, kind);
        let completeness =
            table.text("completeness").filter(|m| self.refers("measure", m)).map(|m| m.text);
        self.check_keys_of_kind(table, kind);
        if kind == Kind::Ratio {
            let over = table.required_text("over").filter(|m| self.refers("measure", m));
            let under = table.required_text("under").filter(|m| self.refers("measure", m));
            let mut by = table.get("by").map(|v| v.texts()).unwrap_or_default();
            by.retain(|b| !self.folder.is_left_out("breakdown", &b.text));
            let by = self.references("breakdown", by);
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
                except: Vec::new(),
                immature: ImmatureCounts::LeaveOut,
                missing_is_not_met: false,
                unknown: UnknownCounts::LeaveOut,
                periods,
                by,
                interval,
                targets,
                completeness,
                signal,
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
        let exclude = self.reasons(table, "exclude", unit);
        let except = self.reasons(table, "except", unit);
        if let Some(Some(numerator)) = &numerator {
            self.check_missing(table, numerator);
        }
        let kind = match kind {
            Kind::Count => MeasureKind::Count,
            Kind::Sum => MeasureKind::Sum { value: value.flatten()? },
            Kind::Proportion => MeasureKind::Proportion { numerator: numerator.flatten()? },
            Kind::Mean => MeasureKind::Mean { value: value.flatten()? },
            Kind::Quartile(which) => MeasureKind::Quartile { which, value: value.flatten()? },
            Kind::Distribution | Kind::Ratio => {
                let value = value.flatten()?;
                let categories = self.categories(table, &value)?;
                MeasureKind::Distribution { value, categories }
            }
        };
        let population = match population {
            Some(found) => Some(found?),
            None => None,
        };
        let measure = Measure {
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
            except: except?,
            immature,
            missing_is_not_met: table.has("missing"),
            unknown: unknown.unwrap_or(UnknownCounts::AsNotMet),
            periods,
            by,
            interval,
            targets,
            completeness,
            signal,
            audiences,
            decimals: decimals.unwrap_or(1),
            place: key.place.clone(),
        };
        self.check_period(&measure, table);
        Some(measure)
    }

    /// How complete records are is a share, told to all who are told of the measure, for the same periods.
    fn check_completeness(&self, measures: &[Measure]) {
        for measure in measures {
            let Some(id) = &measure.completeness else { continue };
            let Some(found) = measures.iter().find(|m| m.id == *id) else { continue };
            let share = matches!(found.kind, MeasureKind::Proportion { .. });
            let told = measure.audiences.iter().all(|a| found.audiences.contains(a));
            let made = measure.periods.iter().all(|p| found.periods.contains(p));
            if !(share && told && made) {
                let message = format!("`{id}` cannot say how complete the records behind it are");
                self.log.push(
                    Diagnostic::error("kind", &measure.place, message).mend(
                        "name a proportion that has every audience and period of this measure",
                    ),
                );
            }
        }
    }

    /// A flow is added up from months: there is no one period that it could ask about.
    fn check_period(&self, measure: &Measure, table: &Table<'_>) {
        let by_period = |id: &str| self.facts.iter().any(|f| f.id == id && f.by_period);
        let asks = measure.expressions().flat_map(|e| e.expr.names()).any(|name| match name {
            Name::PeriodStart | Name::PeriodEnd => true,
            Name::Fact(id) => by_period(&id),
            _ => false,
        });
        if let (true, Some(key)) = (asks, table.key("counted_on")) {
            let message =
                "it asks about the reporting period, but is added up from months by a date";
            self.log.push(Diagnostic::error("when", &key.place, message).mend(
                "count what is there on the last day, stock = \"period_end\", or hang the question from that date",
            ));
        }
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
        let (needs, has): (&[&str], &[&str]) = match kind {
            Kind::Count => (&[], OF_UNITS),
            Kind::Sum | Kind::Mean | Kind::Quartile(_) => (&["value"], &["value"]),
            Kind::Distribution => (&["value"], &["value", "categories"]),
            Kind::Proportion => (&["numerator"], &["numerator", "missing", "except"]),
            Kind::Ratio => (&["over", "under"], &["over", "under"]),
        };
        let of_units = if kind == Kind::Ratio { &[] } else { OF_UNITS };
        let refuses = OF_SOME_KINDS.iter().chain(OF_UNITS);
        let refuses = refuses.filter(|key| !has.contains(key) && !of_units.contains(key));
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
                let spell =
                    self.source_of(unit).is_some_and(|s| matches!(s.shape, Shape::Spell { .. }));
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

    /// The days on which claims about a case were met: `claim.x.met_on`, and with its framework before it.
    fn days_of_claims(&self, unit: &Unit) -> Names {
        let mut names = Names::new();
        let claims = if unit.id == CASE { self.of_frameworks("claim") } else { Vec::new() };
        for (framework, id) in &claims {
            let whole = format!("{framework}.claim.{id}.met_on");
            let name = named(Name::Unit(whole.clone()), &Type::Date);
            if claims.iter().filter(|(_, other)| other == id).count() == 1 {
                names.insert(format!("claim.{id}.met_on"), name.clone());
            }
            names.insert(whole, name);
        }
        names
    }

    fn counted_on(&self, on: &Text, unit: &Unit) -> Option<Counted> {
        let mut names = self.unit_names(unit);
        names.extend(self.days_of_claims(unit));
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

    /// Reasons for which units leave the denominator.
    fn reasons(&self, table: &Table<'_>, key: &str, unit: &Unit) -> Option<Vec<Exclusion>> {
        let Some(value) = table.get(key) else { return Some(Vec::new()) };
        let list = value.list();
        let (what, place) = match key {
            "except" => ("an exception", "an exception"),
            _ => ("an exclusion", "an exclusion"),
        };
        let scope = self.measure_scope(unit, place);
        let read = |item: &Value<'_>| {
            let table = item.table(what, &item.place(), keys::EXCLUSION)?;
            let (name, why) = (table.words("name"), table.words("why"));
            let when =
                table.required("when").and_then(|v| self.expression(v, &scope, &Wanted::YesNo));
            Some(Exclusion { name: name?, when: when?, why: why? })
        };
        let found: Vec<Exclusion> = list.iter().filter_map(read).collect();
        (found.len() == list.len()).then_some(found)
    }

    /// What becomes of units that are not due yet. A default meant for the file's percentages does
    /// not bind its counts and means.
    fn immature(&self, sheet: &Sheet<'_>, kind: Option<Kind>) -> ImmatureCounts {
        let Some(value) = sheet.get("immature") else { return ImmatureCounts::LeaveOut };
        match (value.one_of(&IMMATURE), kind) {
            (Some(ImmatureCounts::AsNotMet), Some(Kind::Proportion)) => ImmatureCounts::AsNotMet,
            (Some(ImmatureCounts::AsNotMet), Some(_)) if sheet.own.has("immature") => {
                let message = "only an answer of yes or no can count as not met";
                self.log.push(
                    Diagnostic::error("kind", &value.place(), message)
                        .mend("take the key away, or change the kind to \"proportion\""),
                );
                ImmatureCounts::LeaveOut
            }
            _ => ImmatureCounts::LeaveOut,
        }
    }

    /// What tests of rows leave open is not a plain no: only the unit's own columns may be.
    fn check_missing(&self, table: &Table<'_>, numerator: &Checked) {
        let Some(value) = table.get("missing") else { return };
        value.one_of(&[("not_met", ())]);
        let tested = |name: &Name| {
            matches!(name, Name::Fact(_) | Name::Need(_) | Name::Outcome(_) | Name::Claim(_))
        };
        if numerator.expr.names().iter().any(tested) {
            let message = "this numerator rests on tests, which say themselves what silence means";
            self.log.push(
                Diagnostic::error("missing", &value.place(), message)
                    .mend("take the key away, and say `missing` in the test"),
            );
        }
    }

    /// The order of a distribution's codes, if it is said; every code has its place in it.
    fn categories(&self, table: &Table<'_>, value: &Checked) -> Option<Vec<u32>> {
        let Some(stated) = table.get("categories") else { return Some(Vec::new()) };
        let Type::Code(list) = &value.ty else { return Some(Vec::new()) };
        let words = stated.texts();
        let mut found: Vec<u32> = Vec::new();
        for word in &words {
            match list.index_of(&word.text) {
                Some(index) if found.contains(&index) => {
                    let message = format!("`{}` is listed twice", word.text);
                    self.log.push(
                        Diagnostic::error("twice", &word.place, message).mend("list it once"),
                    );
                }
                Some(index) => found.push(index),
                None => {
                    let known: Vec<&str> = list.codes.iter().map(String::as_str).collect();
                    let message = format!("`{}` is not one of the codes", word.text);
                    self.log.push(
                        Diagnostic::error("code", &word.place, message)
                            .mend(nearest_or_list(&word.text, &known)),
                    );
                }
            }
        }
        if found.len() < words.len() {
            return None;
        }
        let lacking = list.codes.iter().zip(0..).find(|(_, index)| !found.contains(index));
        if let Some((code, _)) = lacking {
            let message = format!("the code `{code}` has no place among the categories");
            self.log.push(
                Diagnostic::error("code", &stated.place(), message)
                    .mend("list every code: a table that leaves one out does not add up"),
            );
            return None;
        }
        Some(found)
    }

    fn check_breakdowns(
        &self,
        by: &[Text],
        unit: &Unit,
        breakdowns: &[Breakdown],
        table: &Table<'_>,
    ) {
        let mut family = vec![unit];
        while let Some(parent) = family.last().and_then(|u| self.parent(u)) {
            family.push(parent);
        }
        let names: Vec<String> =
            family.into_iter().flat_map(|u| self.own_columns(u)).map(|(name, _)| name).collect();
        for text in by {
            let Some(breakdown) = breakdowns.iter().find(|b| b.id == text.text) else { continue };
            if !names.contains(&breakdown.column) && !self.is_broken(&breakdown.column) {
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
}
