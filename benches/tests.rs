//! What more tests cost: 10, 40 and 160 tests on one source, judged over the same council.
//!
//! `cargo bench --bench tests -- 300000` writes a council of that size to the target folder (once),
//! reads and links it, and judges its cases by so many tests on the police's incidents: all kinds and
//! roles, before and after, with windows of 1 to 12 months. The rows are looked for once and each is
//! held against the tests only whose condition it meets, so that the cost of a further test is that
//! of one more verdict for every case. Medians of three, and the peak memory so far (on Linux).
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use early_help::definitions::Definitions;
use early_help::definitions::load::load;
use early_help::{evaluate, link, read};

const RUNS: usize = 3;
const TESTS: [usize; 4] = [1, 10, 40, 160];

fn main() {
    let sizes: Vec<u32> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let families = sizes.first().copied().unwrap_or(30_000);
    let data = council(families);
    println!("| families | tests | read and link | judge | for each test and 1,000 cases | peak |");
    println!("|---|---|---|---|---|---|");
    for tests in TESTS {
        let definitions = definitions(tests);
        let mut reading = Vec::new();
        let mut judging = Vec::new();
        let mut cases = 0;
        for _ in 0..RUNS {
            let begun = Instant::now();
            let inputs = read::read(&definitions, &data, &mut |_| {}).expect("sound exports");
            let linked = link::link(&definitions, inputs, &mut |_| {}).expect("linked");
            reading.push(begun.elapsed());
            let begun = Instant::now();
            let judged = evaluate::evaluate(&definitions, linked, false, &mut |_| {});
            judging.push(begun.elapsed());
            let judged = judged.expect("judged");
            cases = judged.units.get("case").map_or(0, |frame| frame.height());
        }
        let (reading, judging) = (median(reading), median(judging));
        let each = judging.as_secs_f64() * 1e9 / tests as f64 / cases as f64;
        println!(
            "| {families} | {tests} | {:.2} s | {:.3} s | {each:.0} µs | {} MB |",
            reading.as_secs_f64(),
            judging.as_secs_f64(),
            peak(),
        );
    }
}

/// The exports of a council of this size, made if they are not there.
fn council(families: u32) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("council-{families}"));
    if !folder.join("truth.json").exists() {
        early_help::sample::write(families, 2026, &folder).expect("a council");
    }
    folder
}

/// The shipped sources and mapping, with so many tests on one source and nothing else.
fn definitions(tests: usize) -> Definitions {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tests-{tests}"));
    fs::create_dir_all(&folder).expect("a folder");
    for name in ["core.toml", "scales.toml", "mapping.toml"] {
        let text = fs::read_to_string(shipped.join(name)).expect("a shipped file");
        // Units of needs are those of all frameworks: there is none.
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.starts_with("framework ")).collect();
        fs::write(folder.join(name), lines.join("\n")).expect("written");
    }
    let project = fs::read_to_string(shipped.join("project.toml")).expect("a shipped file");
    let uses = project.lines().map(|line| match line.starts_with("uses ") {
        true => r#"uses = ["core", "scales", "mapping", "bench"]"#,
        false => line,
    });
    let project: Vec<&str> = uses.collect();
    fs::write(folder.join("project.toml"), project.join("\n")).expect("written");
    fs::write(folder.join("bench.toml"), facts(tests)).expect("written");
    let loaded = load(&folder);
    loaded.definitions.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

fn facts(tests: usize) -> String {
    let kinds = ["crime", "asb", "domestic_abuse", "missing", "other"];
    let roles = ["suspect", "victim", "witness", "subject"];
    let windows = ["after = \"closed_on\"", "before = \"started_on\""];
    let mut text = "[file]\nlanguage = 1\nid = \"bench\"\ntitle = \"So many tests\"\n".to_owned();
    for test in 0..tests {
        let (kind, role) = (kinds[test % 5], roles[test / 5 % 4]);
        let (window, months) = (windows[test / 20 % 2], 1 + test % 12);
        let _ = write!(
            text,
            "[fact.test_{test}]\ntitle = \"Test {test}\"\nunit = \"case\"\nsource = \"police\"\n\
             who = \"everyone\"\ncombine = \"together\"\n\
             where = \"kind = '{kind}' and role = '{role}'\"\n\
             window = {{ {window}, for = \"{months} months\" }}\nexpect = \"count(*) >= 1\"\n",
        );
    }
    text
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The most memory that this process has held so far, in megabytes; 0 where the system does not say.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
