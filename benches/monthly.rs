//! The whole monthly run beside the time that polars takes merely to read the same files.
//!
//! `cargo bench --bench monthly -- 1500 30000 300000` writes a council of each size to the target
//! folder (once), reads its files with polars and nothing else, then makes the monthly report from
//! them, three times each, and prints the medians with the peak memory of each process (on Linux).
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use polars_io::SerReader;
use polars_io::csv::read::{CsvEncoding, CsvReadOptions};

const RUNS: usize = 3;

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
    println!("| families | rows | bare reading | peak | monthly run | peak | ratio |");
    println!("|---|---|---|---|---|---|---|");
    for families in sizes {
        let data = council(families);
        let itself = std::env::current_exe().expect("this program");
        let bare = median(|| {
            let mut command = Command::new(&itself);
            command.arg("--bare").arg(&data);
            command
        });
        let out = data.with_extension("reports");
        let run = median(|| {
            // To throw an earlier run away is not what is timed.
            let _ = fs::remove_dir_all(&out);
            let mut command = Command::new(env!("CARGO_BIN_EXE_early-help"));
            command
                .args(["report", "monthly", "--quiet", "--data"])
                .arg(&data)
                .arg("--out")
                .arg(&out);
            command.current_dir(env!("CARGO_MANIFEST_DIR"));
            command
        });
        println!(
            "| {families} | {} | {:.2} s | {} MB | {:.2} s | {} MB | {:.1} |",
            rows(&data),
            bare.0.as_secs_f64(),
            bare.1,
            run.0.as_secs_f64(),
            run.1,
            run.0.as_secs_f64() / bare.0.as_secs_f64(),
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

/// The median time of a command, and its greatest peak memory in megabytes.
fn median(command: impl Fn() -> Command) -> (Duration, u64) {
    let mut times = Vec::new();
    let mut peak = 0;
    for _ in 0..RUNS {
        let mut command = command();
        command.stdout(Stdio::null()).stderr(Stdio::inherit());
        let begun = Instant::now();
        let mut child = command.spawn().expect("a process");
        let status = loop {
            peak = peak.max(peak_of(child.id()));
            match child.try_wait().expect("a process") {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        assert!(status.success(), "the command failed");
        times.push(begun.elapsed());
    }
    times.sort();
    (times[RUNS / 2], peak)
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
