//! What protection and its audit cost: large systems of one component each, and the packs of the sample council.
//!
//! `cargo bench --bench protection` prints for each the cells, how many are small, how many are hidden in all, how
//! many of those only for want of a proof, how many hidden numbers are open to the audit (none, or it fails), the
//! time and the peak memory of the process so far (on Linux). `EARLY_HELP_CUBES=20000 cargo test random_cubes`
//! lets an outsider's arithmetic loose on many small random tables.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use early_help::disclosure::{Cell, Form, Rule, System, Why, protect};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Who is in the places of a table.
#[derive(Clone, Copy)]
enum People {
    /// Hardly more than one in any place.
    Ones,
    /// From nobody to ninety.
    Few,
}

fn main() {
    println!("| system | cells | small | hidden | unproved | open | time | peak |");
    println!("|---|---|---|---|---|---|---|---|");
    let tables: [(&str, &[usize], People, u64); 4] = [
        ("10 × 10 × 10, below 6", &[10, 10, 10], People::Few, 6),
        ("7 × 7 × 7 × 7, many ones, below 3", &[7, 7, 7, 7], People::Ones, 3),
        ("20 × 20 × 20, below 6", &[20, 20, 20], People::Few, 6),
        ("9 × 9 × 9 × 9, below 6", &[9, 9, 9, 9], People::Few, 6),
    ];
    for (title, dimensions, people, threshold) in tables {
        let system = cube(dimensions, people);
        let begun = Instant::now();
        let protection = protect(&system, &Rule::below(threshold, true));
        let time = begun.elapsed();
        let count = |wanted: &dyn Fn(Option<Why>) -> bool| {
            (0..system.cells.len()).filter(|cell| wanted(protection.why(*cell))).count()
        };
        let audit = protection.audit();
        println!(
            "| {title} | {} | {} | {} | {} | {} | {:.1} s | {} MB |",
            system.cells.len(),
            count(&|why| why == Some(Why::Small)),
            count(&|why| why.is_some()),
            audit.unproved,
            audit.unsafe_secrets.len(),
            time.as_secs_f64(),
            peak(),
        );
        assert_eq!(audit.unsafe_secrets, [], "{title} is open");
    }
    let begun = Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_early-help"))
        .args(["pack", "quarterly", "--dry-run", "--quiet"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stdout(Stdio::null())
        .status()
        .expect("the program");
    assert!(done.success(), "the packs of the sample council");
    println!(
        "\nThe quarterly packs of the sample council, from its files to what would be hidden: {:.1} s",
        begun.elapsed().as_secs_f64()
    );
}

/// A table of these dimensions with all its margins.
fn cube(dimensions: &[usize], people: People) -> System {
    let dice = &mut ChaCha8Rng::seed_from_u64(1);
    let mut system = System::default();
    for _ in 0..dimensions.iter().product() {
        let count = match (people, dice.random_range(0..10_u8)) {
            (People::Ones, 0..4) => 0,
            (People::Ones, 4..8) => 1,
            (People::Ones, 8) => 2,
            (People::Ones, _) => dice.random_range(3..=12),
            (People::Few, 0..2) => 0,
            (People::Few, 2..5) => dice.random_range(1..=5),
            (People::Few, 5..8) => dice.random_range(3..=20),
            (People::Few, _) => dice.random_range(10..=90),
        };
        system.add_inner(count);
    }
    for kept in 0..1_usize << dimensions.len() {
        let mut lines: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
        for inner in 0..system.inner.len() {
            let mut rest = inner;
            let mut line = Vec::new();
            for (dimension, levels) in dimensions.iter().enumerate() {
                if kept >> dimension & 1 == 1 {
                    line.push(rest % levels);
                }
                rest /= levels;
            }
            lines.entry(line).or_default().push(inner);
        }
        for members in lines.into_values() {
            let form = Form::sum(members);
            let weight = u64::try_from(form.value(&system.inner)).expect("a count");
            let rank = u32::try_from(dimensions.len()).expect("few") - kept.count_ones();
            system.add(Cell { rank, weight, ..Cell::count(form) });
        }
    }
    system
}

/// The most memory that this process had so far, in MB (on Linux).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    kilobytes.map_or(0, |kb: u64| kb / 1024)
}
