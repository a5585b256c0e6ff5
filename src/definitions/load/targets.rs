//! Reads what stands beside a measure's value: its interval and its targets.

use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::measures::{Kind, Sheet};
use crate::definitions::load::reader::Table;
use crate::definitions::load::scales::GOOD;
use crate::definitions::measure::{GoodIs, Interval, Target};

/// The ways to compute an interval.
pub(super) const METHODS: [(&str, Interval); 4] = [
    ("wilson", Interval::Wilson),
    ("byar", Interval::Byar),
    ("t", Interval::T),
    ("none", Interval::None),
];

impl Ground<'_> {
    /// The interval asked for, if it suits the kind of measure.
    pub(super) fn interval(&self, sheet: &Sheet<'_>, kind: Kind) -> Interval {
        let natural = match kind {
            Kind::Proportion => Interval::Wilson,
            Kind::Mean => Interval::T,
            Kind::Ratio => Interval::Byar,
            Kind::Count | Kind::Sum | Kind::Distribution => Interval::None,
        };
        let Some(value) = sheet.get("interval") else { return natural };
        let Some(table) = value.table("an interval", &value.place(), keys::INTERVAL) else {
            return natural;
        };
        let Some(method) = table.required("method").and_then(|v| v.one_of(&METHODS)) else {
            return natural;
        };
        if let Some(level) = table.get("level")
            && level.number().is_some_and(|l| (l - 0.95).abs() > 1e-9)
        {
            self.log.push(
                Diagnostic::error("value", &level.place(), "intervals are computed at 95%")
                    .mend("write level = 0.95"),
            );
        }
        let fits = match method {
            Interval::None => true,
            Interval::Wilson => kind == Kind::Proportion,
            Interval::T => kind == Kind::Mean,
            Interval::Byar => matches!(kind, Kind::Count | Kind::Ratio),
        };
        if fits {
            return method;
        }
        // A default meant for the file's percentages does not bind its counts and means.
        if sheet.own.has("interval") {
            let message = "this interval is not made for this kind of measure";
            self.log.push(Diagnostic::error("kind", &value.place(), message).mend(
                "wilson is for proportions, t for means, byar for counts and ratios; or none",
            ));
        }
        natural
    }

    /// Dated targets, oldest first.
    pub(super) fn targets(&self, table: &Table<'_>) -> Vec<Target> {
        let mut targets = Vec::new();
        for item in table.get("target").map(|v| v.list()).unwrap_or_default() {
            let place = item.place();
            let Some(t) = item.table("a target", &place, keys::TARGET) else { continue };
            let from = t.required("from").and_then(|v| v.date());
            let better = t.required("better").and_then(|v| v.one_of(&GOOD));
            let green = t.required("green").and_then(|v| v.number());
            let amber = t.required("amber").and_then(|v| v.number());
            let (Some(from), Some(better), Some(green), Some(amber)) = (from, better, green, amber)
            else {
                continue;
            };
            let right = match better {
                GoodIs::High => green >= amber,
                GoodIs::Low => green <= amber,
            };
            if !right {
                let message = "green is not the better of the two";
                self.log.push(
                    Diagnostic::error("value", &place, message)
                        .mend("exchange `green` and `amber`, or change `better`"),
                );
            }
            targets.push(Target { from, better, green, amber });
        }
        targets.sort_by_key(|t| t.from);
        targets
    }
}
