//! `query`: one question, one protected answer.

use std::collections::BTreeSet;
use std::path::Path;

use crate::calendar::{Period, PeriodKind};
use crate::cli::arguments::{Format, QueryArguments};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions, saved};
use crate::definitions::Definitions;
use crate::definitions::audience::{Audience, DisclosurePolicy};
use crate::definitions::diagnostic::nearest;
use crate::definitions::measure::Measure;
use crate::definitions::saved_query::MOST_CROSSED;
use crate::evaluate::Evaluated;
use crate::measure::{Measurer, TableRequest};
use crate::protect::{Protected, PublishedCell, PublishedTable, Shown, Symbol, UnprotectedError};
use crate::render;
use crate::report::{Answer, answer};
use crate::run::releases::{Occasion, QUERY, ReleaseLedger};
use crate::{Asked, EngineError, Released, judge, protected_for};

/// Answers a question.
pub(super) fn run(arguments: &QueryArguments, console: &mut Console) -> Result<(), Failure> {
    if arguments.list {
        return saved::list(arguments, console);
    }
    if let Some(name) = &arguments.saved {
        return saved::run(name, arguments, console);
    }
    let definitions = definitions(&arguments.folders.definitions, console)?;
    let question = Question::read(&definitions, arguments)?;
    let evaluated =
        judge(&definitions, &arguments.folders.data, false, &mut |what| console.doing(what))?;
    let mut answers = tell(&[question], &definitions, &evaluated, &arguments.out, console)?;
    match answers.pop() {
        Some(answer) => print(&answer, arguments.format, console),
        None => Ok(()),
    }
}

/// The answers to some questions of one audience, each protected with those before it, as releases to those from whom
/// small counts are hidden. Where one cannot be answered, nothing is released.
pub(super) fn tell(
    questions: &[Question<'_>],
    definitions: &Definitions,
    evaluated: &Evaluated,
    out: &Path,
    console: &mut Console,
) -> Result<Vec<Answer>, Failure> {
    let Some(first) = questions.first() else { return Ok(Vec::new()) };
    let Some(policy) = definitions.policies.get(&first.audience.disclosure) else {
        return Err(Failure::new(Exit::Definitions, "the audience has no disclosure policy"));
    };
    let mut ledger = match policy.suppress_below {
        // Nothing is released to those from whom nothing is hidden.
        0 => ReleaseLedger::default(),
        _ => ReleaseLedger::open(out).map_err(EngineError::from)?,
    };
    let mut answers = Vec::new();
    for question in questions {
        answers.push(one(question, (definitions, evaluated), policy, &mut ledger, console)?);
    }
    if policy.suppress_below > 0 {
        ledger.write().map_err(EngineError::from)?;
    }
    Ok(answers)
}

/// The answer to one question. What is released by it is added to the ledger, which is not written yet.
fn one(
    question: &Question<'_>,
    (definitions, evaluated): (&Definitions, &Evaluated),
    policy: &DisclosurePolicy,
    ledger: &mut ReleaseLedger,
    console: &mut Console,
) -> Result<Answer, Failure> {
    let mut measurer = Measurer::new(definitions, evaluated);
    let period = match question.period {
        Some(period) => period,
        None => {
            let newest =
                Period::last_complete(PeriodKind::Rolling12Months, definitions.project.as_at);
            let history: Vec<Period> = (0..24).rev().map(|back| newest.earlier(back)).collect();
            measurer
                .newest_ripe(&question.measure.id, &history)
                .map_err(EngineError::from)?
                .unwrap_or(newest)
        }
    };
    let by_quarter = policy.windows_end_with_quarter && !question.by.is_empty();
    let period = match question.period {
        Some(asked) if by_quarter && asked.with_its_quarter() != asked => {
            return Err(question.ends_within_a_quarter(asked));
        }
        Some(asked) => asked,
        None if by_quarter => period.with_its_quarter(),
        None => period,
    };
    let mut answered = |by: &[String], period: Period| {
        question.answered(by, period, &mut measurer, (definitions, policy, ledger))
    };
    let Some(Released { protected, publication, .. }) = answered(&question.by, period)? else {
        for (by, period) in question.coarser(period) {
            if answered(&by, period)?.is_some() {
                return Err(question.refusal(Some((&by, period))));
            }
        }
        return Err(question.refusal(None));
    };
    if let Some(caution) = protected.caution() {
        console.message(&format!("warning: {caution}"));
    }
    let Some(table) = plain(&protected, &question.by) else {
        return Err(Failure::new(Exit::Usage, "that measure cannot be split that way"));
    };
    question.levels_exist(table)?;
    if let Some(publication) = publication {
        ledger.add(publication);
    }
    let whole = plain(&protected, &[]);
    Ok(answer(definitions, question.measure, table, whole, period, &question.chosen, policy))
}

/// The table that is split by these breakdowns and no others.
fn plain<'p>(protected: &'p Protected, by: &[String]) -> Option<&'p PublishedTable> {
    protected.tables().iter().find(|table| {
        let own = table.by().last().is_some_and(|b| b == crate::measure::CATEGORY);
        table.by().get(..table.by().len() - usize::from(own)) == Some(by)
    })
}

/// A question that has been understood.
pub(super) struct Question<'d> {
    pub(super) measure: &'d Measure,
    pub(super) audience: &'d Audience,
    pub(super) by: Vec<String>,
    pub(super) chosen: Vec<(String, String)>,
    pub(super) period: Option<Period>,
}

impl<'d> Question<'d> {
    pub(super) fn read(
        definitions: &'d Definitions,
        arguments: &QueryArguments,
    ) -> Result<Self, Failure> {
        let usage = |message: String| Failure::new(Exit::Usage, message);
        let listed = |names: Vec<&str>| names.join(", ");
        let asked = arguments.measure.as_deref().unwrap_or_default();
        let measure = definitions.measure(asked).ok_or_else(|| {
            let near = meant(asked, definitions.measures.iter().map(|m| m.id.as_str()));
            usage(format!("there is no measure \"{asked}\"{near}"))
        })?;
        let audience = definitions.audience(&arguments.audience).ok_or_else(|| {
            let all = listed(definitions.audiences.iter().map(|a| a.id.as_str()).collect());
            usage(format!("there is no audience \"{}\"; there are {all}", arguments.audience))
        })?;
        if !measure.audiences.contains(&audience.id) {
            return Err(usage(format!(
                "`{}` is not released to {}\n  mend: its owner, {}, may add \"{}\" to its `audience`",
                measure.id, audience.id, measure.owner, audience.id
            )));
        }
        let mut by = arguments.by.clone();
        let mut chosen = Vec::new();
        for filter in &arguments.filter {
            let Some((breakdown, level)) = filter.split_once('=') else {
                return Err(usage(format!("\"{filter}\" is not BREAKDOWN=LEVEL")));
            };
            let (breakdown, level) = (breakdown.trim().to_owned(), level.trim().to_owned());
            if !by.contains(&breakdown) {
                by.push(breakdown.clone());
            }
            chosen.push((breakdown, level));
        }
        // Who is shown everything may ask by everything.
        let policy = definitions.policies.get(&audience.disclosure);
        let is_open = policy.is_some_and(|policy| policy.suppress_below == 0);
        let may_ask_by = |b: &String| is_open || audience.query_by.contains(b);
        let may_ask = |b: &String| {
            let released = definitions.breakdown(b).is_none_or(|b| b.released_to(&audience.id));
            released && measure.by.contains(b) && may_ask_by(b)
        };
        if by.len() > MOST_CROSSED {
            let allowed: Vec<&str> =
                by.iter().filter(|b| may_ask(b)).take(MOST_CROSSED).map(String::as_str).collect();
            return Err(usage(format!(
                "{} breakdowns are too many: at most {MOST_CROSSED} can be crossed\n  mend: {}",
                by.len(),
                instead(&allowed)
            )));
        }
        if let Some(refused) = by.iter().find(|b| !measure.by.contains(b)) {
            let allowed = listed(measure.by.iter().map(String::as_str).collect());
            let allowed = if allowed.is_empty() { "none".to_owned() } else { allowed };
            return Err(usage(format!(
                "`{}` cannot be split by \"{refused}\"; it can by: {allowed}",
                measure.id
            )));
        }
        let closed =
            |b: &&String| definitions.breakdown(b).is_some_and(|b| !b.released_to(&audience.id));
        if let Some(refused) = by.iter().find(closed) {
            return Err(usage(format!(
                "figures by \"{refused}\" are not released to {}\n  mend: ask without it",
                audience.id
            )));
        }
        if let Some(refused) = by.iter().find(|b| !may_ask_by(b)) {
            let allowed: Vec<&str> = by.iter().filter(|b| may_ask(b)).map(String::as_str).collect();
            return Err(usage(format!(
                "questions of {} may not be split by \"{refused}\"; those who answer for releases name what they may ask by as `query_by` of [audience.{}]\n  mend: {}",
                audience.id,
                audience.id,
                instead(&allowed)
            )));
        }
        let period = match &arguments.period {
            None => None,
            Some(text) => {
                let period = Period::parse(text).ok_or_else(|| {
                    usage(format!("\"{text}\" is not a period; write 2026-09 or 2026-27-Q2"))
                })?;
                Some(super::report::period(definitions, period.kind, Some(text))?)
            }
        };
        Ok(Self { measure, audience, by, chosen, period })
    }

    /// A level that is not in the table is a slip of the pen: an empty answer would read as nought.
    fn levels_exist(&self, table: &PublishedTable) -> Result<(), Failure> {
        for (breakdown, wanted) in &self.chosen {
            let at = table.by().iter().position(|b| b == breakdown);
            let levels = || table.cells().iter().filter_map(|c| c.level().get(at?));
            if levels().any(|l| l.code == *wanted || l.title == *wanted) {
                continue;
            }
            let titles: BTreeSet<&str> = levels().map(|l| l.title.as_str()).collect();
            let codes: BTreeSet<&str> = levels().map(|l| l.code.as_str()).collect();
            let near = meant(wanted, titles.union(&codes).copied());
            let all = codes.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Failure::new(
                Exit::Usage,
                format!(
                    "`{breakdown}` has no level \"{wanted}\"{near}\n  mend: write one of {all}"
                ),
            ));
        }
        Ok(())
    }

    /// What this measure comes to by these breakdowns; nothing if it cannot be protected with what was released
    /// before, or if nothing of it could be shown.
    fn answered(
        &self,
        by: &[String],
        period: Period,
        measurer: &mut Measurer<'_>,
        (definitions, policy, ledger): (&Definitions, &DisclosurePolicy, &ReleaseLedger),
    ) -> Result<Option<Released>, EngineError> {
        // A filter picks lines of the whole protected table: what is hidden is the same with and
        // without it, so filters cannot be played off against each other.
        let mut requests = vec![self.request(by, period), self.request(&[], period)];
        if by.len() > 1 {
            requests.extend(by.iter().map(|b| self.request(std::slice::from_ref(b), period)));
        }
        let mut content = by.to_vec();
        content.sort();
        content.insert(0, self.measure.id.clone());
        let occasion = Occasion { run: QUERY.to_owned(), period, content, accepted: None };
        let asked = Asked { audience: self.audience, requests, occasion };
        match protected_for(definitions, measurer, asked, policy, ledger) {
            Err(EngineError::Unprotected(
                UnprotectedError::Exposed { .. } | UnprotectedError::ToldBefore { .. },
            )) => Ok(None),
            Err(error) => Err(error),
            Ok(released) => {
                let is_release = released.publication.is_some();
                let table = plain(&released.protected, by);
                Ok((!(is_release && table.is_some_and(is_all_hidden))).then_some(released))
            }
        }
    }

    /// Coarser questions: by fewer breakdowns, by one less first, or about a longer period that ends with this one.
    fn coarser(&self, period: Period) -> Vec<(Vec<String>, Period)> {
        let count = self.by.len();
        let chosen = |set: u32| -> Vec<String> {
            let is_in = |(at, _): &(usize, &String)| set & (1 << at) != 0;
            self.by.iter().enumerate().filter(is_in).map(|(_, by)| by.clone()).collect()
        };
        let mut fewer: Vec<Vec<String>> = (0..(1_u32 << count) - 1).map(chosen).collect();
        fewer.sort_by_key(|by| std::cmp::Reverse(by.len()));
        let longer = [PeriodKind::Quarter, PeriodKind::FinancialYear, PeriodKind::Rolling12Months]
            .into_iter()
            .filter(|kind| kind.months() > period.kind.months())
            .filter_map(|kind| Period::ending_with(kind, period.end()));
        let longer: Vec<Period> = longer.collect();
        let fewer = fewer.into_iter().map(|by| (by, period));
        fewer.chain(longer.into_iter().map(|longer| (self.by.clone(), longer))).collect()
    }

    /// That twelve months that are split have to end with a quarter, and which do.
    fn ends_within_a_quarter(&self, asked: Period) -> Failure {
        let message = format!(
            "not answered: for {}, {} that is split by anything ends with a quarter, because one that moves on by a month tells of that month\n  mend: ask with --period {}",
            self.audience.title,
            asked.kind.word().replace('_', " "),
            asked.with_its_quarter().code()
        );
        Failure::new(Exit::Usage, message)
    }

    /// That a question is not answered, and which one would be.
    fn refusal(&self, coarser: Option<(&[String], Period)>) -> Failure {
        let split = if self.by.is_empty() {
            String::new()
        } else {
            format!(" by {}", self.by.join(" and "))
        };
        let mend = match coarser {
            Some((by, period)) if by.len() == self.by.len() => {
                format!("ask with --period {}", period.code())
            }
            Some((by, _)) => instead(&by.iter().map(String::as_str).collect::<Vec<_>>()),
            None => "ask about a longer period".to_owned(),
        };
        Failure::new(
            Exit::ChecksFailed,
            format!(
                "`{}`{split} cannot be answered for {}: it counts too few, or with what was released before it would give away what is hidden\n  mend: {mend}",
                self.measure.id, self.audience.id
            ),
        )
    }

    fn request(&self, by: &[String], period: Period) -> TableRequest {
        TableRequest { measure: self.measure.id.clone(), by: by.to_vec(), periods: vec![period] }
    }
}

/// Whether a table hides figures and shows none.
fn is_all_hidden(table: &PublishedTable) -> bool {
    let is = |symbol| move |cell: &PublishedCell| cell.value() == Shown::Symbol(symbol);
    let hidden = is(Symbol::Confidential);
    let is_nobody = is(Symbol::NotApplicable);
    let mut cells = table.cells().iter().filter(|cell| !is_nobody(cell)).peekable();
    cells.peek().is_some() && cells.all(hidden)
}

/// What to ask instead.
fn instead(by: &[&str]) -> String {
    if by.is_empty() {
        "ask for the whole council".to_owned()
    } else {
        format!("ask for {}", by.join(","))
    }
}

fn meant<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    nearest(wanted, names).map_or_else(String::new, |n| format!("; did you mean \"{n}\"?"))
}

fn print(answer: &Answer, format: Format, console: &mut Console) -> Result<(), Failure> {
    Ok(console.result(&text(answer, format)?)?)
}

/// An answer, as it is printed.
pub(super) fn text(answer: &Answer, format: Format) -> Result<String, Failure> {
    Ok(match format {
        Format::Csv => {
            let bytes = render::csv::figure_table(&answer.table)
                .map_err(|e| Failure::new(Exit::Bug, e.to_string()))?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Format::Json => render::json::answer(answer),
        Format::Table => {
            let lines = |pairs: &[(String, String)]| {
                pairs.iter().map(|(label, text)| format!("  {label}: {text}\n")).collect::<String>()
            };
            let mut text = render::terminal::table(&answer.table) + "\n";
            if !answer.denominator.is_empty() {
                text.push_str(&format!("\nThe whole council\n{}", lines(&answer.denominator)));
            }
            text.push_str(&format!(
                "\nDefinition\n{}\n{}\n",
                lines(&answer.definition),
                answer.disclosure
            ));
            text
        }
    })
}
