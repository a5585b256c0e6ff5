//! The audit of outcomes: the same seed gives the same sample, each stratum holds what it says, and what is worked out
//! from the answers covers what was planted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use early_help::audit::{
    Answer, Answered, Auditor, Leaf, Sample, draw, evidence_of, find, records, sheets, timelines,
};
use early_help::definitions::Definitions;
use early_help::definitions::audit::{OutcomeAudit, Take};
use early_help::definitions::load::load;
use early_help::definitions::verdict::Verdict;
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
    let place = |id: &str| audit.strata.iter().position(|s| s.id == id);
    let (decided, just_over, worker_only) =
        (place("decided"), place("just_over"), place("worker_only"));
    let mut looked_at = [0; 4];
    for item in &all.items {
        // The column "Decided by a named role" of the extract.
        assert_eq!(item.told[3] == "yes", Some(item.stratum) == decided);
        let Some(case) = cases.get(&item.case_id) else { continue };
        let framework = SAMPLE.definitions.framework(&item.framework).expect("a framework");
        let outcome = framework.outcome_of(&item.need).expect("an outcome");
        let name = format!("{}.outcome.{}", item.framework, outcome.id);
        let story = case.stories.iter().find(|s| s.name == name).expect("it is told");
        let holding = || {
            let met = story.lanes.iter().filter(|l| l.verdict == Some(Verdict::Met));
            met.filter(|l| !l.test.starts_with("decision"))
        };
        let is_just_over = holding().any(|lane| {
            let Some((_, last)) = lane.window else { return false };
            let ended = last <= as_at && last.plus_days(14) > as_at;
            let mut barely = lane.marks.iter().filter(|m| !m.is_a_day()).filter_map(|m| m.to);
            ended || barely.any(|to| to >= last && to.plus_days(-14) <= last)
        });
        let marks: Vec<&str> = holding().flat_map(|l| &l.marks).map(|m| m.label.as_str()).collect();
        if Some(item.stratum) != decided {
            assert_eq!(is_just_over, Some(item.stratum) == just_over, "{name}: {marks:?}");
        }
        if Some(item.stratum) == worker_only {
            let by_worker = |label: &&str| {
                label.starts_with("scores row") || label.starts_with("judgements row")
            };
            assert!(!marks.is_empty() && marks.iter().all(by_worker), "{marks:?}");
        }
        looked_at[item.stratum] += 1;
    }
    assert!(looked_at.iter().all(|n| *n > 10), "{looked_at:?} looked at");
}

#[test]
fn the_interval_covers_what_was_planted() {
    let audit = SAMPLE.audit();
    let all = SAMPLE.all();
    // So many in a hundred are wrong, by stratum: most where the risk is.
    let rates =
        BTreeMap::from([("decided", 40), ("just_over", 15), ("worker_only", 20), ("others", 4)]);
    let is_wrong = |stratum: usize, case: &str, need: &str| {
        let hash = fingerprint(format!("planted {case} {need}").as_bytes());
        let number = u64::from_str_radix(&hash[..8], 16).expect("hexadecimal") % 100;
        number < rates[audit.strata[stratum].id.as_str()]
    };
    let planted =
        all.items.iter().filter(|i| is_wrong(i.stratum, &i.case_id, &i.need)).count() as f64;
    assert!(planted > 50.0, "{planted}");
    let (mut covered, mut width) = (0, 0.0);
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
        width += (found.upper - found.lower) / all.items.len() as f64 / 100.0;
        covered += u32::from(found.lower <= planted && planted <= found.upper);
    }
    assert!(covered >= 93, "{covered} of 100");
    // It covers not by saying nothing.
    assert!(width < 0.25, "{width} wide");
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
    // On every machine the same.
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("audit_sample_of_seed_7", String::from_utf8_lossy(&sample));
    });
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
    let sample = fs::read_to_string(folder.join("restricted/sample.csv")).expect("a sample");
    let lines: Vec<Vec<&str>> = sample.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let decided = lines.iter().filter(|l| l[1] == "decided").count();
    let last = lines.len();
    let none = format!("{last} of {last} have not");
    assert!(unanswered.contains("is not known") && unanswered.contains(&none), "{unanswered}");

    let write = |name: &str, answer: &dyn Fn(usize) -> Option<(&'static str, &'static str)>| {
        let mut filled = vec!["No,Case,Need,Agree?,Reason".to_owned()];
        for line in &lines {
            let number = line[0].parse().expect("a number");
            if let Some((agree, reason)) = answer(number) {
                filled.push(format!("{number},{},{},{agree},{reason}", line[2], line[4]));
            }
        }
        let path = out.path().join(name);
        fs::write(&path, filled.join("\n")).expect("written");
        path
    };
    let (late, untold) = (decided + 3, decided + 4);
    let path = write("filled.csv", &|n| match n {
        3 => Some(("no", "feed_was_wrong")),
        n if n == late => Some(("No", "")),
        n if n == untold => Some(("cannot tell", "")),
        n if n == last => None,
        _ => Some(("yes", "")),
    });
    let twice: Vec<usize> =
        lines.iter().filter(|l| l[5] == "true").map(|l| l[0].parse().expect("a number")).collect();
    assert_eq!(twice.len(), last.div_ceil(5));
    let second = write("second.csv", &|n| twice.contains(&n).then_some(("yes", "")));
    let results = |more: &[&str]| {
        let command = ["audit", "results", text(&folder), text(&path), "--second", text(&second)];
        result_of(&[&command, more].concat())
    };
    let said = results(&["--again"]);
    let squeezed = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let both = twice.iter().filter(|n| **n != last).count();
    let agree = twice.iter().filter(|n| ![3, late, untold, last].contains(n)).count();
    for line in [
        format!("Decided by a named role | {decided} | {decided} | {} | 1 | 0 | 0", decided - 1),
        format!("Two auditors looked at {both} of them and agree on {agree}"),
        "Not agreed, 1: A feed was late or wrong".to_owned(),
        "Not agreed, 1: No reason given".to_owned(),
        "Of 1 the records do not tell".to_owned(),
        format!("1 of {last} have not been answered"),
        format!("To be looked at again: 3, {late}, {untold}."),
    ] {
        assert!(squeezed.contains(&line), "no “{line}” in\n{said}");
    }
    let name = folder.file_name().expect("a name").to_string_lossy();
    let again = out.path().join(format!("{name}-results/restricted/look-again.csv"));
    assert_eq!(fs::read_to_string(again).expect("a list").lines().count(), 4);
    let json = results(&["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    // Of those decided all were looked at; of the next, each answered stands for its share.
    let of = |key: &str| json["strata"][1][key].as_f64().expect("a count");
    let wrong = json["wrong"]["value"].as_f64().expect("a number");
    let expected = 1.0 + of("outcomes") / (of("drawn") - 1.0);
    assert!((wrong - expected).abs() < 1e-9, "{wrong} is not {expected}");

    // What nobody was to look at twice is no second answer.
    let once = (1..=last).find(|n| !twice.contains(n)).expect("one");
    let wrong = write("wrong.csv", &|n| (n == once).then_some(("yes", "")));
    let command = ["audit", "results", text(&folder), text(&path), "--second", text(&wrong)];
    let refused = early_help(&command);
    assert!(refused.code == 4 && refused.err.contains("looked at twice"), "{}", refused.err);

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
    fs::write(&path, &text_of).expect("written");
    fs::write(folder.join("restricted/sample.csv"), sample.replacen("decided", "others", 1))
        .expect("written");
    let refused = early_help(&["audit", "results", text(&folder), text(&path)]);
    assert!(refused.code == 4 && refused.err.contains("has changed"), "{}", refused.err);
}

#[test]
fn beside_each_outcome_stand_its_family_its_decisions_what_counts_twice_and_the_files() {
    let Judged { definitions, evaluated } = &*SAMPLE;
    let audit = SAMPLE.audit();
    let sample = SAMPLE.draw(audit, 3);
    let cases = timelines(definitions, evaluated, &sample).expect("told");
    let behind = evidence_of(definitions, &sample, &cases);
    let beside = records(definitions, evaluated, audit, &sample).expect("records");
    let book = |auditor| sheets(definitions, audit, &sample, &behind, (&cases, &beside), auditor);
    let leaves = book(Auditor::First);
    let rows = |leaves: &[Leaf], tab: &str| -> Vec<Vec<String>> {
        leaves.iter().find(|l| l.tab == tab).map(|l| l.rows.clone()).expect(tab)
    };
    let drawn: BTreeSet<&str> = sample.items.iter().map(|i| i.case_id.as_str()).collect();
    // Each case that was drawn, and those of the same families: no others.
    let told = rows(&leaves, "Cases to audit");
    let of_family: BTreeMap<&str, &str> =
        told.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    let families: BTreeSet<&str> = drawn.iter().map(|case| of_family[case]).collect();
    assert!(told.iter().all(|row| families.contains(row[1].as_str())));
    assert!(told.len() > drawn.len(), "some family was helped more than once");
    let scores = rows(&leaves, "Scores to audit");
    assert!(!scores.is_empty() && scores.iter().all(|row| drawn.contains(row[0].as_str())));
    // Every decision about them, with who and why.
    let decisions = rows(&leaves, "Decisions");
    let about = |case: &str| drawn.contains(case);
    let all = evaluated.decisions.iter().filter(|d| about(&d.case_id)).count();
    assert!(all > 20 && decisions.len() == all, "{} of {all}", decisions.len());
    // The same need met twice in one family is found, by hand.
    let twice = rows(&leaves, "Counted twice");
    assert_eq!(twice.len(), sample.items.len());
    let met: BTreeSet<(String, String, String)> =
        SAMPLE.all().items.into_iter().map(|i| (i.case_id, i.framework, i.need)).collect();
    let mut found = 0;
    for (row, item) in twice.iter().zip(&sample.items) {
        let family = of_family[item.case_id.as_str()];
        let others = of_family.iter().filter(|(case, of)| **of == family && **case != item.case_id);
        for (other, _) in others {
            let same = ((*other).to_owned(), item.framework.clone(), item.need.clone());
            if met.contains(&same) {
                assert!(row[3].contains(other), "{} {}", item.case_id, row[3]);
                found += 1;
            }
        }
    }
    assert!(found > 0, "nothing to find");
    // What stands in each row, and nothing that nobody can look up.
    let says = rows(&leaves, "Rows");
    assert!(says.iter().all(|row| !row[7].is_empty()));
    assert!(says.iter().filter(|row| row[7] != "see Decisions").count() > 100);
    let files = rows(&leaves, "Files");
    let path = repository().join("sample-data/scores.csv");
    let hash = fingerprint(&fs::read(path).expect("bytes"));
    assert!(files.contains(&vec!["scores.csv".to_owned(), hash]));
    // The second auditor has the cases that they look at, and no more.
    let second = rows(&book(Auditor::Second), "Cases to audit");
    assert!(!second.is_empty() && second.len() < told.len());
}
