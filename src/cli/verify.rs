//! `verify`: finished runs, read again; with `--attack`, by an outsider who wants to know what is
//! hidden.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::attack::{Exposed, Findings, Release, attack, releases};
use crate::cli::arguments::{TextFormat, VerifyArguments};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure};
use crate::run::releases::{FOLDER, walk};

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

/// The ledgers beside the runs, each once: what was released is what their lines say.
fn chains(runs: &[PathBuf], console: &mut Console) -> Result<(), Failure> {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    for run in runs {
        // A run, an audience of one, or the ledger itself.
        let place = run.canonicalize().unwrap_or_else(|_| run.clone());
        let out = place.ancestors().skip(1).find(|above| above.join(FOLDER).is_dir());
        if let Some(out) = out.filter(|out| !seen.contains(*out)) {
            let count = walk(out).map_err(|e| Failure::new(Exit::ChecksFailed, e.to_string()))?;
            console.note(&format!(
                "{}: {count} releases, the chain is whole.",
                out.join(FOLDER).display()
            ));
            seen.insert(out.to_owned());
        }
    }
    Ok(())
}

fn outsider(arguments: &VerifyArguments, console: &mut Console) -> Result<(), Failure> {
    chains(&arguments.runs, console)?;
    let mut given: BTreeMap<String, Vec<Release>> = BTreeMap::new();
    for run in &arguments.runs {
        for release in releases(run).map_err(|e| Failure::new(Exit::Input, e))? {
            given.entry(release.structure.audience.clone()).or_default().push(release);
        }
    }
    // Who may see everything has nothing to work out.
    given.retain(|_, releases| releases.iter().any(|r| r.structure.policy.threshold > 0));
    let mut readers: Vec<(String, Vec<&Release>)> = given
        .iter()
        .map(|(audience, releases)| (audience.clone(), releases.iter().collect()))
        .collect();
    if arguments.side_by_side {
        let all = readers.iter().flat_map(|(_, releases)| releases.iter().copied()).collect();
        let names: Vec<&str> = readers.iter().map(|(name, _)| name.as_str()).collect();
        readers = vec![(names.join(" + "), all)];
    }
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
