//! `verify`: finished runs, read again; with `--attack`, by an outsider who wants to know what is
//! hidden.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::attack::{Exposed, Findings, Release, attack, releases};
use crate::cli::arguments::{TextFormat, VerifyArguments};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure};
use crate::run::releases::{FOLDER, is_ledger, walk};

/// Checks every hash and sum, or what can be worked out; fails when something is wrong.
pub(super) fn run(arguments: &VerifyArguments, console: &mut Console) -> Result<(), Failure> {
    if arguments.attack {
        outsider(arguments, console)
    } else {
        hashes_and_sums(arguments, console)
    }
}

fn hashes_and_sums(arguments: &VerifyArguments, console: &mut Console) -> Result<(), Failure> {
    let mut checks = 0;
    let mut wrong = Vec::new();
    for run in &arguments.runs {
        if is_ledger(run) {
            checks += chain(run, console)?;
            continue;
        }
        let findings = crate::run::verify(run).map_err(|e| Failure::new(Exit::Input, e))?;
        checks += findings.len();
        let of_several = arguments.runs.len() > 1;
        let place = if of_several { format!("{}: ", run.display()) } else { String::new() };
        wrong.extend(
            findings
                .iter()
                .filter_map(|f| Some(format!("WRONG {place}{}: {}", f.what, f.wrong.as_ref()?))),
        );
    }
    if !wrong.is_empty() {
        console.result(&wrong.join("\n"))?;
        let message = format!("{} of {checks} checks failed", wrong.len());
        return Err(Failure::new(Exit::ChecksFailed, message));
    }
    Ok(console.result(&format!("{checks} checks passed"))?)
}

/// How many exposed counts are listed for one reader.
const LISTED: usize = 20;

/// Goes through a ledger, and says that its chain is whole. Gives how many releases there are.
fn chain(ledger: &Path, console: &mut Console) -> Result<usize, Failure> {
    let count = walk(ledger).map_err(|e| Failure::new(Exit::ChecksFailed, e.to_string()))?;
    console.note(&format!("{}: {count} releases, the chain is whole.", ledger.display()));
    Ok(count)
}

/// The ledgers beside the runs, each once, and whole: what their lines say was released besides these runs.
fn besides(runs: &[PathBuf], console: &mut Console) -> Result<Vec<Release>, Failure> {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut found = Vec::new();
    for run in runs {
        // A run, an audience of one, or the ledger itself, of which nothing is besides.
        let place = run.canonicalize().unwrap_or_else(|_| run.clone());
        let out = place.ancestors().skip(1).find(|above| above.join(FOLDER).is_dir());
        let Some(out) = out.filter(|out| !seen.contains(*out)) else { continue };
        let ledger = out.join(FOLDER);
        let count = chain(&ledger, console)?;
        seen.insert(out.to_owned());
        if !place.starts_with(&ledger) && count > 0 {
            found.extend(releases(&ledger).map_err(|e| Failure::new(Exit::Input, e))?);
        }
    }
    Ok(found)
}

fn outsider(arguments: &VerifyArguments, console: &mut Console) -> Result<(), Failure> {
    let mut given = besides(&arguments.runs, console)?;
    let mut audiences: BTreeSet<String> = BTreeSet::new();
    for run in &arguments.runs {
        for release in releases(run).map_err(|e| Failure::new(Exit::Input, e))? {
            // Who may see everything has nothing to work out.
            if release.structure.policy.threshold > 0 {
                audiences.insert(release.structure.audience.clone());
            }
            // The same once more says nothing new.
            if !given.iter().any(|before| before.says_the_same(&release)) {
                given.push(release);
            }
        }
    }
    let told = |to: &dyn Fn(&String) -> bool| -> Vec<&Release> {
        given.iter().filter(|r| r.structure.public || to(&r.structure.audience)).collect()
    };
    let readers: Vec<(String, Vec<&Release>)> = if arguments.side_by_side {
        let names: Vec<&str> = audiences.iter().map(String::as_str).collect();
        vec![(names.join(" + "), told(&|audience| audiences.contains(audience)))]
    } else {
        audiences.iter().map(|name| (name.clone(), told(&|audience| audience == name))).collect()
    };
    let patience = Duration::from_secs(arguments.seconds);
    let mut all = Vec::new();
    for (reader, releases) in &readers {
        console.doing(reader);
        all.push(attack(reader, releases, patience));
    }
    let text = match arguments.format {
        TextFormat::Json => serde_json::to_string_pretty(&all).unwrap_or_default(),
        TextFormat::Text => all.iter().map(in_words).collect::<Vec<_>>().join("\n"),
    };
    console.result(&text)?;
    let open: Vec<&str> = all.iter().filter(|f| !f.holds()).map(|f| f.reader.as_str()).collect();
    if open.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::ChecksFailed,
        format!(
            "what is hidden does not hold against {}\n  mend: do not release; where only time was short, give more with --seconds",
            open.join(", ")
        ),
    ))
}

fn in_words(findings: &Findings) -> String {
    let f = findings;
    let mut lines = vec![format!(
        "{}: {} figures in {} {}, {} of them hidden",
        f.reader,
        f.figures,
        f.runs,
        if f.runs == 1 { "run" } else { "runs" },
        f.hidden
    )];
    lines.push(match f.narrowest {
        None => "  nothing hidden may be a small count".to_owned(),
        Some(n) => format!(
            "  the narrowest interval of a hidden count is {}{} wide; the policy asks for {}",
            if n.exact { "" } else { "at least " },
            n.width,
            f.width
        ),
    });
    lines.push(format!(
        "  {} of {} counts that are not printed can be worked out nearer than that, {} of them exactly",
        f.below, f.counts, f.pinned
    ));
    if f.unproved > 0 {
        lines.push(format!(
            "  {} are not proved either way by what was tried in the time",
            f.unproved
        ));
    }
    if f.contradictions > 0 {
        lines.push(format!("  {} sums of published figures do not hold", f.contradictions));
    }
    if f.unexplored > 0 {
        lines.push(format!(
            "  {} times crossings overlap in a circle too large to be looked into",
            f.unexplored
        ));
    }
    if f.revised > 0 {
        lines.push(format!("  {} parts were revised between runs", f.revised));
    }
    let m = f.method;
    lines.push(format!(
        "  {} unknowns and {} sums in {} parts, the largest of {} unknowns; {} moves, {} linear programmes, {} searches, {:.1} s",
        m.unknowns, m.sums, m.parts, m.largest, m.moves, m.programmes, m.searches, f.seconds
    ));
    lines.extend(f.exposed.iter().take(LISTED).map(|e| format!("  OPEN {}", exposed(e))));
    if f.exposed.len() > LISTED {
        lines.push(format!("  … and {} more: --format json lists all", f.exposed.len() - LISTED));
    }
    lines.join("\n")
}

/// Which count, never what it is.
fn exposed(exposed: &Exposed) -> String {
    let levels: Vec<String> =
        exposed.levels.iter().map(|(by, level)| format!("{by} {level}")).collect();
    let levels = if levels.is_empty() { "all".to_owned() } else { levels.join(", ") };
    let near = match exposed.width {
        0 => "known exactly".to_owned(),
        width => format!("known within {width}"),
    };
    format!("{}, {}, {levels}: {} {near}", exposed.measure, exposed.period, exposed.count)
}
