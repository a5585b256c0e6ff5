//! Numbers that are made from published ones are those that a reader works out of them: which way a series goes, how
//! large a change is, how often a group is counted beside all others.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::numbers::{bare, is_index};
use super::{Cell, MONTHLY, QUARTER, page};

#[test]
fn which_way_a_measure_goes_is_the_line_through_its_published_values() {
    for (run, folder, months) in [
        (&MONTHLY, "2026-09-monthly/internal", 1.0),
        (&QUARTER, "2026-27-Q2-quarterly-report/internal", 3.0),
    ] {
        let signals = run.rows(&format!("{folder}/data/signals.csv"));
        let directions = run.rows(&format!("{folder}/data/directions.csv"));
        assert!(directions.len() >= 5, "{folder}: only {} directions", directions.len());
        for told in &directions {
            let own = signals.iter().filter(|row| {
                row["breakdown"] == "all"
                    && ["measure", "period_kind"].iter().all(|key| row[*key] == told[*key])
            });
            let own: Vec<_> = own.collect();
            assert!(own.iter().all(|row| row["symbol"] != "c"), "{told:?}: some is hidden");
            let points = own.iter().enumerate().filter_map(|(x, row)| {
                Some((f64::from(u32::try_from(x).ok()?), row["value"].parse::<f64>().ok()?))
            });
            let points: Vec<(f64, f64)> = points.collect();
            let n = f64::from(u32::try_from(points.len()).expect("few"));
            assert_eq!(told["periods"], points.len().to_string());
            assert!(n >= if months < 2.0 { 24.0 } else { 12.0 }, "{told:?}: too few");
            let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
            let (x, y) = (mean(|p| p.0), mean(|p| p.1));
            let spread: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
            let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / spread;
            let left: f64 = points.iter().map(|p| (p.1 - y - slope * (p.0 - x)).powi(2)).sum();
            let student = StudentsT::new(0.0, 1.0, n - 2.0).expect("degrees of freedom");
            let half = student.inverse_cdf(0.975) * (left / (n - 2.0) / spread).sqrt();
            let steps = 12.0 / months;
            let expected = [slope, slope - half, slope + half].map(|value| value * steps);
            for (key, expected) in ["a_year", "lower", "upper"].into_iter().zip(expected) {
                let found: f64 = told[key].parse().expect("a number");
                assert!(
                    (found - expected).abs() <= 0.05 + 1e-9,
                    "{told:?}: {key} is not {expected}"
                );
            }
            let [lower, upper] =
                ["lower", "upper"].map(|key| told[key].parse::<f64>().expect("it"));
            let way = match told["direction"].as_str() {
                "rising" => lower > 0.0,
                "falling" => upper < 0.0,
                _ => lower <= 0.0 && upper >= 0.0,
            };
            assert!(way, "{told:?}");
        }
    }
}

#[test]
fn how_large_a_change_is_follows_from_the_published_means() {
    let cells = MONTHLY.cells("2026-09-monthly/internal/data/cells.csv");
    let lines = page::lines(MONTHLY.text("2026-09-monthly/internal/index.html"));
    let from = lines.iter().position(|line| line.contains("How far each area moved")).expect("it");
    let heads: Vec<&str> = lines[from + 1].split(" | ").collect();
    let at = |head: &str| heads.iter().position(|h| h.contains(head)).expect("a column");
    let (mut compared, period) = (0, "2025-10_2026-09");
    for line in lines[from + 2..].iter().take_while(|line| line.contains(" | ")) {
        let row: Vec<&str> = line.split(" | ").collect();
        let is_its = |c: &&Cell| {
            c.measure == "mean_change_by_domain"
                && (c.breakdown.as_str(), c.period.as_str()) == ("domain", period)
                && [&c.value, &c.lower, &c.upper] == [row[1], row[2], row[3]]
        };
        let code = &cells.iter().find(is_its).expect("the change of a domain").level;
        let mean = |measure: &str| {
            let is_it = |c: &&Cell| {
                c.measure == measure
                    && c.breakdown == "domain"
                    && c.level == *code
                    && c.period == period
            };
            let cell = cells.iter().find(is_it).expect("a cell");
            let number = |text: &str| text.parse::<f64>().expect("a number");
            (
                number(&cell.denominator),
                number(&cell.value),
                number(&cell.upper) - number(&cell.lower),
            )
        };
        let (n, change, width) = mean("mean_change_by_domain");
        let [before, after] = ["mean_start_by_domain", "mean_end_by_domain"].map(|m| mean(m).2);
        let student = StudentsT::new(0.0, 1.0, n - 1.0).expect("degrees of freedom");
        let deviation = |width: f64| width / 2.0 * n.sqrt() / student.inverse_cdf(0.975);
        let by_changes = change / deviation(width);
        let few = 1.0 - 3.0 / (4.0 * (n - 1.0) - 1.0);
        let by_scores = few * change / ((deviation(before) + deviation(after)) / 2.0);
        for (head, expected) in [("d_z", by_changes), ("g_av", by_scores)] {
            let found: f64 = bare(row[at(head)]).parse().expect("a size");
            assert!((found - expected).abs() <= 0.05 + 1e-9, "{line}: {head} is not {expected}");
            compared += 1;
        }
    }
    assert_eq!(compared, 20, "ten areas, two sizes each");
}

#[test]
fn the_index_of_a_group_is_its_published_rate_over_that_of_all_others() {
    let folder = "2026-09-monthly/internal/data";
    let cells = MONTHLY.rows(&format!("{folder}/cells.csv"));
    let index = MONTHLY.files.keys().find(|n| n.starts_with(folder) && is_index(n));
    let newest = cells.iter().map(|row| row["period_end"].clone()).max().expect("cells");
    let groups = ["white", "mixed", "asian", "black", "other"];
    let number = |measure: &str, group: &str| -> f64 {
        let is_it = |row: &&std::collections::BTreeMap<String, String>| {
            row["measure"] == measure
                && row["level"] == group
                && row["breakdown"] == "ethnic_group"
                && row["period_kind"] == "rolling_12_months"
                && row["period_end"] == newest
        };
        cells.iter().find(is_it).expect("a cell")["value"].parse().expect("a number")
    };
    let both =
        |group: &str| (number("children_identified", group), number("children_resident", group));
    let rows = MONTHLY.rows(index.expect("an index"));
    assert_eq!(rows.len(), groups.len());
    for (row, group) in rows.iter().zip(groups) {
        let others = groups.iter().filter(|other| **other != group).map(|other| both(other));
        let (came, there) = others.fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        let own = both(group);
        let expected = (own.0 / own.1) / (came / there);
        let found: f64 = row["Value"].parse().expect("a number");
        assert!((found - expected).abs() <= 0.005 + 1e-9, "{group}: {found} is not {expected}");
        let [lower, upper] = ["Lower", "Upper"].map(|end| row[end].parse::<f64>().expect("an end"));
        assert!(lower < found && found < upper, "{group}: {lower} to {upper}");
    }
}
