//! Benchmarks beside the exports: what a measure came to elsewhere, beside what it came to here.

use std::fs;

use super::{MONTHLY, Run, copy_of, early_help, text};

const HEAD: &str = "measure,peers,period,value,source\n";

#[test]
fn headline_measures_are_compared_with_the_newest_benchmark_and_as_far_as_they_are_known() {
    let data = copy_of("sample-data");
    let cells = MONTHLY.cells("2026-09-monthly/internal/data/cells.csv");
    let decided = cells
        .iter()
        .find(|c| {
            (c.measure.as_str(), c.breakdown.as_str(), c.period.as_str())
                == ("contacts_decided_1_day", "all", "2026-09")
        })
        .expect("a figure");
    let limit = |text: &str| text.parse::<f64>().expect("a limit");
    let low = format!("{:.1}", limit(&decided.lower) - 1.0);
    let lines = [
        format!("contacts_decided_1_day,england,2024-25,{low},Old tables"),
        format!("contacts_decided_1_day,england,2025-26,{low},National tables"),
        format!("contacts_decided_1_day,neighbours,2026-27-Q1,{},Benchmark club", decided.value),
        "contacts_decided_1_day,region,2027-28,50.0,Next year's tables".to_owned(),
        "open_cases,england,2025-26,1234,National tables".to_owned(),
    ];
    let file = data.path().join("benchmarks.csv");
    fs::write(&file, format!("{HEAD}{}\n", lines.join("\n"))).expect("it can be written");
    let run = Run::of(&["report", "monthly", "--data", text(data.path())]);
    for audience in ["internal", "board"] {
        let page = run.text(&format!("2026-09-monthly/{audience}/index.html"));
        let (_, table) = page.split_once("compare with elsewhere").expect("the table");
        let (table, _) = table.split_once("</table>").expect("its end");
        let england = format!("{low}% in 2025-26: clearly higher here (National tables)");
        assert!(table.contains(&england), "{audience}: {table}");
        let alike =
            format!("{}% in 2026-27 Q1: no clear difference (Benchmark club)", decided.value);
        assert!(table.contains(&alike), "{audience}: {table}");
        assert!(table.contains("1,234 in 2025-26: how sure cannot be said"), "{table}");
        assert!(!table.contains("Old tables") && !table.contains("Region"), "{table}");
    }
    let inputs = run.manifest("2026-09-monthly/run.json").inputs;
    assert!(inputs.iter().any(|f| f.file == "benchmarks.csv"), "the file is an input");
    let page = MONTHLY.text("2026-09-monthly/internal/index.html");
    assert!(page.contains("compare with elsewhere") && page.contains("invented for this example"));
    fs::remove_file(&file).expect("it can be taken away");
    let alone = Run::of(&["report", "monthly", "--data", text(data.path())]);
    let page = alone.text("2026-09-monthly/internal/index.html");
    assert!(!page.contains("compare with elsewhere"), "with nobody, where there is no file");
    fs::write(&file, format!("{HEAD}open_cases,mars,2025-26,3,Tables\n"))
        .expect("it can be written");
    let wrong = early_help(&["report", "monthly", "--data", text(data.path()), "--dry-run"]);
    assert_eq!(wrong.code, 4, "{}", wrong.err);
    assert!(wrong.err.contains("line 1 of benchmarks.csv"), "{}", wrong.err);
}
