//! The audit of outcomes: the same seed gives the same sample, each stratum holds what it says, and what is worked out
//! from the answers covers what was planted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use early_help::audit::{Answer, Answered, Sample, draw, find, timelines};
use early_help::definitions::Definitions;
use early_help::definitions::audit::{OutcomeAudit, Take};
use early_help::definitions::load::load;
use early_help::evaluate::Evaluated;
use early_help::fingerprint::fingerprint;
use early_help::judge;

use crate::cli::{a_folder, copy_of, early_help, repository, result_of, text};

struct Judged {
    definitions: Definitions,
    evaluated: Evaluated,
}

/// The sample council, judged once.
static SAMPLE: LazyLock<Judged> = LazyLock::new(|| {
    let loaded = load(&repository().join("outcome-definitions"));
    let definitions = loaded.definitions.expect("definitions");
    let evaluated = judge(&definitions, &repository().join("sample-data"), true, &mut |_| {});
    Judged { evaluated: evaluated.expect("verdicts"), definitions }
});

impl Judged {
    fn audit(&self) -> &OutcomeAudit {
        self.definitions.audit("outcomes_met").expect("an audit")
    }

    fn draw(&self, audit: &OutcomeAudit, seed: u64) -> Sample {
        draw(&self.definitions, &self.evaluated, audit, seed).expect("a sample")
    }

    /// Everything that could be drawn.
    fn all(&self) -> Sample {
        let mut audit = self.audit().clone();
        audit.strata.iter_mut().for_each(|stratum| stratum.take = Take::All);
        self.draw(&audit, 0)
    }
}

#[test]
fn each_outcome_is_in_one_stratum_and_each_stratum_holds_what_it_says() {
    let all = SAMPLE.all();
    let audit = SAMPLE.audit();
    let known: BTreeSet<(&str, &str, &str)> = all
        .items
        .iter()
        .map(|i| (i.case_id.as_str(), i.framework.as_str(), i.need.as_str()))
        .collect();
    assert_eq!(known.len(), all.items.len());
    assert!(all.strata.iter().all(|s| s.of > 0 && s.taken == s.of), "{:?}", all.strata);
    let cases =
        timelines(&SAMPLE.definitions, &SAMPLE.evaluated, &SAMPLE.draw(audit, 1)).expect("told");
    let as_at = SAMPLE.definitions.project.as_at;
    let decided = audit.strata.iter().position(|s| s.id == "decided");
    let just_inside = audit.strata.iter().position(|s| s.id == "just_inside");
    let worker_only = audit.strata.iter().position(|s| s.id == "worker_only");
    let mut looked_at = 0;
    for item in &all.items {
        // The column "Decided by a named role" of the extract.
        assert_eq!(item.told[3] == "yes", Some(item.stratum) == decided);
        let Some(case) = cases.get(&item.case_id) else { continue };
        let framework = SAMPLE.definitions.framework(&item.framework).expect("a framework");
        let outcome = framework.outcome_of(&item.need).expect("an outcome");
        let name = format!("{}.outcome.{}", item.framework, outcome.id);
        let story = case.stories.iter().find(|s| s.name == name).expect("it is told");
        let holding = || story.lanes.iter().filter(|l| l.verdict == Some(story.verdict));
        let just_ended = holding()
            .filter_map(|l| l.window)
            .any(|(_, last)| last <= as_at && last.plus_days(14) > as_at);
        if just_ended && Some(item.stratum) != decided {
            assert_eq!(Some(item.stratum), just_inside);
        }
        if Some(item.stratum) == worker_only {
            let marks: Vec<&str> =
                holding().flat_map(|l| &l.marks).map(|m| m.label.as_str()).collect();
            let by_worker = |label: &&str| {
                label.starts_with("scores row") || label.starts_with("judgements row")
            };
            assert!(!marks.is_empty() && marks.iter().all(by_worker), "{marks:?}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 10, "{looked_at} looked at");
}

#[test]
fn the_interval_covers_what_was_planted() {
    let audit = SAMPLE.audit();
    let all = SAMPLE.all();
    // So many in a hundred are wrong, by stratum: most where the risk is.
    let rates =
        BTreeMap::from([("decided", 40), ("just_inside", 15), ("worker_only", 20), ("others", 4)]);
    let is_wrong = |stratum: usize, case: &str, need: &str| {
        let hash = fingerprint(format!("planted {case} {need}").as_bytes());
        let number = u64::from_str_radix(&hash[..8], 16).expect("hexadecimal") % 100;
        number < rates[audit.strata[stratum].id.as_str()]
    };
    let planted =
        all.items.iter().filter(|i| is_wrong(i.stratum, &i.case_id, &i.need)).count() as f64;
    assert!(planted > 50.0, "{planted}");
    let mut covered = 0;
    for seed in 0..100 {
        let sample = SAMPLE.draw(audit, seed);
        let answered: Vec<Answered> = sample
            .items
            .iter()
            .map(|i| {
                let wrong = is_wrong(i.stratum, &i.case_id, &i.need);
                let first = Some(if wrong { Answer::No } else { Answer::Yes });
                Answered { first, ..Answered::default() }
            })
            .collect();
        let found = find(audit, &sample, &answered).wrong.expect("each stratum is answered").limits;
        covered += u32::from(found.lower <= planted && planted <= found.upper);
    }
    assert!(covered >= 93, "{covered} of 100");
}

/// The folder of the sample that a command has drawn.
fn drawn(arguments: &[&str], out: &Path) -> std::path::PathBuf {
    let command = [&["audit", "sample", "--out", text(out)], arguments].concat();
    Path::new(result_of(&command).trim()).to_owned()
}

#[test]
fn a_seed_gives_the_same_sample_whatever_order_the_rows_have() {
    let out = a_folder();
    let first = drawn(&["--seed", "7"], out.path());
    let sample = fs::read(first.join("restricted/sample.csv")).expect("a sample");
    let sheets = fs::read(first.join("restricted/auditor-sheets.xlsx")).expect("a workbook");
    drawn(&["--seed", "7"], out.path());
    assert!(sheets == fs::read(first.join("restricted/auditor-sheets.xlsx")).expect("a workbook"));

    let turned = copy_of("sample-data");
    for name in ["police_incidents.csv", "identified_needs.csv", "family_members.csv"] {
        let path = turned.path().join(name);
        let bytes = fs::read(&path).expect("bytes");
        let mut lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
        lines[1..].reverse();
        fs::write(&path, lines.concat()).expect("written");
    }
    let again = drawn(&["--seed", "7", "--data", text(turned.path())], out.path());
    assert!(sample == fs::read(again.join("restricted/sample.csv")).expect("a sample"));
    let other = drawn(&["--seed", "8"], out.path());
    assert!(sample != fs::read(other.join("restricted/sample.csv")).expect("a sample"));
    let verified = early_help(&["verify", text(&other)]);
    assert_eq!(verified.code, 0, "{}", verified.out);
}

#[test]
fn answers_come_back_as_agreement_as_what_they_say_of_all_and_as_a_list() {
    let out = a_folder();
    let folder = drawn(&[], out.path());
    // The workbook as it was written: nothing has been answered.
    let unanswered = result_of(&[
        "audit",
        "results",
        text(&folder),
        text(&folder.join("restricted/auditor-sheets.xlsx")),
    ]);
    assert!(
        unanswered.contains("is not known") && unanswered.contains("97 of 97 have not"),
        "{unanswered}"
    );

    let sample = fs::read_to_string(folder.join("restricted/sample.csv")).expect("a sample");
    let filled = |answer: &dyn Fn(usize) -> (&'static str, &'static str, &'static str)| {
        let mut lines = vec!["No,Case,Need,Agree?,Reason,Second auditor agrees?".to_owned()];
        for line in sample.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let (agree, reason, second) = answer(fields[0].parse().expect("a number"));
            lines.push(format!(
                "{},{},{},{agree},{reason},{second}",
                fields[0], fields[2], fields[4]
            ));
        }
        let path = out.path().join("filled.csv");
        fs::write(&path, lines.join("\n")).expect("written");
        path
    };
    let path = filled(&|n| match n {
        3 => ("no", "feed_was_wrong", "no"),
        40 => ("No", "", "yes"),
        41 => ("cannot tell", "", ""),
        n if n < 20 => ("yes", "", "yes"),
        97 => ("", "", ""),
        _ => ("yes", "", ""),
    });
    let again = out.path().join("again.csv");
    let said =
        result_of(&["audit", "results", text(&folder), text(&path), "--again", text(&again)]);
    let squeezed = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "Decided by a named role | 27 | 27 | 26 | 1 | 0 | 0",
        "agree on 19",
        "Not agreed, 1: A feed was late or wrong",
        "Not agreed, 1: No reason given",
        "1 of 97 have not been answered",
        "To be looked at again: 3, 40, 41.",
    ] {
        assert!(squeezed.contains(line), "no “{line}” in\n{said}");
    }
    assert_eq!(fs::read_to_string(&again).expect("a list").lines().count(), 4);
    let json = result_of(&["audit", "results", text(&folder), text(&path), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    // One of the 27 is known; one of the 20 just inside their window stands for a twentieth of theirs.
    let of = json["strata"][1]["outcomes"].as_f64().expect("a count");
    let wrong = json["wrong"]["value"].as_f64().expect("a number");
    assert!((wrong - (1.0 + of / 19.0)).abs() < 1e-9, "{wrong}");

    // An answer to another outcome is not counted, and whose it is, is not said.
    let swapped = sample.lines().nth(5).expect("a line").split(',').nth(2).expect("a case");
    let text_of = fs::read_to_string(&path).expect("text");
    fs::write(&path, text_of.replacen(swapped, "EH9999999", 1)).expect("written");
    let refused = early_help(&["audit", "results", text(&folder), text(&path)]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(
        refused.err.contains("row 6") && refused.err.contains("another outcome"),
        "{}",
        refused.err
    );
    assert!(!refused.err.contains("EH9999999"), "{}", refused.err);
    fs::write(&path, text_of.replacen(",yes,", ",perhaps,", 1)).expect("written");
    let refused = early_help(&["audit", "results", text(&folder), text(&path)]);
    assert!(refused.err.contains("yes, no, cannot tell"), "{}", refused.err);
}
