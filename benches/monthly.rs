//! The whole monthly run beside the time that polars takes merely to read the same files.
//!
//! `cargo bench --bench monthly -- 1500 30000 300000` writes a council of each size to the target
//! folder (once), then in turn reads its files with polars and nothing else, makes the monthly report
//! from them by the shipped definitions, and makes that of `benches/first/`: the measures that a first
//! report has. Three times each; prints the medians, with the peak memory of each process (on Linux)
//! and the time that pages and charts took, which are drawn beside the other work.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use polars_io::SerReader;
use polars_io::csv::read::{CsvEncoding, CsvReadOptions};

const RUNS: usize = 3;

#[path = "first/mod.rs"]
mod first;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [flag, folder] = arguments.as_slice()
        && flag == "--bare"
    {
        read_bare(Path::new(folder));
        return;
    }
    let mut sizes: Vec<u32> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1_500, 30_000];
    }
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    let first = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("first-definitions");
    first::write(&shipped, &first);
    println!(
        "| families | rows | bare reading | peak | first report | peak | ratio | monthly report | of it drawing | peak | ratio |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for families in sizes {
        let data = council(families);
        let mut runs: [Vec<Run>; 3] = Default::default();
        for _ in 0..RUNS {
            // In turn: the machine may be slower a minute later.
            let [bare, of_first, of_all] = &mut runs;
            bare.push(timed(bare_reading(&data)));
            of_first.push(timed(monthly_report(&data, &first)));
            of_all.push(timed(monthly_report(&data, &shipped)));
        }
        let [bare, of_first, of_all] = runs.map(median);
        let ratio = |run: &Run| run.whole.as_secs_f64() / bare.whole.as_secs_f64();
        let told = |run: &Run| format!("{:.2} s", run.whole.as_secs_f64());
        println!(
            "| {families} | {} | {} | {} MB | {} | {} MB | {:.1} | {} | {:.2} s | {} MB | {:.1} |",
            rows(&data),
            told(&bare),
            bare.peak,
            told(&of_first),
            of_first.peak,
            ratio(&of_first),
            told(&of_all),
            of_all.drawing,
            of_all.peak,
            ratio(&of_all),
        );
    }
}

/// One run of a process.
#[derive(Clone, Copy)]
struct Run {
    whole: Duration,
    /// The seconds that pages and charts took, as far as it says.
    drawing: f64,
    /// The most memory that it held, in megabytes.
    peak: u64,
}

/// This program, merely reading the files.
fn bare_reading(data: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("--bare").arg(data);
    command
}

/// The monthly report by some definitions. What an earlier run wrote is thrown away before, untimed.
fn monthly_report(data: &Path, definitions: &Path) -> Command {
    let out = data.with_extension("reports");
    let _ = fs::remove_dir_all(&out);
    let mut command = Command::new(env!("CARGO_BIN_EXE_early-help"));
    command.args(["report", "monthly", "--quiet", "--timings", "--definitions"]);
    command.arg(definitions).arg("--data").arg(data).arg("--out").arg(&out);
    command
}

/// The exports of a council of this size, made if they are not there.
fn council(families: u32) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("council-{families}"));
    if !folder.join("truth.json").exists() {
        early_help::sample::write(families, 2026, &folder).expect("a council");
    }
    folder
}

/// Every CSV file of a folder as polars reads it by itself: types inferred, nothing kept.
fn read_bare(folder: &Path) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "csv"))
        .collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let skip = match name.as_str() {
            "eh_episodes.csv" => 2,
            "audits.csv" => 1,
            _ => 0,
        };
        let separator = if name == "school_attendance.csv" { b';' } else { b',' };
        let frame = CsvReadOptions::default()
            .with_skip_lines(skip)
            .with_ignore_errors(true)
            .map_parse_options(|o| {
                o.with_separator(separator)
                    .with_truncate_ragged_lines(true)
                    .with_encoding(CsvEncoding::LossyUtf8)
            })
            .into_reader_with_file_handle(File::open(&path).expect("a file"))
            .finish()
            .expect("a frame");
        std::hint::black_box(frame.height());
    }
}

/// Runs a command, and watches its memory.
fn timed(mut command: Command) -> Run {
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let begun = Instant::now();
    let mut child = command.spawn().expect("a process");
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_of(child.id()));
        match child.try_wait().expect("a process") {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let whole = begun.elapsed();
    let mut said = String::new();
    child.stderr.take().expect("its messages").read_to_string(&mut said).expect("text");
    assert!(status.success(), "the command failed: {said}");
    let drawing = said.lines().find_map(|line| {
        line.trim().split("pages and charts took ").nth(1)?.split(' ').next()?.parse().ok()
    });
    Run { whole, drawing: drawing.unwrap_or_default(), peak }
}

/// The median of each.
fn median(runs: Vec<Run>) -> Run {
    let middle = runs.len() / 2;
    let mut whole: Vec<Duration> = runs.iter().map(|run| run.whole).collect();
    whole.sort();
    let mut drawing: Vec<f64> = runs.iter().map(|run| run.drawing).collect();
    drawing.sort_by(f64::total_cmp);
    let peak = runs.iter().map(|run| run.peak).max().unwrap_or_default();
    Run { whole: whole[middle], drawing: drawing[middle], peak }
}

/// The most memory that a process has held so far, in megabytes; 0 where the system does not say.
fn peak_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}

fn rows(folder: &Path) -> u64 {
    let text = fs::read_to_string(folder.join("truth.json")).expect("the truth");
    let truth: early_help::sample::Truth = serde_json::from_str(&text).expect("the truth");
    truth.files.iter().map(|f| f.rows).sum()
}
