//! Several measures as the bars of one chart, in the newest period that is ripe for all of them.

use super::{Drawing, Kind, point};
use crate::definitions::measure::Measure;
use crate::protect::PublishedCell;
use crate::report::chart::{Bar, Chart};
use crate::report::document::Figure;
use crate::report::sentences::{Change, apart, capital, lower, made_of, spoken};

impl Drawing<'_> {
    /// A bar for each measure, the most down; those that are hidden last, in the order in which they were named, so
    /// that the order gives nothing away.
    pub(super) fn bars_of_measures(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.ripe_for_all(self.spec)?;
        let measures: Vec<&Measure> =
            self.spec.measures().filter_map(|id| self.definitions.measure(id)).collect();
        let titles: Vec<&str> = measures.iter().map(|m| m.title.as_str()).collect();
        let cell = |m: &Measure| self.cells.whole(&m.id, period);
        let named = measures.iter().zip(told_apart(&titles));
        let mut bars: Vec<(String, &Measure, &PublishedCell)> =
            named.filter_map(|(m, name)| Some((name, *m, cell(m)?))).collect();
        let value = |c: &PublishedCell| c.value().number().map_or(f64::MIN, |n| n.as_f64());
        bars.sort_by(|(.., a), (.., b)| value(b).total_cmp(&value(a)));
        let (_, _, first) = bars.first()?;
        let known: Vec<(&str, &PublishedCell)> = bars
            .iter()
            .filter(|(.., c)| c.value().number().is_some())
            .map(|(name, _, c)| (name.as_str(), *c))
            .collect();
        let name = self.spec.title.clone().unwrap_or_default();
        let among = if known.len() < bars.len() { " among those shown" } else { "" };
        let title = match known.as_slice() {
            // Those with the most and the least are told apart only where chance alone would not.
            [(most, top), .., (_, bottom)] => {
                let (high, low) = (top.value(), bottom.value());
                if apart(top, bottom) == Change::NotClear {
                    format!("{name}: between {low} and {high}{among}, no clear difference")
                } else {
                    format!("{name}: most for {} ({high}){among}", lower(most))
                }
            }
            _ => name.clone(),
        };
        let subtitle = format!("{name}, {period}.");
        let rows = bars.iter().map(|(name, _, c)| (name.clone(), *c));
        let table = self.cells_table(subtitle.clone(), "Measure", rows);
        let cells: Vec<&PublishedCell> = bars.iter().map(|(.., c)| *c).collect();
        let said: Vec<String> =
            known.iter().map(|(name, c)| format!("{name} {}", c.value())).collect();
        let said = if said.is_empty() { "No value is shown".to_owned() } else { said.join(", ") };
        // What holds of one bar alone is said of that one.
        let same = measures.iter().all(|m| m.caveats == self.measure.caveats);
        let caveats: Vec<String> = if same {
            self.measure.caveats.iter().cloned().collect()
        } else {
            let of = |(name, m, _): &(String, &Measure, &PublishedCell)| {
                m.caveats.as_ref().map(|words| format!("{name}: {words}"))
            };
            bars.iter().filter_map(of).collect()
        };
        Some(Figure {
            id: format!("{}-and-others-{}", self.measure.id, kind.word()),
            alt: format!("Bar chart of {} bars, {}. {said}.", bars.len(), spoken(first.period())),
            title,
            subtitle,
            chart: Chart::Bars {
                bars: bars
                    .iter()
                    .map(|(name, measure, c)| Bar {
                        label: name.clone(),
                        point: point(c),
                        note: made_of(measure, self.table.unit(), c)
                            .filter(|_| c.value().number().is_some())
                            .unwrap_or_default(),
                    })
                    .collect(),
                axis: self.axis(),
                reference: None,
            },
            table,
            caveats: self.caveats_after(caveats, &cells),
            source: self.source(),
        })
    }
}

/// Words that belong to what comes after them.
const NEGATIONS: [&str; 5] = ["no", "not", "never", "nobody", "without"];

/// What tells titles apart: each without the words with which all of them begin.
fn told_apart(titles: &[&str]) -> Vec<String> {
    let words: Vec<Vec<&str>> = titles.iter().map(|t| t.split(' ').collect()).collect();
    let common = |n: usize| {
        let word = words.first().and_then(|w| w.get(n));
        // Something has to be left of each.
        word.is_some() && words.iter().all(|w| w.get(n) == word && w.len() > n + 1)
    };
    let shared = (0..).take_while(|n| common(*n)).count();
    // “No incident” without its no is the opposite.
    let shared_words = words.first().into_iter().flatten().take(shared);
    let negation =
        shared_words.clone().position(|w| NEGATIONS.contains(&w.to_lowercase().as_str()));
    let shared = negation.unwrap_or(shared);
    words
        .iter()
        .map(|w| capital(&w.iter().skip(shared).copied().collect::<Vec<_>>().join(" ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::told_apart;

    #[test]
    fn titles_are_told_apart_by_what_they_do_not_share() {
        let titles = ["Families who need help with crime", "Families who need help with home life"];
        assert_eq!(told_apart(&titles), ["Crime", "Home life"]);
        // One that is the beginning of another keeps its last word.
        assert_eq!(told_apart(&["Held for six", "Held for six months"]), ["Six", "Six months"]);
        assert_eq!(told_apart(&["Contacts", "Cases closed"]), ["Contacts", "Cases closed"]);
        assert_eq!(
            told_apart(&["No adult crime", "No youth crime"]),
            ["No adult crime", "No youth crime"]
        );
        let titles = ["Families with no debt", "Families with no arrears"];
        assert_eq!(told_apart(&titles), ["No debt", "No arrears"]);
    }
}
