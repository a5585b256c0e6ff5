//! What is wrong with a definition, where it stands, and how to mend it.

use std::collections::BTreeSet;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::definitions::place::Place;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition cannot be used.
    Error,
    /// The definition works, but somebody should look at it.
    Warning,
}

/// The codes of warnings, which a project may allow for a while.
pub const WARNINGS: [&str; 7] = [
    "allow",
    "left_out",
    "no_example",
    "reference_unchecked",
    "review_overdue",
    "unanswered",
    "unused",
];

/// One finding about the definition files.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A short stable code for machines and for searching: `key`, `reference`, `window`, `unit`…
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// A few words under the caret; may be empty.
    pub label: String,
    /// Where it stands. `None` only for faults of the whole folder.
    pub place: Option<Place>,
    /// How to mend it.
    pub mend: Option<String>,
}

impl Severity {
    /// The word in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Diagnostic {
    /// A fault of the whole folder, which stands in no single file.
    #[must_use]
    pub fn of_folder(
        code: &'static str,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            label: String::new(),
            place: None,
            mend: Some(mend.into()),
        }
    }

    /// An error at a place.
    #[must_use]
    pub fn error(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            label: String::new(),
            place: Some(place.clone()),
            mend: None,
        }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// The same with the words that stand under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with the way to mend it.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}

/// The nearest of the candidates, if one is near enough to have been meant; never the word itself.
/// Capitals and small letters are the same distance apart as nothing.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let reach = (word.chars().count() / 3).clamp(1, 4);
    let small = word.to_lowercase();
    candidates
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|c| *c != word)
        .map(|c| (strsim::damerau_levenshtein(&small, &c.to_lowercase()), c))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

/// "did you mean `x`?", or the words that are allowed.
pub(crate) fn nearest_or_list(word: &str, candidates: &[&str]) -> String {
    match nearest(word, candidates.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if candidates.is_empty() => "there is none to choose from".to_owned(),
        None => {
            const SHOWN: usize = 24;
            let shown: Vec<String> =
                candidates.iter().take(SHOWN).map(|c| format!("`{c}`")).collect();
            let more = if candidates.len() > SHOWN { ", …" } else { "" };
            format!("choose from {}{more}", shown.join(", "))
        }
    }
}

/// A name with its article: "a case", "an assessment".
pub(crate) fn a(name: &str) -> String {
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {}", if vowel { "an" } else { "a" }, name.replace('_', " "))
}

/// Puts diagnostics in order of file and place, and drops repeats of the same finding.
pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    let key = |d: &Diagnostic| {
        let place = d.place.as_ref().map(|p| (p.path().to_path_buf(), p.span.start, p.span.end));
        (place, d.severity, d.code, d.message.clone())
    };
    diagnostics.sort_by_cached_key(key);
    diagnostics.dedup_by(|a, b| key(a) == key(b));
}

/// Diagnostics as people read them: the line, a caret, and the way to mend it.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut sorted = diagnostics.to_vec();
    sort(&mut sorted);
    let mut text = String::new();
    for d in &sorted {
        let level = match d.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(d.message.as_str()).id(d.code);
        let mut group = match &d.place {
            Some(place) => title.element(
                Snippet::source(place.file.text.as_str())
                    .path(place.path().display().to_string())
                    .annotation(
                        AnnotationKind::Primary
                            .span(whole_characters(&place.file.text, &place.span))
                            .label(d.label.as_str()),
                    ),
            ),
            None => annotate_snippets::Group::with_title(title),
        };
        if let Some(mend) = &d.mend {
            group = group.element(Level::HELP.message(mend.as_str()));
        }
        text.push_str(&renderer.render(&[group]));
        text.push_str("\n\n");
    }
    text
}

/// Diagnostics as editors and build servers read them: a list with one object for each.
///
/// Lines and columns count from 1; columns count characters; the end is the first column after the
/// finding. A fault of the whole folder has no file and no lines.
#[must_use]
pub fn to_json(diagnostics: &[Diagnostic]) -> Value {
    let mut sorted = diagnostics.to_vec();
    sort(&mut sorted);
    let object = |d: &Diagnostic| {
        let mut object = json!({
            "severity": d.severity.word(),
            "code": d.code,
            "message": d.message,
            "help": d.mend,
        });
        if let Some(place) = &d.place {
            let (line, column) = place.line_and_column();
            let end = Place::new(&place.file, place.span.end..place.span.end);
            let (end_line, end_column) = end.line_and_column();
            object["file"] = json!(place.path().display().to_string());
            object["line"] = json!(line);
            object["column"] = json!(column);
            object["end_line"] = json!(end_line);
            object["end_column"] = json!(end_column);
        }
        object
    };
    Value::Array(sorted.iter().map(object).collect())
}

/// A stretch of bytes widened to whole characters inside the text.
fn whole_characters(text: &str, span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}
