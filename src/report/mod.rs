//! Published cells in, a document out: pages, sections, findings, tables and charts as data.

mod actions;
mod asked_of;
mod audit_themes;
mod behind;
mod benchmarks;
mod changes;
pub mod chart;
mod claims;
mod data_health;
mod data_quality;
mod directions;
pub mod document;
mod edition;
mod figures;
mod headlines;
mod last_page;
mod lists;
pub mod open_data;
mod overrides;
mod own_words;
mod plan;
mod policy;
mod query;
mod reading;
mod restated;
mod sentences;
pub mod signals;
mod structure;

pub use data_health::Feed;
pub use data_quality::spread;
pub use edition::Edition;
pub use plan::Plan;
pub use policy::policy_words;
pub use query::{Answer, answer};
pub use restated::SinceLast;
pub use structure::{
    BreakdownStructure, Condition, MeasureStructure, Periods, PolicyNumbers, Structure,
};

use crate::definitions::Definitions;
use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::words::{self, Said};
use crate::protect::{
    Protected, PublishedClaims, PublishedLedger, PublishedOverrides, PublishedQuality,
};
use crate::read::{Action, AuditTheme, Benchmark, OwnWords};

use document::{DefinitionNote, Document, Section};
use figures::Cells;

/// What a document says about the run that it came from.
#[derive(Debug)]
pub struct About<'a> {
    /// The name of the run.
    pub run: &'a str,
    /// The row ledger, as far as this audience may see it.
    pub ledger: &'a PublishedLedger,
    /// What the data checks found, as far as this audience may see it.
    pub quality: &'a PublishedQuality,
    /// The decisions that stand in the place of rules, as far as this audience may see them.
    pub overrides: Option<&'a PublishedOverrides>,
    /// The register of claims, for those who may be told.
    pub claims: Option<&'a PublishedClaims>,
    /// How late each feed is.
    pub feeds: &'a [Feed],
    /// What somebody decided to do about measures, for those who may be told.
    pub actions: &'a [Action],
    /// The whole register, for those who answer for the report.
    pub register: Option<&'a [Action]>,
    /// How far it has come.
    pub edition: Edition,
    /// What families said, with whom it may be shared.
    pub own_words: &'a [OwnWords],
    /// What case audits look at, and what they found.
    pub audit_themes: &'a [AuditTheme],
    /// What measures came to elsewhere.
    pub benchmarks: &'a [Benchmark],
    /// What each definition says.
    pub said: &'a Said,
    /// What has changed since the last published run, where there is one.
    pub since_last: Option<&'a SinceLast>,
}

/// Writes the document of a pack from everything that its audience is given.
#[must_use]
pub fn compose(
    definitions: &Definitions,
    plan: &Plan<'_>,
    protected: &Protected,
    policy: &DisclosurePolicy,
    about: &About<'_>,
) -> Document {
    let cells = Cells(protected.tables());
    let series = reading::series(definitions, plan, cells);
    let readings = reading::readings(definitions, &series);
    let headlines = headlines::section(definitions, plan, cells, (&series, &readings), about);
    let mut sections: Vec<Section> = headlines.into_iter().collect();
    for section in &plan.pack.sections {
        let specs = plan.figures_of(section);
        let mut blocks = match section.audit_themes {
            true => audit_themes::blocks(plan, about),
            false => Vec::new(),
        };
        blocks.extend(specs.flat_map(|f| figures::figure(definitions, plan, cells, &series, f)));
        if section.audit_actions {
            blocks.extend(actions::after_audits(definitions, plan, cells, about));
        }
        blocks.extend(own_words::blocks(plan, section, about));
        if section.claims {
            blocks.extend(about.claims.into_iter().flat_map(claims::blocks));
        }
        blocks.extend(lists::block(definitions, plan, section));
        if !blocks.is_empty() {
            sections.push(Section {
                id: section.id.clone(),
                title: section.title.clone(),
                intro: section.intro.clone(),
                blocks,
            });
        }
    }
    let as_at = definitions.project.as_at;
    let unchecked = definitions.unchecked_rules();
    let mut health = data_health::section(about, as_at, &unchecked);
    health.blocks.extend(about.overrides.into_iter().flat_map(overrides::blocks));
    let unanswered = match (plan.pack.is_report, about.register) {
        (true, Some(actions)) => edition::unanswered(&readings, actions, as_at),
        _ => Vec::new(),
    };
    let notes = notes(definitions, plan);
    if plan.pack.is_report {
        health.blocks.extend(match about.since_last {
            Some(since) => since.restatements(),
            None => vec![restated::nothing_before()],
        });
    }
    // Whoever reads a report asks right after the headlines whether they hold.
    let second = if plan.pack.is_report { sections.len().min(1) } else { sections.len() };
    sections.insert(second, health);
    let mut questions = Vec::new();
    if let Some((asked, raised)) = asked_of::section(definitions, plan, cells, &series, about) {
        sections.insert(sections.len().min(1), asked);
        questions = raised;
    }
    let mut changed: Vec<_> = data_health::amendments(definitions).into_iter().collect();
    if plan.pack.is_report {
        changed.extend(about.since_last.map(SinceLast::definitions_changed));
    }
    let mut actions = edition::still_to_answer(&unanswered);
    actions.extend(changed);
    sections.extend(actions::section(definitions, plan, cells, about, actions));
    sections.extend(last_page::section(definitions));
    Document {
        title: plan.pack.title.clone(),
        council: definitions.project.council.clone(),
        audience: plan.audience.title.clone(),
        period: plan.period,
        as_at,
        run: about.run.to_owned(),
        cover: cover(plan, about.edition),
        notices: notices(definitions, unchecked.len(), about.feeds),
        unanswered,
        disclosure: policy_words(policy),
        sections,
        rules: rules(definitions, &notes, about.said),
        definitions: notes,
        structure: Structure::of(definitions, protected, &plan.audience.id, policy),
        open_data: open_data::open_data(definitions, protected.tables(), policy),
        cells: protected.tables().to_vec(),
        series,
        quality: about.quality.clone(),
        questions,
    }
}

/// Whether a report is a draft, the number of the issue, from when on it may be passed on, and those who are to sign it off.
fn cover(plan: &Plan<'_>, edition: Edition) -> Vec<(String, String)> {
    let cover = &plan.pack.cover;
    let issue = cover.issue(plan.period).map(|number| ("Issue".to_owned(), number.to_string()));
    let embargo = cover.passed_on_from(plan.period);
    let embargo = embargo.map(|day| ("Not to be passed on before".to_owned(), day.to_string()));
    let signed = cover.sign_off.iter();
    let signed =
        signed.map(|(role, name)| ("To be signed off by".to_owned(), format!("{name}, {role}")));
    let edition = ("Edition".to_owned(), edition.word().to_owned());
    let edition = plan.pack.is_report.then_some(edition);
    edition.into_iter().chain(issue).chain(embargo).chain(signed).collect()
}

/// What has to be known before the first figure is read.
fn notices(definitions: &Definitions, unchecked: usize, feeds: &[Feed]) -> Vec<String> {
    let as_at = definitions.project.as_at;
    let mut notices: Vec<String> = definitions.left_out().into_iter().collect();
    notices.push(
        "Change observed: there is no comparison group, so nothing here says that help was the cause.".to_owned(),
    );
    let late = feeds.iter().filter(|f| f.complete_to.is_some_and(|c| c < as_at)).count();
    if late > 0 {
        let (are, them) = if late == 1 { ("feed is", "it") } else { ("feeds are", "them") };
        notices.push(format!(
            "{late} {are} not complete to {as_at}: what rests on {them} is shown as not yet known, never as low."
        ));
    }
    if unchecked > 0 {
        notices.push(format!(
            "{unchecked} rules in use have not been compared with their published text; they are listed under “Can we trust these figures?”."
        ));
    }
    let amended = definitions.amendments.len();
    if amended > 0 {
        notices.push(format!(
            "{amended} {} been changed locally; what, why and by whom is listed under “What was decided, and which definitions have changed?”.",
            if amended == 1 { "definition has" } else { "definitions have" }
        ));
    }
    notices
}

/// What is said of all that these measures rest on.
fn rules(definitions: &Definitions, notes: &[DefinitionNote], said: &Said) -> Said {
    let measures = notes.iter().filter_map(|note| definitions.measure(&note.id));
    let behind = measures.flat_map(|m| words::definitions_behind(m, definitions));
    behind
        .filter_map(|name| said.get_key_value(&name))
        .map(|(n, l)| (n.clone(), l.clone()))
        .collect()
}

/// The definitions of all measures that a pack shows, in order of title.
fn notes(definitions: &Definitions, plan: &Plan<'_>) -> Vec<DefinitionNote> {
    let mut shown: Vec<&str> = plan.figures().map(|f| f.measure.as_str()).collect();
    shown.extend(plan.figures().flat_map(|f| &f.with).map(String::as_str));
    shown.extend(plan.pack.headlines.iter().map(String::as_str));
    shown.sort_unstable();
    shown.dedup();
    let mut notes: Vec<DefinitionNote> = shown
        .into_iter()
        .filter_map(|id| definitions.measure(id))
        .map(|m| DefinitionNote {
            id: m.id.clone(),
            title: m.title.clone(),
            lines: words::measure_note(m, definitions),
        })
        .collect();
    notes.sort_by(|a, b| a.title.cmp(&b.title));
    notes
}
