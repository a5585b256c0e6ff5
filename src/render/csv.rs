//! Tidy CSV: one row a cell, the columns of the contract, and the table of one figure.

use crate::definitions::words::Said;
use crate::protect::{
    PublishedQuality, PublishedSeries, PublishedTable, PublishedUsual, QualityFigures, Shown,
    Symbol, crossing,
};
use crate::render::RenderError;
use crate::report::document::{Question, Table, TableCell};
use crate::statistics::{Direction, Side, Standing, Variation};

/// The columns of the tidy file, in order. A contract: names are added at the end, never changed.
const COLUMNS: [&str; 17] = [
    "measure",
    "unit",
    "period_kind",
    "period",
    "period_start",
    "period_end",
    "breakdown",
    "level",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "pending",
    "unknown",
    "symbol",
    "overridden",
];

/// The level of what is not recorded.
const NOT_RECORDED: &str = "not_recorded";

/// All cells that an audience is given, as a tidy file in UTF-8.
///
/// A number that may not be shown is an empty field; `symbol` says why the value is (`c`, `x`, `z`).
///
/// # Errors
/// When the file cannot be written to memory.
pub fn cells(tables: &[PublishedTable]) -> Result<Vec<u8>, RenderError> {
    let mut file = ::csv::Writer::from_writer(Vec::new());
    file.write_record(COLUMNS).map_err(failed)?;
    for table in tables {
        let breakdown = crossing(table.by().iter().map(String::as_str));
        for cell in table.cells() {
            let period = cell.period();
            file.write_record([
                guarded(table.measure()),
                guarded(table.unit()),
                period.kind.word().to_owned(),
                period.code(),
                period.start().iso(),
                period.end().iso(),
                guarded(&breakdown),
                guarded(&crossing(cell.level().iter().map(|level| level.code.as_str()))),
                digits(cell.numerator()),
                digits(cell.denominator()),
                digits(cell.value()),
                digits(cell.lower()),
                digits(cell.upper()),
                digits(cell.pending()),
                digits(cell.unknown()),
                symbol(cell.value()).to_owned(),
                digits(cell.overridden()),
            ])
            .map_err(failed)?;
        }
    }
    file.into_inner().map_err(failed)
}

/// What definitions say: one row a line.
///
/// # Errors
/// When the file cannot be written to memory.
pub fn definitions(said: &Said) -> Result<Vec<u8>, RenderError> {
    let mut file = ::csv::Writer::from_writer(Vec::new());
    file.write_record(["definition", "line"]).map_err(failed)?;
    for (name, lines) in said {
        for line in lines {
            file.write_record([guarded(name), guarded(line)]).map_err(failed)?;
        }
    }
    file.into_inner().map_err(failed)
}

/// The series that are watched: one row a point, with what it is compared with and the rules that it
/// breaks, each by its side.
///
/// # Errors
/// When the file cannot be written to memory.
pub fn signals(series: &[PublishedSeries]) -> Result<Vec<u8>, RenderError> {
    let mut file = ::csv::Writer::from_writer(Vec::new());
    file.write_record([
        "measure",
        "period_kind",
        "period",
        "breakdown",
        "level",
        "method",
        "variation",
        "limits",
        "value",
        "centre",
        "lower",
        "upper",
        "symbol",
        "outside",
        "trend",
        "near_limit",
        "run",
    ])
    .map_err(failed)?;
    for series in series {
        let variation = match series.rule().variation {
            Variation::Within => "within",
            Variation::Between => "between",
        };
        let limits = match series.standing() {
            Standing::TooFew => "none",
            Standing::Trial => "trial",
            Standing::Settled => "settled",
        };
        let side = |side: Option<Side>| match side {
            Some(Side::Above) => "above",
            Some(Side::Below) => "below",
            None => "",
        };
        for point in series.points() {
            let usual = |of: fn(PublishedUsual) -> Shown| {
                point.usual.map_or_else(String::new, |usual| digits(of(usual)))
            };
            file.write_record([
                guarded(series.measure()),
                point.period.kind.word().to_owned(),
                point.period.code(),
                guarded(&crossing(series.by().iter().map(String::as_str))),
                guarded(&crossing(series.level().iter().map(|level| level.code.as_str()))),
                series.rule().method.word().to_owned(),
                variation.to_owned(),
                limits.to_owned(),
                digits(point.value),
                usual(|u| u.centre),
                usual(|u| u.lower),
                usual(|u| u.upper),
                symbol(point.value).to_owned(),
                side(point.signals.outside).to_owned(),
                side(point.signals.trend).to_owned(),
                side(point.signals.near_limit).to_owned(),
                side(point.signals.run).to_owned(),
            ])
            .map_err(failed)?;
        }
    }
    file.into_inner().map_err(failed)
}

/// Which way each series of the whole council goes, by the straight line through all of it: one row for each of which
/// that can be said. Nothing where it can be said of none.
///
/// # Errors
/// When the file cannot be written to memory.
pub fn directions(series: &[PublishedSeries]) -> Result<Option<Vec<u8>>, RenderError> {
    let whole = series.iter().filter(|series| series.level().is_empty());
    let told: Vec<_> = whole.filter_map(|s| Some((s.measure(), s.direction()?))).collect();
    if told.is_empty() {
        return Ok(None);
    }
    let mut file = ::csv::Writer::from_writer(Vec::new());
    file.write_record([
        "measure",
        "period_kind",
        "first",
        "last",
        "periods",
        "direction",
        "a_year",
        "lower",
        "upper",
    ])
    .map_err(failed)?;
    for (measure, found) in told {
        let [first, last] = found.stretch;
        let way = match found.way {
            Direction::Rising => "rising",
            Direction::Falling => "falling",
            Direction::NotClear => "not_clear",
        };
        file.write_record([
            guarded(measure),
            first.kind.word().to_owned(),
            first.code(),
            last.code(),
            found.periods.to_string(),
            way.to_owned(),
            found.a_year.plain(),
            found.lower.plain(),
            found.upper.plain(),
        ])
        .map_err(failed)?;
    }
    file.into_inner().map_err(failed).map(Some)
}

/// What readers are asked, for the next issue to say what the figures say then.
///
/// # Errors
/// When the file cannot be written to memory.
pub fn questions(questions: &[Question]) -> Result<Vec<u8>, RenderError> {
    let mut file = ::csv::Writer::from_writer(Vec::new());
    file.write_record(["measure", "period", "question"]).map_err(failed)?;
    for Question { measure, period, words } in questions {
        file.write_record([guarded(measure), guarded(period), guarded(words)]).map_err(failed)?;
    }
    file.into_inner().map_err(failed)
}

/// What each data check found, for all rows and by breakdown. Where counts are hidden, the share of
/// rows in order stands alone.
///
/// # Errors
/// When the file cannot be written to memory.
pub fn checks(quality: &PublishedQuality) -> Result<Vec<u8>, RenderError> {
    let mut file = ::csv::Writer::from_writer(Vec::new());
    file.write_record([
        "check",
        "grade",
        "quality",
        "source",
        "breakdown",
        "level",
        "checked",
        "found",
        "in_order",
        "symbol",
        "title",
        "mend",
        "mended_by",
    ])
    .map_err(failed)?;
    let all = crossing(std::iter::empty());
    for check in quality.checks() {
        let of_splits = check.splits.iter().flat_map(|split| {
            let levels = split.levels.iter();
            levels.map(|(code, _, figures)| {
                let level = if code.is_empty() { NOT_RECORDED } else { code };
                (split.breakdown.as_str(), level, *figures)
            })
        });
        let whole = std::iter::once((all.as_str(), all.as_str(), check.figures));
        for (breakdown, level, QualityFigures { checked, found, in_order }) in
            whole.chain(of_splits)
        {
            file.write_record([
                guarded(&check.id),
                check.grade.word().to_owned(),
                check.quality.word().to_owned(),
                guarded(&check.source.0),
                guarded(breakdown),
                guarded(level),
                digits(checked),
                digits(found),
                digits(in_order),
                symbol(in_order).to_owned(),
                guarded(&check.title),
                guarded(&check.mend),
                guarded(&check.mended_by),
            ])
            .map_err(failed)?;
        }
    }
    file.into_inner().map_err(failed)
}

/// The table behind one figure, as it stands on the page but with plain digits.
///
/// # Errors
/// When the file cannot be written to memory.
pub fn figure_table(table: &Table) -> Result<Vec<u8>, RenderError> {
    // A row that is shorter than the head would be an error to the writer; it is not to a reader.
    let mut file = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    file.write_record(table.head.iter().map(|head| guarded(&head.text))).map_err(failed)?;
    for row in &table.rows {
        let cells = row.cells.iter().map(|cell| match cell {
            TableCell::Words(words) => guarded(words),
            TableCell::Figure(shown) | TableCell::Stepped(_, shown) => match shown {
                Shown::Number(number) => number.plain(),
                Shown::Symbol(symbol) => symbol.shorthand().to_owned(),
            },
        });
        file.write_record(std::iter::once(guarded(&row.head)).chain(cells)).map_err(failed)?;
    }
    file.into_inner().map_err(failed)
}

/// A list of texts under headers.
///
/// # Errors
/// When it cannot be written.
pub fn list<'h>(
    to: &mut (impl std::io::Write + ?Sized),
    headers: impl Iterator<Item = &'h str>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> std::io::Result<()> {
    let mut file = ::csv::Writer::from_writer(to);
    file.write_record(headers)?;
    for row in rows {
        file.write_record(row.iter().map(|field| guarded(field)))?;
    }
    file.flush()
}

fn digits(shown: Shown) -> String {
    shown.number().map_or_else(String::new, |number| number.plain())
}

pub(crate) fn symbol(shown: Shown) -> &'static str {
    match shown {
        Shown::Number(_) => "",
        Shown::Symbol(Symbol::Confidential) => "c",
        Shown::Symbol(Symbol::NotAvailable) => "x",
        Shown::Symbol(Symbol::NotApplicable) => "z",
    }
}

/// Words that a spreadsheet would take for a formula get an apostrophe in front. A number below nought is none.
pub(crate) fn guarded(words: &str) -> String {
    let is_number = words.strip_prefix('-').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    });
    if words.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        format!("'{words}")
    } else {
        words.to_owned()
    }
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Csv(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Period;
    use crate::measure::Level;
    use crate::protect::PublishedCell;
    use crate::render::demo::{count, hidden, percent, unavailable};
    use crate::report::document::{Head, Row};

    fn level(code: &str, title: &str) -> Level {
        Level { code: code.into(), title: title.into() }
    }

    fn lines(bytes: Vec<u8>) -> Vec<String> {
        String::from_utf8(bytes).expect("UTF-8").lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_hidden_value_is_an_empty_field_with_its_symbol() {
        let period = Period::parse("2026-09").expect("a month");
        let shown = [
            count(31),
            count(118),
            percent(26.3),
            percent(19.1),
            percent(34.9),
            count(4),
            count(0),
        ];
        let gone =
            [hidden(), count(40), hidden(), hidden(), hidden(), unavailable(), unavailable()];
        let crossed = vec![level("northmoor", "Northmoor"), level("=education", "Education")];
        let tables = [
            PublishedTable::for_tests(
                "reached",
                "cases",
                &[],
                vec![PublishedCell::for_tests(period, vec![], shown)],
            ),
            PublishedTable::for_tests(
                "reached",
                "cases",
                &["locality", "headline"],
                vec![PublishedCell::for_tests(period, crossed, gone)],
            ),
        ];
        let lines = lines(cells(&tables).expect("a file"));
        assert_eq!(
            lines,
            [
                "measure,unit,period_kind,period,period_start,period_end,breakdown,level,\
                 numerator,denominator,value,lower,upper,pending,unknown,symbol,overridden",
                "reached,cases,month,2026-09,2026-09-01,2026-09-30,all,all,\
                 31,118,26.3,19.1,34.9,4,0,,",
                "reached,cases,month,2026-09,2026-09-01,2026-09-30,locality*headline,\
                 northmoor*=education,,40,,,,,,c,",
            ]
        );
    }

    #[test]
    fn words_that_look_like_formulas_are_made_harmless() {
        let table = Table {
            caption: "Needs".into(),
            head: vec![
                Head { text: "Need".into(), numeric: false },
                Head { text: "Cases".into(), numeric: true },
            ],
            rows: vec![
                Row { head: "=1+1".into(), cells: vec![TableCell::Figure(count(1234))] },
                Row { head: "Housing".into(), cells: vec![TableCell::Figure(hidden())] },
            ],
        };
        let lines = lines(figure_table(&table).expect("a file"));
        assert_eq!(lines, ["Need,Cases", "'=1+1,1234", "Housing,[c]"]);
        let cells = ["-12", "-1.5", "-1+1", "-", "+3", "@x"];
        assert_eq!(cells.map(guarded), ["-12", "-1.5", "'-1+1", "'-", "'+3", "'@x"]);
    }
}
