//! A report is a draft until everything that it signals has been answered.

use std::fs;

use early_help::definitions::load::load;

use super::{MONTHLY, a_folder, copy_of, early_help, files_below, repository};

#[test]
fn an_action_stands_beside_the_signal_that_it_answers_and_no_other() {
    let page = MONTHLY.text("2026-09-monthly/internal/index.html");
    let block = |team: &str| {
        let title = format!("completed within 45 working days, {team}: below its usual range");
        let blocks = page.split("<div class=\"so-what\">").skip(1);
        let mut of_team =
            blocks.filter(|b| b.split("</h3>").next().is_some_and(|h| h.contains(&title)));
        let block = of_team.next().unwrap_or_else(|| panic!("no signal of {team}"));
        block.split("</dl>").next().expect("its lines").to_owned()
    };
    // Both teams slip from July on. One has an action of its own, noted in August; what the whole council decided
    // in April answers neither.
    let (own, other) = (block("Northmoor Hill"), block("Southdown Town"));
    assert!(own.contains("A second assessor works with the team"), "{own}");
    assert!(other.contains("No action has been noted since it began."), "{other}");
    for block in [own, other] {
        assert!(!block.contains("A weekly look at assessments"), "{block}");
        assert_eq!(
            block.matches("<dt>").count(),
            8 - usize::from(!block.contains("The owner says"))
        );
    }
}

#[test]
fn a_report_is_final_once_every_signal_has_been_answered() {
    let page = "2026-09-monthly/internal/index.html";
    assert!(MONTHLY.text(page).contains("Draft"));
    let (data, out) = (copy_of("sample-data"), a_folder());
    let run = || {
        early_help(&[
            "report",
            "monthly",
            "--final",
            "--data",
            &data.path().to_string_lossy(),
            "--out",
            &out.path().to_string_lossy(),
        ])
    };

    let refused = run();
    assert_eq!(refused.code, 1, "{}", refused.err);
    let named = refused.err.split_once("what is done about: ").expect("measures are named").1;
    let named: Vec<&str> =
        named.split_once("; nothing was written").expect("why").0.split("; ").collect();
    assert!(!named.is_empty() && files_below(out.path()).is_empty(), "{named:?}");
    let listed = |title: &&&str| MONTHLY.text(page).contains(**title);
    assert_eq!(named.iter().filter(listed).count(), named.len(), "the draft says which they are");

    let definitions = load(&repository().join("outcome-definitions")).definitions.expect("sound");
    let register = data.path().join("actions.csv");
    let mut lines = fs::read_to_string(&register).expect("the register");
    for title in named {
        let of_title = definitions.measures.iter().filter(|m| m.title == title);
        for measure in of_title {
            lines.push_str(&format!(
                "{},2026-09-30,Council,Head of service,Look at it,2026-10-30,2026-12-15,,,It is looked at.,,,\n",
                measure.id
            ));
        }
    }
    fs::write(&register, lines).expect("written");
    let done = run();
    assert_eq!(done.code, 0, "{}", done.err);
    for audience in ["internal", "board", "public"] {
        let path = out.path().join(page.replace("internal", audience));
        let page = fs::read_to_string(path).expect("the page");
        assert!(page.contains("Final") && !page.contains("Draft"), "{audience}");
    }
}
