//! The outsider: what can be worked out of published files, by one who has nothing else.

mod council;
mod differences;
mod places;
mod planted;
mod random_tables;
mod two_years;

use std::path::PathBuf;
use std::time::Duration;

use early_help::attack::{Findings, Release, attack, releases};
use early_help::report::{
    BreakdownStructure, Condition, MeasureStructure, Periods, PolicyNumbers, Structure,
};

const HEAD: &str = "measure,unit,period_kind,period,period_start,period_end,breakdown,level,numerator,denominator,value,lower,upper,pending,unknown,symbol\n";

/// The files that one audience was given, made by hand.
struct Given {
    structure: Structure,
    cells: String,
}

impl Given {
    /// On a day, under the policy of partners: 1 to 5 are hidden, noughts are shown.
    fn on(as_at: &str) -> Self {
        let structure = Structure {
            layout: 1,
            audience: "partners".into(),
            public: false,
            as_at: as_at.into(),
            policy: PolicyNumbers {
                threshold: 6,
                zeros_shown: true,
                zeros_give_way: false,
                round_to: 1,
                width: 3,
                noise: 0,
            },
            measures: Vec::new(),
            breakdowns: Vec::new(),
        };
        Self { structure, cells: HEAD.to_owned() }
    }

    /// With a measure of cases closed.
    fn measure(mut self, name: &str, kind: &str, population: &[Condition]) -> Self {
        self.structure.measures.push(MeasureStructure {
            measure: name.into(),
            kind: kind.into(),
            periods: Periods::Add,
            unit: "case".into(),
            counted_on: "closed_on".into(),
            population: population.to_vec(),
            left_out: Vec::new(),
            unknown_left_out: false,
            numerator: Vec::new(),
            categories: (kind == "distribution").then(|| "reason".to_owned()),
            parts: Vec::new(),
            interval: "wilson".into(),
        });
        self
    }

    fn breakdown(mut self, name: &str, within: &[(&str, &str, &str)]) -> Self {
        let mut breakdown = BreakdownStructure {
            breakdown: name.into(),
            column: name.into(),
            within: Default::default(),
        };
        for (coarser, level, parent) in within {
            let of = breakdown.within.entry((*coarser).into()).or_default();
            of.insert((*level).into(), (*parent).into());
        }
        self.structure.breakdowns.push(breakdown);
        self
    }

    /// With a row: where, and what is printed of numerator, denominator, value and limits.
    fn row(mut self, measure: &str, period: &str, place: &str, printed: [&str; 5]) -> Self {
        let (breakdown, level) = place.split_once('=').unwrap_or(("all", "all"));
        let [numerator, denominator, value, lower, upper] = printed;
        let hidden = printed.iter().all(|p| p.is_empty());
        let beside = if hidden { ",,c" } else { "0,0," };
        self.cells.push_str(&format!(
            "{measure},cases,,{period},,,{breakdown},{level},{numerator},{denominator},{value},{lower},{upper},{beside}\n"
        ));
        self
    }

    /// With a count; none is hidden.
    fn count(self, measure: &str, period: &str, place: &str, count: Option<u64>) -> Self {
        let count = count.map(|n| n.to_string()).unwrap_or_default();
        self.row(measure, period, place, [&count, "", &count, "", ""])
    }

    /// With a share; none is hidden.
    fn share(self, measure: &str, period: &str, place: &str, share: Option<(u64, u64)>) -> Self {
        match share {
            None => self.row(measure, period, place, [""; 5]),
            Some((x, n)) => {
                let [x, n] = [x, n].map(|n| n.to_string());
                self.row(measure, period, place, [&x, &n, "50.0", "", ""])
            }
        }
    }

    fn structure_file(&self) -> Vec<u8> {
        serde_json::to_vec(&self.structure).expect("it can be written")
    }

    /// As it stands in the ledger: with what was truly counted at each place and is kept from every reader.
    fn released(&self, measure: &str, period: &str, behind: &[(&str, u64)]) -> Release {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, content).expect("written");
        };
        write("data/cells.csv", self.cells.as_bytes());
        write("data/structure.json", &self.structure_file());
        let lines = behind.iter().map(|(place, count)| {
            let (by, levels): (Vec<&str>, Vec<&str>) = place.split_once('=').into_iter().unzip();
            let line = serde_json::json!([[measure, period, by, levels], [count], [0, 0], [], []]);
            format!("{line}\n")
        });
        write("restricted/figures.jsonl", lines.collect::<String>().as_bytes());
        releases(folder.path()).expect("sound").remove(0)
    }

    fn release(&self) -> Release {
        Release::of(self.cells.as_bytes(), &self.structure_file(), PathBuf::new()).expect("sound")
    }
}

fn patience() -> Duration {
    Duration::from_secs(120)
}

fn attacked(given: &[&Given]) -> Findings {
    let releases: Vec<Release> = given.iter().map(|g| g.release()).collect();
    attack("partners", &releases.iter().collect::<Vec<_>>(), patience())
}

/// What is open: measure, period, levels, count and width.
fn open(findings: &Findings) -> Vec<String> {
    let line = |e: &early_help::attack::Exposed| {
        let levels: Vec<&str> = e.levels.values().map(String::as_str).collect();
        format!("{} {} {} {} {}", e.measure, e.period, levels.join("/"), e.count, e.width)
    };
    findings.exposed.iter().map(line).collect()
}
