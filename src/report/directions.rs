//! Which way each headline measure goes over its whole series: not by two months, but by the straight line through
//! all of them, as far as its interval allows to say.

use crate::definitions::measure::MeasureKind;
use crate::protect::{Shown, Symbol};
use crate::report::document::{Block, Head, Row, Table, TableCell};
use crate::report::headlines::Headline;
use crate::report::reading::Reading;
use crate::report::sentences::{capital, in_words, spoken};
use crate::statistics::Direction;

/// The measures whose series is watched, each with its line; nothing where that can be said of none.
pub(super) fn blocks(all: &[Headline<'_>]) -> Vec<Block> {
    let watched: Vec<(&Headline<'_>, &Reading<'_>)> =
        all.iter().filter_map(|h| Some((h, h.reading.as_ref()?))).collect();
    let told = || watched.iter().filter_map(|(_, reading)| reading.series.direction());
    if told().next().is_none() {
        return Vec::new();
    }
    let clear = told().filter(|line| line.way != Direction::NotClear).count();
    let caption = match clear {
        0 => format!(
            "Over the whole series none of {} headline measures has a clear direction",
            in_words(told().count())
        ),
        n => format!(
            "Over the whole series {} of {} headline measures {} a clear direction",
            in_words(n),
            in_words(told().count()),
            if n == 1 { "has" } else { "have" }
        ),
    };
    let head = Head::of;
    let table = Table {
        caption,
        head: vec![
            head("Measure", false),
            head("Direction", false),
            head("Seen over", false),
            head("Change in a year", true),
            head("95% from", true),
            head("to", true),
            head("Measured in", false),
        ],
        rows: watched.iter().map(|(headline, reading)| row(headline, reading)).collect(),
    };
    let note = "The direction is that of the least-squares line through every period of the series, told where the 95% interval of its slope does not hold nought. Of twenty series that go nowhere, one shows a direction by chance; periods that lean on those before them make the line too sure of itself. When something changed is for the control charts to say.";
    vec![Block::Table(table), Block::Note(note.to_owned())]
}

fn row(headline: &Headline<'_>, reading: &Reading<'_>) -> Row {
    let words = TableCell::Words;
    let hidden = reading.series.hides_some();
    let none = Shown::Symbol(if hidden { Symbol::Confidential } else { Symbol::NotAvailable });
    let found = reading.series.direction();
    let numbers =
        found.map_or([none; 3], |line| [line.a_year, line.lower, line.upper].map(Shown::Number));
    let seen = found.map_or_else(
        || "None".to_owned(),
        |line| {
            let [first, last] = line.stretch.map(spoken);
            format!("{} {}, {first} to {last}", line.periods, reading.noun())
        },
    );
    let mut cells = vec![words(reading.way().unwrap_or_else(|| reading.no_way())), words(seen)];
    cells.extend(numbers.map(TableCell::Figure));
    cells.push(words(measured_in(headline, reading)));
    Row { head: headline.measure.title.clone(), cells }
}

/// What the numbers of a line are: for a count of months, how many more a month.
fn measured_in(headline: &Headline<'_>, reading: &Reading<'_>) -> String {
    if headline.measure.kind.is_share() {
        return "Percentage points".to_owned();
    }
    if matches!(headline.measure.kind, MeasureKind::Count) {
        let unit = headline.table.unit();
        let noun = reading.noun().trim_end_matches('s');
        return capital(&format!("{unit} a {noun}"));
    }
    "The measure's own unit".to_owned()
}
