//! Reads how the series of a measure is watched, and refuses a method that does not suit it.

use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::measures::Kind;
use crate::definitions::load::reader::{Table, Value};
use crate::definitions::load::scales::GOOD;
use crate::definitions::signal::{SignalMethod, SignalRule};
use crate::definitions::unit::UnitRows;
use crate::statistics::Variation;

/// The ways to tell a change from the usual swing.
pub(super) const SIGNALS: [(&str, SignalMethod); 4] = [
    (SignalMethod::SpcP.word(), SignalMethod::SpcP),
    (SignalMethod::SpcU.word(), SignalMethod::SpcU),
    (SignalMethod::Xmr.word(), SignalMethod::Xmr),
    (SignalMethod::Run.word(), SignalMethod::Run),
];

/// What may make periods differ.
pub(super) const VARIATIONS: [(&str, Variation); 2] =
    [("within", Variation::Within), ("between", Variation::Between)];

/// How many periods are looked at if nothing is said.
const PERIODS: i64 = 24;

impl Ground<'_> {
    /// How a measure is watched, if it says so.
    pub(super) fn signal(&self, table: &Table<'_>, kind: Kind) -> Option<SignalRule> {
        let value = table.get("signal")?;
        let t = value.table("a signal", &value.place(), keys::SIGNAL)?;
        let method = t.required("method")?;
        let chosen = method.one_of(&SIGNALS)?;
        let varies = t.get("variation");
        let variation = varies.as_ref().map_or(Some(Variation::Within), |v| v.one_of(&VARIATIONS));
        // Eight is the least of which seven can be a run, and one not in it.
        let periods = t.get("periods").map_or(Some(PERIODS), |v| v.whole(8, 60));
        let baseline = match t.get("baseline_periods") {
            // Fewer than seven are a guess, and no rule is asked.
            Some(v) => Some(v.whole(7, periods.unwrap_or(PERIODS))?),
            None => None,
        };
        let better = t.get("better").map_or(Some(None), |v| v.one_of(&GOOD).map(Some))?;
        let rule = SignalRule {
            method: chosen,
            variation: variation?,
            periods: usize::try_from(periods?).ok()?,
            baseline: baseline.and_then(|n| usize::try_from(n).ok()),
            better,
        };
        self.check_signal_suits(table, kind, &method, &rule);
        if let (Some(v), SignalMethod::Xmr | SignalMethod::Run) = (&varies, chosen) {
            let message = "its limits do not come from how counts vary";
            self.log
                .push(Diagnostic::error("kind", &v.place(), message).mend("take `variation` away"));
        }
        if let (Some(v), SignalMethod::Run) = (t.get("baseline_periods"), chosen) {
            let message = "a run chart has no limits, and its median is that of all periods";
            self.log.push(
                Diagnostic::error("kind", &v.place(), message).mend("take `baseline_periods` away"),
            );
        }
        Some(rule)
    }

    fn check_signal_suits(
        &self,
        table: &Table<'_>,
        kind: Kind,
        method: &Value<'_>,
        rule: &SignalRule,
    ) {
        let refuse = |message: &str, mend: &str| {
            self.log.push(Diagnostic::error("kind", &method.place(), message).mend(mend));
        };
        if self.is_stock(table, kind) {
            return refuse(
                "the cases that are open at one month's end are mostly those of the month before, so that its months go together and every rule would take that for a change",
                "take `signal` away, or watch what flows: counted_on = …",
            );
        }
        let suits = match rule.method {
            SignalMethod::SpcP => kind == Kind::Proportion,
            SignalMethod::SpcU => matches!(kind, Kind::Count | Kind::Ratio),
            SignalMethod::Xmr | SignalMethod::Run => kind != Kind::Distribution,
        };
        if !suits {
            return refuse(
                "this method is not made for this kind of measure",
                "spc_p is for proportions, spc_u for counts and ratios, xmr and run for anything that has one value; a distribution has none",
            );
        }
        let of_counts = matches!(rule.method, SignalMethod::SpcP | SignalMethod::SpcU);
        if of_counts && rule.variation == Variation::Within && self.is_clustered(table) {
            refuse(
                "several of its units belong to one family and go together, so that it varies more than chance within a month allows",
                "add variation = \"between\", or use method = \"xmr\"",
            );
        }
    }

    /// Whether it counts what is there on one day; of a ratio, whether the measure above the line does.
    fn is_stock(&self, table: &Table<'_>, kind: Kind) -> bool {
        if kind != Kind::Ratio {
            return table.has("stock");
        }
        let Some(over) = table.text("over") else { return false };
        let measures = self.folder.each("measure");
        let above = measures.into_iter().find(|(key, _)| key.text == over.text);
        above.is_some_and(|(_, value)| value.get("stock").is_some())
    }

    fn is_clustered(&self, table: &Table<'_>) -> bool {
        let unit = table.text("unit").and_then(|unit| self.unit(&unit.text));
        unit.is_some_and(|unit| !matches!(unit.rows, UnitRows::Source(_)))
    }
}
