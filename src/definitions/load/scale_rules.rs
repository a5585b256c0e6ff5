//! Reads the rules of a scale: metric, total, pairs, reliable change, cut-off and added value.

use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::expression::Type;
use crate::definitions::framework::Reference;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::Value;
use crate::definitions::measure::GoodIs;
use crate::definitions::scale::{
    Baseline, ChangeMethod, Ends, ExpectedClose, Pairing, ReliableChange, SCORES, Total,
    TotalMethod,
};

/// The numbers that scores count as: their range, step and direction.
pub(super) struct Counted {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
    pub(super) better: GoodIs,
}

/// How a total is made.
pub(super) const TOTAL_METHODS: [(&str, TotalMethod); 2] =
    [("sum", TotalMethod::Sum), ("mean", TotalMethod::Mean)];

/// Which scores are the ends of a pair.
pub(super) const ENDS: [(&str, Ends); 2] =
    [("start_close", Ends::StartClose), ("first_latest", Ends::FirstLatest)];

/// Which score is the start, if there are several.
pub(super) const BASELINES: [(&str, Baseline); 2] =
    [("first", Baseline::First), ("lower_of_first_two", Baseline::LowerOfFirstTwo)];

/// How the smallest change that counts is found.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Fixed,
    JacobsonTruax,
}

/// The words for it.
pub(super) const WAYS: [(&str, Way); 2] =
    [("fixed", Way::Fixed), ("jacobson_truax", Way::JacobsonTruax)];

impl Ground<'_> {
    fn fault(&self, at: &Value<'_>, code: &'static str, message: &str, mend: &str) {
        self.log.push(Diagnostic::error(code, &at.place(), message).mend(mend.to_owned()));
    }

    /// What each recorded score counts as: one value for each step of the range, ever higher.
    pub(super) fn metric(
        &self,
        value: Value<'_>,
        (low, high): (f64, f64),
        step: f64,
    ) -> Option<Vec<f64>> {
        let table = value.open_table("`metric`", &value.place())?;
        let steps = ((high - low) / step).round();
        let mut values: Vec<Option<Value<'_>>> = vec![None; steps as usize + 1];
        for (score, metric) in table.entries() {
            let place = score.text.parse::<f64>().ok().map(|score| (score - low) / step);
            let on_step = place.filter(|p| (p - p.round()).abs() < 1e-9 && *p >= 0.0);
            match on_step.and_then(|p| values.get_mut(p.round() as usize)) {
                Some(slot) => *slot = Some(*metric),
                None => {
                    let message = format!("`{}` is not a score of this scale", score.text);
                    self.log.push(
                        Diagnostic::error("metric", &score.place, message)
                            .mend(format!("write scores from {low} to {high}")),
                    );
                    return None;
                }
            }
        }
        let mut metric: Vec<f64> = Vec::new();
        for (place, counted) in values.iter().enumerate() {
            let Some(counted) = counted else {
                let score = low + place as f64 * step;
                let message = format!("the score {score} has no metric value");
                self.fault(&value, "metric", &message, &format!("add {score} = …"));
                return None;
            };
            let number = counted.number()?;
            if metric.last().is_some_and(|before| number <= *before) {
                let message = "a higher score has to have a higher metric value";
                self.fault(counted, "metric", message, "compare the table with its publication");
                return None;
            }
            metric.push(number);
        }
        Some(metric)
    }

    /// How a total comes about.
    pub(super) fn total(&self, value: Value<'_>, domains: usize, metric: bool) -> Option<Total> {
        let table = value.table("`total`", &value.place(), keys::SCALE_TOTAL)?;
        let method = table.required("method").and_then(|v| v.one_of(&TOTAL_METHODS))?;
        let items = match table.get("items") {
            Some(items) => items.whole(1, 1000)?,
            None if domains > 0 => i64::try_from(domains).ok()?,
            None => {
                table.missing("items");
                return None;
            }
        };
        let min_answered = table.get("min_answered").map_or(Some(items), |v| v.whole(1, items))?;
        let suits = match method {
            TotalMethod::Sum => "scale_up",
            TotalMethod::Mean => "mean_of_answered",
        };
        let proration = table.get("proration");
        if let Some(proration) = &proration {
            proration.one_of(&[(suits, ())])?;
        } else if min_answered < items {
            let message = "what is not answered has to be made up for somehow";
            let mend = format!("add proration = \"{suits}\", or ask for all {items} answers");
            self.fault(&value, "total", message, &mend);
            return None;
        }
        if metric {
            let message = "a scale with a metric takes its totals as they were recorded";
            self.fault(&value, "total", message, "take `total` away");
            return None;
        }
        let (items, min_answered) = (u32::try_from(items).ok()?, u32::try_from(min_answered).ok()?);
        Some(Total { method, items, min_answered })
    }

    /// Which two scores make a pair.
    pub(super) fn pairing(&self, value: Value<'_>, better: GoodIs) -> Option<Pairing> {
        let table = value.table("`pairs`", &value.place(), keys::PAIRS)?;
        let ends = table.get("rule").map_or(Some(Ends::default()), |v| v.one_of(&ENDS))?;
        let baseline =
            table.get("baseline").map_or(Some(Baseline::default()), |v| v.one_of(&BASELINES))?;
        if let (Some(at), Baseline::LowerOfFirstTwo, GoodIs::Low) =
            (table.get("baseline"), baseline, better)
        {
            let message = "the lower of two scores is the better one on this scale";
            self.fault(&at, "value", message, "write baseline = \"first\"");
            return None;
        }
        // The first and the latest of a single day would be one look twice.
        let least = i64::from(ends == Ends::FirstLatest);
        let gap = table.get("min_gap_days").map_or(Some(least), |v| v.whole(least, 3660))?;
        let lists = table.get("same_informant").map(|v| v.list()).unwrap_or_default();
        let same_informant = lists.iter().map(|list| self.informants(list)).collect();
        Some(Pairing { ends, baseline, min_gap_days: i32::try_from(gap).ok()?, same_informant })
    }

    /// Codes of `informant` that are one respondent.
    fn informants(&self, list: &Value<'_>) -> Vec<String> {
        let column = self.source(SCORES).and_then(|s| s.column("informant"));
        let known = match column.map(|c| &c.ty) {
            Some(Type::Code(list)) => list.codes.as_slice(),
            _ => &[],
        };
        let named = list.texts().into_iter();
        named.filter(|t| self.refers_among("informant", t, known)).map(|t| t.text).collect()
    }

    /// The change that counts, in points of what scores count as.
    pub(super) fn reliable_change(
        &self,
        value: Value<'_>,
        counted: &Counted,
    ) -> Option<ReliableChange> {
        let table = value.table("`reliable_change`", &value.place(), keys::RELIABLE_CHANGE)?;
        let way = table.required("method").and_then(|v| v.one_of(&WAYS))?;
        let strangers: &[&str] = match way {
            Way::Fixed => &["sd", "reliability", "confidence"],
            Way::JacobsonTruax => &["change"],
        };
        for key in strangers.iter().filter_map(|key| table.key(key)) {
            let message = format!("this method has no use for `{}`", key.text);
            self.log.push(
                Diagnostic::error("unused", &key.place, message)
                    .mend("take it away, or change `method`"),
            );
        }
        let why = table.words("why");
        let reference = table.text("reference").map(|t| t.text);
        let method = match way {
            Way::Fixed => {
                ChangeMethod::Fixed { points: table.required("change").and_then(|v| v.number())? }
            }
            Way::JacobsonTruax => {
                let sd = table.required("sd").and_then(|v| v.number());
                let reliability = table.required("reliability").and_then(|v| v.number());
                let confidence = table.get("confidence").map_or(Some(0.95), |v| v.number());
                if reference.is_none() {
                    let message = "nobody knows where `sd` and `reliability` come from";
                    self.log.push(
                        Diagnostic::warning("uncited", &value.place(), message)
                            .mend("add reference = \"…\" with the publication of the norms"),
                    );
                }
                ChangeMethod::JacobsonTruax {
                    sd: sd?,
                    reliability: reliability?,
                    confidence: confidence?,
                }
            }
        };
        let reliable = ReliableChange { method, why: why?, reference };
        let (points, _) = reliable.threshold();
        if points <= 0.0 || points > counted.high - counted.low {
            let message = "no two scores of this scale are that far apart";
            let mend = "a change lies above nought and within the range; a reliability and a confidence between 0 and 1";
            let at = table.get("sd").or(table.get("change")).unwrap_or(value);
            self.fault(&at, "value", message, mend);
            return None;
        }
        Some(reliable)
    }

    /// The score at which the clinical range begins.
    pub(super) fn cut_off(&self, value: Value<'_>, counted: &Counted) -> Option<f64> {
        let table = value.table("`cut_off`", &value.place(), keys::CUT_OFF)?;
        table.words("why")?;
        let at = table.required("score")?;
        let score = at.number()?;
        // A cut-off at the good end would put everybody in the clinical range.
        let inside = match counted.better {
            GoodIs::High => score >= counted.low && score < counted.high,
            GoodIs::Low => score > counted.low && score <= counted.high,
        };
        if !inside {
            let (low, high) = (counted.low, counted.high);
            let message = format!("{score} does not part the range from {low} to {high}");
            self.fault(
                &at,
                "value",
                &message,
                "write the first score that is in the clinical range",
            );
            return None;
        }
        Some(score)
    }

    /// What a closing score is expected to be without help.
    pub(super) fn expected_close(&self, value: Value<'_>) -> Option<ExpectedClose> {
        let table = value.table("`added_value`", &value.place(), keys::ADDED_VALUE)?;
        let constant = table.required("constant").and_then(|v| v.number());
        let start = table.required("start").and_then(|v| v.open_table("`start`", &v.place()))?;
        let weights = start
            .entries()
            .iter()
            .filter(|(scale, _)| self.refers("scale", scale))
            .filter_map(|(scale, weight)| Some((scale.text.clone(), weight.number()?)))
            .collect();
        let reference = self.reference(&table, &Reference::default());
        Some(ExpectedClose { constant: constant?, weights, reference })
    }
}
