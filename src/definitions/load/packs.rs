//! Reads disclosure policies, audiences and packs of figures, and checks that nobody is given a measure
//! that was not released to them.

use std::collections::BTreeMap;

use crate::calendar::PeriodKind;
use crate::definitions::audience::{
    AskedOf, Audience, CellKey, DisclosurePolicy, FigureSpec, Missed, Pack, Section,
};
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::extract::Extract;
use crate::definitions::load::charts::{self, CHARTS};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::measures::PERIODS;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::measure::{Breakdown, Measure};
use crate::definitions::place::Place;

/// The words for what is missed.
pub(super) const MISSED: [(&str, Missed); 5] = [
    ("headlines", Missed::Headlines),
    ("newest", Missed::Newest),
    ("totals", Missed::Totals),
    ("longest", Missed::Longest),
    ("largest", Missed::Largest),
];

/// What a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PackKind {
    /// Figures for partners, protected for whoever gets them.
    Figures,
    /// Figures of a report: of all that the service does.
    Report,
    /// Lists of single cases.
    RowLevel,
}

/// The words for kinds of pack.
pub(super) const PACK_KINDS: [(&str, PackKind); 3] = [
    ("figures", PackKind::Figures),
    ("report", PackKind::Report),
    ("row_level", PackKind::RowLevel),
];

impl PackKind {
    /// Whether it lists single cases rather than figures.
    fn of_rows(self) -> bool {
        self == Self::RowLevel
    }
}

/// Keys that packs of figures have, and those that row-level packs have.
const OF_FIGURES: [&str; 11] = [
    "history",
    "headlines",
    "headline_period",
    "section",
    "sections_of",
    "pdf",
    "embargo",
    "first_issue",
    "sign_off",
    "questions",
    "feeds",
];
const OF_ROWS: [&str; 3] = ["claims", "evidence", "extracts"];

impl<'a> Ground<'a> {
    /// The packs of rows, or those of figures, each with its kind and table. Keys that only the others have are
    /// reported.
    pub(super) fn each_pack(&self, of_rows: bool) -> Vec<(Text, PackKind, Table<'a>)> {
        let read = |(key, value): (Text, Value<'a>)| {
            let kind = value.get("kind");
            let kind = kind.map_or(Some(PackKind::Figures), |v| v.one_of_if_it_is(&PACK_KINDS));
            // A kind that there is not is reported once, with the packs of figures.
            if kind.is_some_and(PackKind::of_rows) != of_rows {
                return None;
            }
            let table = value.table(&format!("pack `{}`", key.text), &key.place, keys::PACK)?;
            let kind =
                table.get("kind").map_or(Some(PackKind::Figures), |v| v.one_of(&PACK_KINDS))?;
            self.check_keys_of_pack(&table, kind);
            Some((key, kind, table))
        };
        self.folder.each("pack").into_iter().filter_map(read).collect()
    }

    fn check_keys_of_pack(&self, table: &Table<'_>, kind: PackKind) {
        let (others, mend) = match kind {
            PackKind::Figures | PackKind::Report => {
                (OF_ROWS.as_slice(), "it is of a pack with kind = \"row_level\"")
            }
            PackKind::RowLevel => (OF_FIGURES.as_slice(), "take it away: this pack has no figures"),
        };
        for key in others.iter().filter_map(|key| table.key(key)) {
            let word = PACK_KINDS.iter().find(|(_, k)| *k == kind).map_or("", |(word, _)| word);
            let message = format!("a pack of kind `{word}` has no `{}`", key.text);
            self.log.push(Diagnostic::error("kind", &key.place, message).mend(mend));
        }
    }
}

/// How long a secret has to be.
const SECRET: usize = 16;

impl Ground<'_> {
    pub(super) fn policies(&self) -> BTreeMap<String, DisclosurePolicy> {
        let read =
            |(key, value): (Text, Value<'_>)| Some((key.text.clone(), self.policy(&key, value)?));
        self.folder.each("disclosure").into_iter().filter_map(read).collect()
    }

    fn policy(&self, key: &Text, value: Value<'_>) -> Option<DisclosurePolicy> {
        let what = format!("disclosure policy `{}`", key.text);
        let table = value.table(&what, &key.place, keys::DISCLOSURE)?;
        let title = table.words("title");
        let whole = |key: &str, low| {
            table.required(key).and_then(|v| v.whole(low, 1000)).and_then(|n| u64::try_from(n).ok())
        };
        let suppress_below = whole("suppress_below", 0);
        let round_to = whole("round_to", 1);
        let zero =
            table.get("zero").map_or(Some(true), |v| v.one_of(&[("show", true), ("hide", false)]));
        let width = match table.get("width") {
            Some(v) => Some(v.whole(1, 1000).and_then(|n| u64::try_from(n).ok())?),
            None => None,
        };
        let full_and_empty = table
            .get("full_and_empty")
            .map_or(Some(false), |v| v.one_of(&[("show", false), ("hide", true)]));
        let last_to_go = match table.get("last_to_go") {
            Some(v) => v.list().iter().map(|word| word.one_of(&MISSED)).collect(),
            None => Some(Missed::DEFAULT.to_vec()),
        };
        let windows_end_with_quarter = table
            .get("windows_end_with")
            .map_or(Some(false), |v| v.one_of(&[("month", false), ("quarter", true)]));
        let cell_key = match table.get("cell_key") {
            Some(v) => Some(self.cell_key(v, &key.place, suppress_below?)?),
            None => None,
        };
        Some(DisclosurePolicy {
            id: key.text.clone(),
            title: title?,
            suppress_below: suppress_below?,
            show_zero: zero?,
            round_to: round_to?,
            width,
            hide_full_and_empty: full_and_empty?,
            last_to_go: last_to_go?,
            windows_end_with_quarter: windows_end_with_quarter?,
            cell_key,
        })
    }

    /// How counts are changed in the place of hiding some.
    fn cell_key(&self, value: Value<'_>, place: &Place, suppress_below: u64) -> Option<CellKey> {
        let table = value.table("cell_key", place, keys::CELL_KEY)?;
        let most = table.required("most").and_then(|v| v.whole(1, 20));
        let secret = table.required_text("secret");
        let (most, secret) = (u64::try_from(most?).ok()?, secret?);
        let say = |place: &Place, message: &str, mend: &str| {
            self.log.push(Diagnostic::error("cell_key", place, message.to_owned()).mend(mend));
        };
        if secret.text.chars().count() < SECRET {
            say(
                &secret.place,
                "the secret is short enough to be guessed",
                "write 16 characters or more",
            );
        }
        if suppress_below < 2 {
            let message =
                "counts are changed so that none is small, and `suppress_below` calls none small";
            say(place, message, "write suppress_below = 6");
        }
        Some(CellKey { most, secret: secret.text })
    }

    pub(super) fn audiences(&self) -> Vec<Audience> {
        let read = |(key, value): (Text, Value<'_>)| {
            let what = format!("audience `{}`", key.text);
            let table = value.table(&what, &key.place, keys::AUDIENCE)?;
            let title = table.words("title");
            let disclosure =
                table.required_text("disclosure").filter(|d| self.refers("disclosure", d));
            let row_level = table.get("row_level").and_then(|v| v.yes_no()).unwrap_or(false);
            let query_by = table.get("query_by").map(|v| v.texts()).unwrap_or_default();
            let query_by = self.references("breakdown", query_by);
            let is_public = table.get("public").and_then(|v| v.yes_no()).unwrap_or(false);
            let beside = table.get("beside").map(|v| self.references("audience", v.texts()));
            Some(Audience {
                id: key.text,
                title: title?,
                disclosure: disclosure?.text,
                row_level,
                query_by,
                is_public,
                beside,
                // It names an extract, and extracts name audiences: it is read when both are there.
                feedback: None,
            })
        };
        self.folder.each("audience").into_iter().filter_map(read).collect()
    }

    pub(super) fn packs(
        &self,
        measures: &[Measure],
        breakdowns: &[Breakdown],
        extracts: &[Extract],
    ) -> Vec<Pack> {
        let each = self.each_pack(false);
        let read = |(key, kind, table): &(Text, PackKind, Table<'_>)| {
            let shared = match table.text("sections_of") {
                Some(named) => Some(self.pack_with_sections(&named, &each)?),
                None => None,
            };
            self.pack((key, *kind), (table, shared), (measures, breakdowns), extracts)
        };
        each.iter().filter_map(read).collect()
    }

    /// The table of the pack of figures whose sections and headlines others have, too.
    fn pack_with_sections<'t, 'v>(
        &self,
        named: &Text,
        packs: &'t [(Text, PackKind, Table<'v>)],
    ) -> Option<&'t Table<'v>> {
        let others = packs.iter().filter(|(_, _, other)| !other.has("sections_of"));
        let known: Vec<&str> = others.clone().map(|(key, ..)| key.text.as_str()).collect();
        let found = others.clone().find(|(key, ..)| key.text == named.text);
        if found.is_none() {
            let message = format!(
                "there is no pack of figures `{}` with sections of its own alone",
                named.text
            );
            self.log.push(
                Diagnostic::error("reference", &named.place, message)
                    .mend(nearest_or_list(&named.text, &known)),
            );
        }
        found.map(|(_, _, other)| other)
    }

    fn pack(
        &self,
        (key, kind): (&Text, PackKind),
        (table, shared): (&Table<'_>, Option<&Table<'_>>),
        (measures, breakdowns): (&[Measure], &[Breakdown]),
        extracts: &[Extract],
    ) -> Option<Pack> {
        let what = format!("pack `{}`", key.text);
        let title = table.words("title");
        let audiences =
            table.required("audience").map(|v| v.one_or_more_texts()).unwrap_or_default();
        let audiences = self.references("audience", audiences);
        let period = table.required("period").and_then(|v| v.one_of(&PERIODS));
        let questions = table.get("questions").map_or(Some(0), |v| v.whole(1, 9));
        let feeds = table.get("feeds").map(|v| v.texts()).unwrap_or_default();
        let cover = period.and_then(|period| self.cover(table, period));
        let history = table.get("history").map_or(Some(13), |v| v.whole(1, 120));
        let released = |text: &Text, to: &[String], period: Option<PeriodKind>| {
            self.check_release(text, to, period, measures)
        };
        let headline_period = match table.get("headline_period") {
            Some(v) => v.one_of(&PERIODS),
            None => period,
        };
        let mut headlines = Vec::new();
        // Its own come first, then those that all have; where its own are of another kind of period, they stand alone.
        let kind_of = |t: &Table<'_>| {
            t.get("headline_period").or_else(|| t.get("period")).and_then(|v| v.one_of(&PERIODS))
        };
        let shared_too = !table.has("headlines")
            || shared.is_some_and(|shared| kind_of(shared) == headline_period);
        let stated = [Some(table), shared.filter(|_| shared_too)].into_iter().flatten();
        let stated = stated.filter_map(|t| t.get("headlines")).flat_map(|v| v.texts());
        for text in stated {
            if !headlines.contains(&text.text) && released(&text, &audiences, headline_period) {
                headlines.push(text.text);
            }
        }
        let mut sections = Vec::new();
        let tables: Vec<Table<'_>> = (shared.into_iter().chain([table]))
            .filter_map(|t| t.get("section")?.open_table("sections", &key.place))
            .collect();
        let mut names: Vec<&str> = Vec::new();
        for (at, (name, value)) in tables.iter().flat_map(|t| t.entries()).enumerate() {
            if names.contains(&name.text.as_str()) {
                let message = format!("the sections that it shares have a `{}` already", name.text);
                self.log.push(
                    Diagnostic::error("twice", &name.place, message).mend("give it another name"),
                );
            }
            names.push(&name.text);
            let what = format!("section `{}` of {what}", name.text);
            let Some(section) = value.table(&what, &name.place, keys::SECTION) else { continue };
            let title = section.words("title");
            let intro = section.text("intro").map(|t| t.text).unwrap_or_default();
            let order =
                section.get("order").and_then(|v| v.whole(0, 1000)).or(i64::try_from(at).ok());
            let figures = section.required("figures").map(|v| v.list()).unwrap_or_default();
            let figures = figures
                .iter()
                .filter_map(|v| self.figure(v, &audiences, period, (measures, breakdowns)))
                .collect();
            let lists = section.get("lists").map(|v| v.texts()).unwrap_or_default();
            let lists = self.lists(lists, &audiences, extracts);
            let says = |key| section.get(key).and_then(|v| v.yes_no()).unwrap_or(false);
            let (audit_actions, audit_themes) = (says("audit_actions"), says("audit_themes"));
            let claims = says("claims");
            let words = section.get("words").and_then(|v| self.words(&v, &audiences));
            if let Some(title) = title {
                let id = name.text.clone();
                let section = Section {
                    id,
                    title,
                    intro,
                    figures,
                    lists,
                    audit_actions,
                    audit_themes,
                    words,
                    claims,
                };
                sections.push((order, section));
            }
        }
        sections.sort_by_key(|(order, _)| *order);
        Some(Pack {
            id: key.text.clone(),
            title: title?,
            is_report: kind == PackKind::Report,
            audiences,
            asked: AskedOf {
                questions: usize::try_from(questions?).ok()?,
                feeds: self.references("source", feeds),
            },
            cover: cover?,
            period: period?,
            history: usize::try_from(history?).ok()?,
            headlines,
            headline_period: headline_period?,
            sections: sections.into_iter().map(|(_, section)| section).collect(),
            place: key.place.clone(),
        })
    }

    fn figure(
        &self,
        value: &Value<'_>,
        pack: &[String],
        period: Option<PeriodKind>,
        (measures, breakdowns): (&[Measure], &[Breakdown]),
    ) -> Option<FigureSpec> {
        let place = value.place();
        let table = value.table("a figure", &place, keys::FIGURE)?;
        let measure = table.required_text("measure");
        let chart = table.required("chart").and_then(|v| v.one_of(&CHARTS));
        let own_period = table.get("period").and_then(|v| v.one_of(&PERIODS));
        let by = table.get("by").map(|v| v.texts()).unwrap_or_default();
        let audiences = match table.get("audience") {
            Some(v) => {
                let texts = v.one_or_more_texts();
                texts
                    .into_iter()
                    .filter(|a| self.refers_among("audience of this pack", a, pack))
                    .map(|a| a.text)
                    .collect()
            }
            None => Vec::new(),
        };
        let shown_to = if audiences.is_empty() { pack } else { audiences.as_slice() };
        let measure = measure?;
        if !self.check_release(&measure, shown_to, own_period.or(period), measures) {
            return None;
        }
        let found = measures.iter().find(|m| m.id == measure.text)?;
        if by.iter().any(|b| self.folder.is_left_out("breakdown", &b.text)) {
            return None;
        }
        for text in &by {
            if !self.refers("breakdown", text) {
                continue;
            }
            if !found.by.contains(&text.text) {
                let known: Vec<&str> = found.by.iter().map(String::as_str).collect();
                let message = format!("the measure `{}` is not split by `{}`", found.id, text.text);
                let mend = match nearest_or_list(&text.text, &known) {
                    list if known.is_empty() => list,
                    list => format!("{list}, or add it to `by` of the measure"),
                };
                self.log.push(Diagnostic::error("breakdown", &text.place, message).mend(mend));
            }
        }
        if by.len() > 2 {
            let message = "a figure crosses two breakdowns at most";
            self.log.push(Diagnostic::error("breakdown", &place, message).mend("make two figures"));
        }
        let mut with = table.get("with").map(|v| v.texts()).unwrap_or_default();
        with.retain(|id| self.check_release(id, shown_to, own_period.or(period), measures));
        let months = table.get("times").map(|v| v.list()).unwrap_or_default();
        let months = months.iter().filter_map(|v| u32::try_from(v.whole(1, 120)?).ok());
        let history = table.get("history").and_then(|v| v.whole(1, 120));
        let most = table.get("most").and_then(|v| v.whole(1, 12));
        let columns = table.get("columns").map(|v| v.list()).unwrap_or_default();
        let figure = FigureSpec {
            title: table.get("title").and_then(|v| v.text()).map(|t| t.text),
            note: table.get("note").and_then(|v| v.text()).map(|t| t.text),
            measure: measure.text,
            with: charts::named(with),
            times: months.collect(),
            chart: chart?,
            by: by.into_iter().map(|t| t.text).collect(),
            period: own_period,
            history: history.and_then(|n| u32::try_from(n).ok()),
            most: most.and_then(|n| usize::try_from(n).ok()),
            columns: columns.iter().filter_map(|v| v.one_of(&charts::COLUMNS)).collect(),
            audiences,
        };
        self.check_form(&figure, period, found, measures, (breakdowns, &place));
        Some(figure)
    }

    /// Whether a measure exists; that it is released to these audiences and made for this period is
    /// checked and reported.
    pub(super) fn check_release(
        &self,
        text: &Text,
        to: &[String],
        period: Option<PeriodKind>,
        measures: &[Measure],
    ) -> bool {
        // A pack does without the figures of a measure that was left out.
        if self.folder.is_left_out("measure", &text.text) || !self.refers("measure", text) {
            return false;
        }
        let Some(measure) = measures.iter().find(|m| m.id == text.text) else { return false };
        let without: Vec<&str> =
            to.iter().filter(|a| !measure.audiences.contains(a)).map(String::as_str).collect();
        if !without.is_empty() {
            let message =
                format!("the measure `{}` is not released to {}", text.text, without.join(", "));
            self.log.push(Diagnostic::error("audience", &text.place, message).mend(format!(
                "its owner ({}) may add them to its `audience`, or it leaves the pack",
                measure.owner
            )));
        }
        if let Some(period) = period
            && !measure.periods.contains(&period)
        {
            let message = format!(
                "the measure `{}` is not made for the period `{}`",
                text.text,
                period.word()
            );
            self.log.push(
                Diagnostic::error("period", &text.place, message)
                    .mend("add the period to `periods` of the measure"),
            );
        }
        true
    }
}
