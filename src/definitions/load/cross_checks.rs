//! Checks that need several kinds of definition at once, when all of them have been read.

use std::collections::BTreeSet;

use crate::calendar::PeriodKind;
use crate::definitions::audience::Pack;
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::expression::Type;
use crate::definitions::framework::Framework;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::mapping::Map;
use crate::definitions::measure::{Breakdown, Fact, Measure, MeasureKind};
use crate::definitions::overrides::OVERRIDES;
use crate::definitions::place::Place;
use crate::definitions::project::Parameter;
use crate::definitions::test::{Test, TestKind};
use crate::definitions::unit::UnitRows;
use crate::definitions::words::parameters_of;

/// The source that a map as written feeds.
fn feeds((key, value): &(Text, Value<'_>)) -> String {
    let named = value.get("feeds").and_then(|v| v.text_if_it_is_one());
    named.map_or_else(|| key.text.clone(), |t| t.text)
}

impl Ground<'_> {
    pub(super) fn check_together(
        &self,
        frameworks: &[Framework],
        facts: &[Fact],
        measures: &[Measure],
        maps: &[Map],
    ) {
        self.check_scales();
        self.check_silent_feeds_are_there();
        self.check_needs_are_answered(frameworks);
        let declared = self.folder.each("map");
        if !declared.is_empty() {
            self.check_sources_are_fed(frameworks, facts, measures, maps);
        }
        for (key, _) in self.folder.each("no_feed") {
            if self.refers("source", &key) && declared.iter().any(|map| feeds(map) == key.text) {
                let message = format!("`{}` has a map, and is said to have no feed", key.text);
                self.log.push(
                    Diagnostic::error("mapping", &key.place, message).mend("take one of them away"),
                );
            }
        }
    }

    /// What a measure counts with was agreed on together: a change of one number makes a new version of all.
    pub(super) fn check_versions(
        &self,
        parameters: &[Parameter],
        facts: &[Fact],
        measures: &[Measure],
    ) {
        for measure in measures {
            let read = parameters_of(measure, facts, measures);
            let read = parameters.iter().filter(|p| read.contains(&p.id));
            let versions: BTreeSet<&str> = read.filter_map(|p| p.version.as_deref()).collect();
            if versions.len() > 1 {
                let versions = versions.into_iter().collect::<Vec<_>>().join("”, “");
                let message = format!(
                    "`{}` counts with numbers of several versions: “{versions}”",
                    measure.id
                );
                self.log.push(Diagnostic::error("version", &measure.place, message).mend(
                    "give all parameters that belong together the `version` of the newest of them",
                ));
            }
        }
    }

    /// What something was meant to move is a measure that is made for quarters.
    pub(super) fn check_levels_are_measures(&self, breakdowns: &[Breakdown], measures: &[Measure]) {
        let wanted = breakdowns.iter().filter(|b| b.of_measures);
        for (breakdown, level) in wanted.flat_map(|b| b.order.iter().map(move |level| (b, level))) {
            let found = measures.iter().find(|m| m.id == *level);
            let known = found.is_some() || self.is_broken(level);
            let quarters = found.is_none_or(|m| m.periods.contains(&PeriodKind::Quarter));
            let message = match (known, quarters) {
                (true, true) => continue,
                (false, _) => {
                    format!("`{}` has a level `{level}`, which is no measure", breakdown.id)
                }
                (true, false) => format!("the measure `{level}` is not made for quarters"),
            };
            let finding = Diagnostic::error("breakdown", &breakdown.place, message);
            self.log.push(
                finding.mend("write into `order` names of measures that are made for quarters"),
            );
        }
    }

    /// A figure may only be split by what its readers may see.
    pub(super) fn check_splits_are_released(&self, packs: &[Pack], breakdowns: &[Breakdown]) {
        for pack in packs {
            for figure in pack.sections.iter().flat_map(|s| &s.figures) {
                let readers =
                    if figure.audiences.is_empty() { &pack.audiences } else { &figure.audiences };
                let splits =
                    figure.by.iter().filter_map(|b| breakdowns.iter().find(|x| x.id == *b));
                for split in splits {
                    for reader in readers.iter().filter(|r| !split.released_to(r)) {
                        let message = format!(
                            "`{}` splits `{}` by `{}`, which is not released to `{reader}`",
                            pack.id, figure.measure, split.id
                        );
                        self.log.push(Diagnostic::error("audience", &pack.place, message).mend(
                            "give the figure an `audience` of its own, or split it by something else",
                        ));
                    }
                }
            }
        }
    }

    /// A measure that nobody is shown is computed for nobody, or was forgotten.
    pub(super) fn check_measures_are_shown(&self, packs: &[Pack], measures: &[Measure]) {
        // A pack that was left out may be the one that shows it.
        if packs.is_empty() || self.folder.left_out_any("pack") {
            return;
        }
        let mut shown: BTreeSet<&str> = BTreeSet::new();
        for pack in packs {
            let figures = pack.sections.iter().flat_map(|s| &s.figures).map(|f| &f.measure);
            let with = pack.sections.iter().flat_map(|s| &s.figures).flat_map(|f| &f.with);
            shown.extend(figures.chain(with).chain(&pack.headlines).map(String::as_str));
        }
        for measure in measures {
            if let (true, MeasureKind::Ratio { over, under }) =
                (shown.contains(measure.id.as_str()), &measure.kind)
            {
                shown.extend([over.as_str(), under]);
            }
        }
        for measure in measures.iter().filter(|m| !shown.contains(m.id.as_str())) {
            let name = &measure.id;
            let message = format!("no pack shows the measure `{name}`, nor a ratio made of it");
            self.log.push(
                Diagnostic::warning("not_shown", &measure.place, message).mend(format!(
                    "put it into a section of a pack, or allow the warning: `early-help query {name}` answers it all the same"
                )).label(format!("measure.{name}")),
            );
        }
    }

    /// What is read without being named by those who rest on it: where that was left out, they have to
    /// go too, or their figures would change without a word.
    fn check_silent_feeds_are_there(&self) {
        let all = self.folder.files.iter().flat_map(|file| file.all("map"));
        let left_out: Vec<String> = all
            .filter(|(key, _)| self.folder.is_left_out("map", &key.text))
            .map(|map| feeds(&map))
            .collect();
        let gone = |source: &str| {
            left_out.iter().any(|s| s == source) || self.folder.is_left_out("source", source)
        };
        let fault = |place: &Place, source: &str| {
            let message = format!("it rests on the rows of `{source}`, which were left out");
            self.log.push(Diagnostic::error("left_out", place, message));
        };
        for (key, _) in self.folder.each("link") {
            let link = self.links.iter().find(|l| l.id == key.text);
            if let Some(link) = link.filter(|l| gone(&l.source)) {
                fault(&key.place, &link.source);
            }
        }
        for unit in &self.units {
            match &unit.rows {
                UnitRows::Source(source) if gone(source) => fault(&unit.place, source),
                UnitRows::ScorePairs if gone("scores") => fault(&unit.place, "scores"),
                UnitRows::Moves(ladder) => {
                    let sources = ladder.sources();
                    let lost: Vec<&str> = sources.into_iter().filter(|s| gone(s)).collect();
                    lost.iter().for_each(|source| fault(&unit.place, source));
                }
                _ => {}
            }
        }
        for group in self.groups.iter().filter(|_| gone("people")) {
            fault(&group.place, "people");
        }
        // An override stands above every rule: without them no verdict is the council's own.
        if let (true, Some(project)) = (gone(OVERRIDES), self.folder.files.first()) {
            fault(&project.id.place, OVERRIDES);
        }
    }

    /// The codes of a scale column have to be scales.
    fn check_scales(&self) {
        let scales = self.folder.declared("scale");
        if scales.is_empty() && !self.folder.left_out_any("scale") {
            return;
        }
        for source in &self.sources {
            for column in source.columns.iter().filter_map(|c| c.scale_column.as_deref()) {
                let Some(Type::Code(list)) = source.column(column).map(|c| &c.ty) else { continue };
                for code in list.codes.iter().filter(|code| !scales.contains(code)) {
                    let message = format!(
                        "`{}` has scores on the scale `{code}`, which is not defined",
                        source.id
                    );
                    self.log.push(
                        Diagnostic::error("reference", &source.place, message)
                            .mend(format!("define [scale.{code}], or take the code away")),
                    );
                }
            }
        }
    }

    /// A need whose outcome nobody has defined can never be met: somebody should know.
    fn check_needs_are_answered(&self, frameworks: &[Framework]) {
        for framework in frameworks {
            let outcomes = self.folder.files.iter().find(|f| f.id.text == framework.id);
            let declared = outcomes.map(|f| f.each("outcome").len()).unwrap_or_default();
            if declared != framework.outcomes.len() {
                continue;
            }
            for need in framework.needs.iter().filter(|n| framework.outcome_of(&n.id).is_none()) {
                let message =
                    format!("the need `{}` has no outcome, so it can never be met", need.id);
                self.log.push(
                    Diagnostic::warning("unanswered", &need.place, message)
                        .mend(format!("add an outcome with need = \"{}\"", need.id)),
                );
            }
        }
    }

    /// A source that a test or a measure reads has to come from somewhere.
    fn check_sources_are_fed(
        &self,
        frameworks: &[Framework],
        facts: &[Fact],
        measures: &[Measure],
        maps: &[Map],
    ) {
        let mut declared: Vec<String> = self.folder.each("map").iter().map(feeds).collect();
        declared.extend(self.folder.declared("no_feed"));
        let in_frameworks = frameworks.iter().flat_map(|f| {
            let needs = f.needs.iter().flat_map(|n| &n.tests);
            needs
                .chain(f.outcomes.iter().flat_map(|o| &o.tests))
                .chain(f.claims.iter().flat_map(|c| &c.tests))
        });
        let read_by_test = |test: &Test| match &test.kind {
            TestKind::Rows(rows) => Some((rows.source.clone(), test.place.clone())),
            TestKind::When(_) => None,
        };
        let tests = in_frameworks.chain(facts.iter().map(|f| &f.test)).filter_map(read_by_test);
        let counted = measures.iter().filter_map(|m| {
            let source = self.source_of(self.unit(&m.unit)?)?;
            Some((source.id.clone(), m.place.clone()))
        });
        let mut reported: Vec<String> = Vec::new();
        let decisions = frameworks.iter().flat_map(|f| &f.overrides);
        let decisions = decisions.map(|o| (OVERRIDES.to_owned(), o.place.clone()));
        for (source, place) in tests.chain(counted).chain(decisions) {
            let fed = declared.contains(&source) || maps.iter().any(|m| m.source == source);
            if fed || reported.contains(&source) {
                continue;
            }
            let message =
                format!("the source `{source}` is read here, but the mapping does not feed it");
            self.log.push(Diagnostic::error("mapping", &place, message).mend(format!(
                "add [map.{source}] to the mapping, or say under [no_feed] why there is none"
            )));
            reported.push(source);
        }
    }
}
