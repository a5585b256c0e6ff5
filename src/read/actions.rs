//! The register of actions: what somebody decided to do about a measure. A file beside the exports that
//! people keep by hand; a council without one has no actions.

use std::path::Path;

use serde::Deserialize;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::read::own_words::could_identify;
use crate::read::register::Register;
use crate::read::{InputFile, ReadError};

/// The name of the file.
pub const REGISTER: &str = "actions.csv";

/// An action on a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The measure that it is meant to move.
    pub measure: String,
    /// The breakdown and the code of its level, where it is about one level alone: a team, a ward.
    pub of: Option<(String, String)>,
    /// The day on which it was decided.
    pub noted_on: Day,
    /// Who can act: the council, a partner, both.
    pub who: String,
    /// Who answers for it, by role.
    pub owner: String,
    /// What is done.
    pub action: String,
    /// By when.
    pub due: Day,
    /// When it is looked at again.
    pub review: Day,
    /// When it was done; nothing while it is open.
    pub done_on: Option<Day>,
    /// The theme of the audit that it follows; nothing where it follows none.
    pub audit: Option<String>,
    /// What the owner says of what the measure shows; nothing where they said nothing.
    pub comment: Option<String>,
    /// The audiences that are told of it though small counts are hidden from them.
    pub tell: Vec<String>,
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    measure: String,
    noted_on: String,
    who: String,
    owner: String,
    action: String,
    due: String,
    review: String,
    #[serde(default)]
    done_on: String,
    #[serde(default)]
    audit: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    tell: String,
    #[serde(default)]
    breakdown: String,
    #[serde(default)]
    level: String,
}

/// The file as a register.
const FILE: Register = Register { file: REGISTER, of: "a register" };

/// The actions of a folder, in the order of the file, and the file for the manifest.
///
/// # Errors
/// When the file is there and cannot be read as a register.
pub(super) fn read(
    definitions: &Definitions,
    folder: &Path,
    files: &mut Vec<InputFile>,
) -> Result<Vec<Action>, ReadError> {
    let by = |measure: &str| definitions.measure(measure).map(|m| m.by.as_slice());
    let audience = |id: &str| definitions.audience(id).is_some();
    FILE.read(folder, files, |row, line| action(row, line, by, audience))
}

/// The action of a line, on a measure that is known; `by` says by what a measure is split.
fn action<'d>(
    row: u64,
    line: Line,
    by: impl Fn(&str) -> Option<&'d [String]>,
    is_audience: impl Fn(&str) -> bool,
) -> Result<Action, ReadError> {
    let day = |text: &str, column: &str| {
        Day::parse_iso(text)
            .ok_or_else(|| FILE.wrong(row, &format!("has no day like 2026-09-30 in `{column}`")))
    };
    let Some(by) = by(&line.measure) else { return Err(FILE.stranger(row)) };
    let of = match (line.breakdown.is_empty(), line.level.is_empty()) {
        (true, true) => None,
        (false, false) if by.contains(&line.breakdown) => Some((line.breakdown, line.level)),
        (false, false) => {
            return Err(FILE.wrong(row, "names a `breakdown` by which its measure is not split"));
        }
        _ => return Err(FILE.wrong(row, "needs both `breakdown` and `level`, or neither")),
    };
    if line.action.is_empty() || line.owner.is_empty() {
        return Err(FILE.wrong(row, "has no action, or no owner"));
    }
    let tell: Vec<String> = line.tell.split_whitespace().map(str::to_owned).collect();
    if !tell.iter().all(|audience| is_audience(audience)) {
        return Err(FILE.wrong(row, "names an audience in `tell` that there is not"));
    }
    // Whom it is told to outside reads it as it stands.
    let identifies = [&line.action, &line.comment].into_iter().find_map(|w| could_identify(w));
    if let Some(what) = identifies.filter(|_| !tell.is_empty()) {
        return Err(FILE.wrong(row, what));
    }
    let done_on = (!line.done_on.is_empty()).then(|| day(&line.done_on, "done_on"));
    Ok(Action {
        noted_on: day(&line.noted_on, "noted_on")?,
        due: day(&line.due, "due")?,
        review: day(&line.review, "review")?,
        done_on: done_on.transpose()?,
        audit: Some(line.audit).filter(|theme| !theme.is_empty()),
        comment: Some(line.comment).filter(|comment| !comment.is_empty()),
        measure: line.measure,
        of,
        who: line.who,
        owner: line.owner,
        action: line.action,
        tell,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "measure,noted_on,who,owner,action,due,review\n";

    fn of(lines: &str) -> Result<Vec<Action>, String> {
        with(HEAD, lines)
    }

    fn with(head: &str, lines: &str) -> Result<Vec<Action>, String> {
        let split = ["team".to_owned()];
        let by = |measure: &str| (measure == "contacts").then_some(&split[..]);
        let found = FILE.parsed(&format!("{head}{lines}"), |row, line| {
            action(row, line, by, |audience| audience == "police")
        });
        found.map_err(|e| e.to_string())
    }

    #[test]
    fn an_action_may_be_about_one_level_of_a_breakdown_that_its_measure_has() {
        let head = format!("{},breakdown,level\n", HEAD.trim_end());
        let line = |of: &str| {
            with(&head, &format!("contacts,2026-05-04,,Lead,Look,2026-06-30,2026-09-01,{of}\n"))
        };
        let of = |found: Vec<Action>| found.into_iter().next().and_then(|action| action.of);
        assert_eq!(line(",").map(of), Ok(None));
        assert_eq!(line("team,North").map(of), Ok(Some(("team".to_owned(), "North".to_owned()))));
        for (wrong, says) in
            [("ward,North", "not split"), ("team,", "or neither"), (",North", "or neither")]
        {
            let said = line(wrong).expect_err("it is wrong");
            assert!(said.contains(says) && !said.contains("North"), "{said}");
        }
    }

    #[test]
    fn a_line_is_an_action_and_an_open_one_has_no_day_of_its_end() {
        let found =
            of("contacts,2026-05-04,Partner,Police lead, Look at it ,2026-06-30,2026-09-01\n");
        let found = found.expect("sound");
        assert_eq!((found[0].action.as_str(), found[0].done_on), ("Look at it", None));
        assert_eq!((&found[0].audit, &found[0].comment), (&None, &None));
        assert_eq!(of("").expect("an empty register"), []);
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line_and_never_by_its_words() {
        for (line, says) in [
            ("secret,2026-05-04,,Lead,Look,2026-06-30,2026-09-01\n", "a measure that there is not"),
            ("contacts,4 May,,Lead,Secret,2026-06-30,2026-09-01\n", "in `noted_on`"),
            ("contacts,2026-05-04,,,Secret,2026-06-30,2026-09-01\n", "no owner"),
            ("contacts,2026-05-04\n", "columns of a register"),
        ] {
            let said = of(line).expect_err("it is wrong");
            assert!(said.contains(says) && said.contains("line 1"), "{said}");
            assert!(!said.to_lowercase().contains("secret"), "{said}");
        }
    }

    #[test]
    fn an_action_that_is_told_outside_names_its_readers_and_nobody_else() {
        let head = "measure,noted_on,who,owner,action,due,review,tell\n";
        let of = |action_and_tell: (&str, &str)| {
            let (what, tell) = action_and_tell;
            let line =
                format!("contacts,2026-05-04,Both,Lead,{what},2026-06-30,2026-09-01,{tell}\n");
            let found = FILE.parsed(&format!("{head}{line}"), |row, line| {
                action(row, line, |_| Some(&[]), |audience| audience == "police")
            });
            found.map(|all| all[0].tell.clone()).map_err(|e| e.to_string())
        };
        assert_eq!(of(("Look at it", "police")), Ok(vec!["police".to_owned()]));
        assert_eq!(of(("Ask Kit about 12 of them", "")), Ok(Vec::new()));
        assert!(of(("Look at it", "schools")).is_err_and(|e| e.contains("`tell`")));
        assert!(of(("Ask about 12 of them", "police")).is_err_and(|e| e.contains("a number")));
    }
}
