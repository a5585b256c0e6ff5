//! Reads assessment scales, and the bands of scales and breakdowns.

use std::sync::Arc;

use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::framework::Reference;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::load::scale_rules::Counted;
use crate::definitions::measure::{Band, GoodIs};
use crate::definitions::scale::{Scale, TOTAL};

/// Which end is good.
pub(super) const GOOD: [(&str, GoodIs); 2] = [("high", GoodIs::High), ("low", GoodIs::Low)];

/// Metric values are published to two places.
const METRIC_STEP: f64 = 0.01;

impl Ground<'_> {
    pub(super) fn read_scales(&mut self) {
        for (key, value) in self.folder.each("scale") {
            if let Some(scale) = self.scale_from(&key, value) {
                Arc::make_mut(&mut self.scales).push(scale);
            }
        }
    }

    fn scale_from(&self, key: &Text, value: Value<'_>) -> Option<Scale> {
        let what = format!("scale `{}`", key.text);
        let table = value.table(&what, &key.place, keys::SCALE)?;
        let title = table.words("title");
        let reference = self.reference(&table, &Reference::default());
        let better = table.required("better").and_then(|v| v.one_of(&GOOD));
        let step = table.get("step").map_or(Some(1.0), |v| self.step(v));
        let range = table.required("range").and_then(|v| self.range(v));
        let domains = table.get("domains").map(|v| domains(&v, key)).unwrap_or_default();
        let (better, step, (low, high)) = (better?, step?, range?);
        let metric = table.get("metric").map(|v| self.metric(v, (low, high), step));
        // What bands, cut-off and change are written in: recorded scores, or what they count as.
        let counted = match &metric {
            None => Counted { low, high, step, better },
            Some(values) => {
                let (low, high) = (*values.as_ref()?.first()?, *values.as_ref()?.last()?);
                Counted { low, high, step: METRIC_STEP, better }
            }
        };
        let range = Some((counted.low, counted.high));
        let bands = table.get("bands").map(|v| self.bands(v, counted.step, range));
        let areas = domains.iter().filter(|(domain, _)| domain != TOTAL).count();
        let total = table.get("total").map(|v| self.total(v, areas, metric.is_some()));
        let pairing = table.get("pairs").map(|v| self.pairing(v, better));
        let reliable = table.get("reliable_change").map(|v| self.reliable_change(v, &counted));
        let cut_off = table.get("cut_off").map(|v| self.cut_off(v, &counted));
        let expected = table.get("added_value").map(|v| self.expected_close(v));
        Some(Scale {
            id: key.text.clone(),
            title: title?,
            reference,
            low,
            high,
            step,
            better,
            metric: metric.flatten(),
            bands: bands.unwrap_or_default(),
            domains,
            total: total.flatten(),
            pairing: pairing.flatten().unwrap_or_default(),
            reliable: reliable.flatten(),
            cut_off: cut_off.flatten(),
            expected: expected.flatten(),
            place: key.place.clone(),
        })
    }

    fn step(&self, value: Value<'_>) -> Option<f64> {
        let step = value.number()?;
        if step <= 0.0 {
            let message = "scores go up in steps of more than nothing";
            self.log
                .push(Diagnostic::error("value", &value.place(), message).mend("write step = 1"));
            return None;
        }
        Some(step)
    }

    fn range(&self, value: Value<'_>) -> Option<(f64, f64)> {
        let ends: Vec<f64> = value.list().iter().filter_map(Value::number).collect();
        match ends.as_slice() {
            [low, high] if low < high => Some((*low, *high)),
            _ => {
                let message = "a range is the lowest and the highest number";
                self.log.push(
                    Diagnostic::error("value", &value.place(), message)
                        .mend("write range = [0, 40]"),
                );
                None
            }
        }
    }

    /// Bands that follow one another in steps, without gap or overlap, and cover the range if there
    /// is one.
    pub(super) fn bands(
        &self,
        value: Value<'_>,
        step: f64,
        range: Option<(f64, f64)>,
    ) -> Vec<Band> {
        let mut bands: Vec<Band> = Vec::new();
        let fault = |at: &Value<'_>, message: String, mend: String| {
            self.log.push(Diagnostic::error("bands", &at.place(), message).mend(mend));
        };
        let list = value.list();
        for item in &list {
            let place = item.place();
            let Some(table) = item.table("a band", &place, &["name", "from", "to", "title"]) else {
                continue;
            };
            let name = table.words("name");
            let from = table.required("from").and_then(|v| v.number());
            let to = table.required("to").and_then(|v| v.number());
            let (Some(name), Some(from), Some(to)) = (name, from, to) else { continue };
            if to < from {
                fault(
                    item,
                    format!("band `{name}` ends before it begins"),
                    "write the lower number in `from`".into(),
                );
            }
            if bands.iter().any(|b| b.name == name) {
                fault(
                    item,
                    format!("there is a band `{name}` already"),
                    "give it another name".into(),
                );
            }
            let due = bands.last().map_or(range.map(|(low, _)| low), |last| Some(last.to + step));
            if let Some(due) = due
                && (from - due).abs() > 1e-9
            {
                let kind = if from > due {
                    "leaves a gap before it"
                } else {
                    "overlaps the one before it"
                };
                fault(item, format!("band `{name}` {kind}"), format!("let it start from {due}"));
            }
            bands.push(Band { name, from, to });
        }
        if let (Some((_, high)), Some(last), Some(item)) = (range, bands.last(), list.last())
            && (last.to - high).abs() > 1e-9
        {
            fault(
                item,
                format!("the bands stop at {} and the range at {high}", last.to),
                format!("let the last band end with {high}"),
            );
        }
        bands
    }
}

/// Domains as name and title, written as `name = "Title"` or `name = { title = "Title" }`.
fn domains(value: &Value<'_>, key: &Text) -> Vec<(String, String)> {
    let Some(table) = value.open_table("domains", &key.place) else { return Vec::new() };
    let title = |name: &Text, value: &Value<'_>| {
        if value.is_text() {
            return value.text().map(|t| t.text);
        }
        value
            .table(&format!("domain `{}`", name.text), &name.place, &["title", "supports"])?
            .words("title")
    };
    table
        .entries()
        .iter()
        .filter_map(|(name, v)| Some((name.text.clone(), title(name, v)?)))
        .collect()
}
