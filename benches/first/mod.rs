//! The definitions of a first report: seven of the shipped files, with a pack of their own.
#![allow(clippy::expect_used)]

use std::fs;
use std::path::Path;

/// The shipped files that it stands on.
const FIRST: [&str; 7] = ["core", "scales", "mapping", "sf2022", "tf2015", "local2020", "measures"];

/// Writes them to a folder: the shipped files, the pack beside this file, and a project that uses no others.
pub(crate) fn write(shipped: &Path, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("a folder");
    for file in FIRST {
        let file = format!("{file}.toml");
        fs::copy(shipped.join(&file), folder.join(&file)).expect("a copy");
    }
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/first/packs.toml");
    fs::copy(packs, folder.join("packs.toml")).expect("a copy");
    let project = fs::read_to_string(shipped.join("project.toml")).expect("the project");
    let used: Vec<String> =
        FIRST.iter().chain(&["packs"]).map(|file| format!("{file:?}")).collect();
    // What referrers are told needs a list that is not among these.
    let is_of_others = |line: &&str| line.starts_with("feedback ");
    let lines = project.lines().filter(|line| !is_of_others(line)).map(|line| match line {
        line if line.starts_with("uses ") => format!("uses = [{}]\n", used.join(", ")),
        line => format!("{line}\n"),
    });
    fs::write(folder.join("project.toml"), lines.collect::<String>()).expect("a project");
}
