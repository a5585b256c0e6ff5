//! Whether there is memory enough, asked before anything is read: a run that is killed half way tells
//! nobody why.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::definitions::Definitions;
use crate::read::{ReadError, files};

/// What a monthly report with evidence holds at its peak, as measured on sample councils of 10,000
/// and 60,000 families: so much whatever there is to read, …
const WHATEVER_THERE_IS: u64 = 250 << 20;
/// … and so many bytes for every ten bytes of delimited text.
const FOR_TEN_BYTES: u64 = 30;

/// Compares what the exports of a folder will need with what this process may have. Workbooks and
/// Parquet files are compressed and count as what they are: for them it says too little.
///
/// # Errors
/// When it may have less than it will need, or a pattern of files is none.
pub(super) fn check(definitions: &Definitions, folder: &Path) -> Result<(), ReadError> {
    let mut exports = BTreeSet::new();
    for map in &definitions.maps {
        exports.extend(files::names(folder, &map.files, &map.id)?);
    }
    let size = |file: &String| fs::metadata(folder.join(file)).map_or(0, |found| found.len());
    enough(exports.iter().map(size).sum(), allowed())
}

fn enough(exports: u64, allowed: Option<(u64, Limit)>) -> Result<(), ReadError> {
    let needed = WHATEVER_THERE_IS + exports / 10 * FOR_TEN_BYTES;
    match allowed {
        Some((allowed, by)) if allowed < needed => {
            Err(ReadError::Memory { exports, needed, allowed, by: by.words() })
        }
        _ => Ok(()),
    }
}

/// What limits the memory of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Limit {
    /// A limit of the process, as `ulimit -v` sets it.
    Process,
    /// A limit of its control group: a container or a service.
    Group,
}

impl Limit {
    fn words(self) -> &'static str {
        match self {
            Self::Process => "`ulimit -v`",
            Self::Group => "the container or service that it runs in",
        }
    }
}

/// The lowest limit that the system sets for this process, in bytes; nothing where it sets none or
/// does not tell. Memory that others use at the moment is no limit.
fn allowed() -> Option<(u64, Limit)> {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let of_group = |file: PathBuf| fs::read_to_string(file).ok()?.trim().parse().ok();
    let of_groups = limit_files(&groups).into_iter().filter_map(of_group).min();
    let of_process = address_space(&limits).map(|bytes| (bytes, Limit::Process));
    of_process.into_iter().chain(of_groups.map(|bytes| (bytes, Limit::Group))).min()
}

/// The limit of a process's address space, from the system's table of its limits.
fn address_space(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The files in which the limits of a process's control groups stand, those of the groups around them
/// included, from the system's list of its groups.
fn limit_files(groups: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(kinds), Some(path)) = (fields.next(), fields.next()) else { continue };
        let (root, file) = match kinds {
            "" => ("/sys/fs/cgroup", "memory.max"),
            kinds if kinds.split(',').any(|kind| kind == "memory") => {
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        let root = Path::new(root);
        let group = root.join(path.trim_start_matches('/'));
        let around = group.ancestors().take_while(|at| at.starts_with(root));
        files.extend(around.map(|at| at.join(file)));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_that_need_more_than_is_allowed_are_refused_with_both_figures_and_a_way_out() {
        let two = Some((2_000_000_000, Limit::Process));
        assert!(enough(500_000_000, two).is_ok());
        assert!(enough(500_000_000_000, None).is_ok());
        let refused = enough(1_300_000_000, two).unwrap_err().to_string();
        assert_eq!(
            refused,
            "1.3 GB of exports need about 4.2 GB of memory, and `ulimit -v` allows 2.0 GB: nothing was \
             read\n  mend: raise that limit, or run this where there is more memory"
        );
    }

    #[test]
    fn the_limit_of_a_process_is_read_from_the_table_of_its_limits() {
        let table = "Limit                     Soft Limit           Hard Limit           Units     \n\
                     Max data size             unlimited            unlimited            bytes     \n\
                     Max address space         2097152000           unlimited            bytes     \n";
        assert_eq!(address_space(table), Some(2_097_152_000));
        assert_eq!(address_space(&table.replace("2097152000", "unlimited")), None);
        assert_eq!(address_space(""), None);
    }

    #[test]
    fn the_limits_of_groups_stand_in_each_group_and_in_those_around_it() {
        let files = limit_files("8:pids:/\n4:cpu,memory:/a/b\n0::/c\nnonsense\n");
        let expected = [
            "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes",
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            "/sys/fs/cgroup/c/memory.max",
            "/sys/fs/cgroup/memory.max",
        ];
        assert_eq!(files, expected.map(PathBuf::from));
    }
}
