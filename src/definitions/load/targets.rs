//! Reads what stands beside a measure's value: its interval and its targets.

use crate::calendar::PeriodKind;
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::measures::{Kind, PERIODS, Sheet};
use crate::definitions::load::reader::Table;
use crate::definitions::measure::{Aim, Interval, Limits, Target};
use crate::definitions::place::Place;

/// The ways to compute an interval.
pub(super) const METHODS: [(&str, Interval); 5] = [
    ("wilson", Interval::Wilson),
    ("byar", Interval::Byar),
    ("t", Interval::T),
    ("order_statistic", Interval::OrderStatistic),
    ("none", Interval::None),
];

/// Where a target's good values lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Better {
    High,
    Low,
    Near,
    Information,
}

/// The words for it.
pub(super) const BETTER: [(&str, Better); 4] = [
    ("high", Better::High),
    ("low", Better::Low),
    ("near", Better::Near),
    ("information", Better::Information),
];

impl Ground<'_> {
    /// The interval asked for, if it suits the kind of measure.
    pub(super) fn interval(&self, sheet: &Sheet<'_>, kind: Kind) -> Interval {
        let natural = match kind {
            Kind::Proportion => Interval::Wilson,
            Kind::Mean => Interval::T,
            Kind::Quartile(_) => Interval::OrderStatistic,
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
            Interval::OrderStatistic => matches!(kind, Kind::Quartile(_)),
            Interval::Byar => matches!(kind, Kind::Count | Kind::Ratio),
        };
        if fits {
            return method;
        }
        // A default meant for the file's percentages does not bind its counts and means.
        if sheet.own.has("interval") {
            let message = "this interval is not made for this kind of measure";
            self.log.push(Diagnostic::error("kind", &value.place(), message).mend(
                "wilson is for proportions, t for means, order_statistic for medians and quartiles, byar for counts and ratios; or none",
            ));
        }
        natural
    }

    /// Dated targets, oldest first. `adds_up` says that longer periods have larger values.
    pub(super) fn targets(&self, sheet: &Sheet<'_>, kind: Kind) -> Vec<Target> {
        let table = &sheet.own;
        let adds_up = matches!(kind, Kind::Count | Kind::Sum) && !table.has("stock");
        let made_for: Vec<PeriodKind> = sheet.get("periods").map_or_else(Vec::new, |periods| {
            let words = periods.list().into_iter().filter_map(|p| p.text());
            words.filter_map(|word| PeriodKind::from_word(&word.text)).collect()
        });
        let mut targets = Vec::new();
        for item in table.get("target").map(|v| v.list()).unwrap_or_default() {
            let place = item.place();
            let Some(t) = item.table("a target", &place, keys::TARGET) else { continue };
            let from = t.required("from").and_then(|v| v.date());
            let per = t.get("per").map(|v| (v, v.one_of(&PERIODS)));
            if adds_up && per.is_none() {
                let message = "nothing says in how long this many are wanted";
                self.log.push(
                    Diagnostic::error("value", &place, message)
                        .mend("add per = \"month\", or another kind of period"),
                );
            }
            if let Some((at, Some(kind))) = &per
                && !made_for.contains(kind)
            {
                let message = format!("the measure is not made for a {}", kind.word());
                self.log.push(
                    Diagnostic::error("value", &at.place(), message)
                        .mend("add it to `periods`, or change `per`"),
                );
            }
            let (Some(from), Some(aim)) = (from, self.aim(&t, &place)) else { continue };
            targets.push(Target { from, aim, per: per.and_then(|(_, kind)| kind) });
        }
        targets.sort_by_key(|t| t.from);
        targets
    }

    /// What a target wants.
    fn aim(&self, t: &Table<'_>, place: &Place) -> Option<Aim> {
        let better = t.required("better").and_then(|v| v.one_of(&BETTER))?;
        let number = |key| t.get(key).and_then(|v| v.number());
        let has_point = matches!(better, Better::Near | Better::Information);
        if let (Some(key), false) = (t.key("at"), has_point) {
            let message = "only a target to be near, or one for information, has a point";
            self.log.push(
                Diagnostic::error("key", &key.place, message)
                    .mend("write better = \"near\", or take the key away"),
            );
        }
        if has_point && !t.has("at") {
            t.missing("at");
        }
        if better == Better::Information {
            for key in ["green", "amber"].into_iter().filter_map(|key| t.key(key)) {
                let message = "what is for information is not judged, and has no limits";
                self.log.push(
                    Diagnostic::error("key", &key.place, message)
                        .mend("take the key away, or write better = \"near\""),
                );
            }
            return number("at").map(Aim::Information);
        }
        let (green, amber) = (t.required("green"), t.required("amber"));
        let (green, amber) = (green.and_then(|v| v.number()), amber.and_then(|v| v.number()));
        let (limits, at) = (Limits { green: green?, amber: amber? }, number("at"));
        let Limits { green, amber } = limits;
        let (aim, right) = match (better, at) {
            (Better::High, _) => (Aim::High(limits), green >= amber),
            (Better::Low, _) => (Aim::Low(limits), green <= amber),
            (_, at) => (Aim::Near(at?, limits), 0.0 <= green && green <= amber),
        };
        if !right {
            let (message, mend) = match aim {
                Aim::Near(..) => (
                    "green and amber say how far from the point a value may be, green the nearer",
                    "write the smaller distance in `green`",
                ),
                _ => (
                    "green is not the better of the two",
                    "exchange `green` and `amber`, or change `better`",
                ),
            };
            self.log.push(Diagnostic::error("value", place, message).mend(mend));
        }
        Some(aim)
    }
}
