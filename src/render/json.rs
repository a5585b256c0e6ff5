//! An answer, and the structure of published cells, as JSON for programs. Hidden numbers are words,
//! as everywhere.

use serde_json::{Map, Value, json};

use crate::protect::Shown;
use crate::report::document::TableCell;
use crate::report::{Answer, Structure};

/// The answer: question, rows, definition, denominators and disclosure.
#[must_use]
pub fn answer(answer: &Answer) -> String {
    let heads: Vec<&str> = answer.table.head.iter().map(|h| h.text.as_str()).collect();
    let rows: Vec<Value> = answer
        .table
        .rows
        .iter()
        .map(|row| {
            let first = Value::String(row.head.clone());
            let cells = [first].into_iter().chain(row.cells.iter().map(cell));
            Value::Object(heads.iter().map(|h| (*h).to_owned()).zip(cells).collect::<Map<_, _>>())
        })
        .collect();
    let pairs = |lines: &[(String, String)]| {
        let line = |(label, text): &(String, String)| json!({ "label": label, "text": text });
        lines.iter().map(line).collect::<Vec<_>>()
    };
    let whole = json!({
        "question": answer.question,
        "rows": rows,
        "definition": pairs(&answer.definition),
        "denominator": pairs(&answer.denominator),
        "disclosure": answer.disclosure,
        "notices": answer.notices,
    });
    serde_json::to_string_pretty(&whole).unwrap_or_default()
}

/// The structure of an audience's cells.
#[must_use]
pub fn structure(structure: &Structure) -> String {
    serde_json::to_string_pretty(structure).unwrap_or_default() + "\n"
}

fn cell(cell: &TableCell) -> Value {
    match cell {
        TableCell::Words(words) => Value::String(words.clone()),
        TableCell::Figure(shown) | TableCell::Stepped(_, shown) => match shown {
            Shown::Symbol(symbol) => Value::String(symbol.shorthand().to_owned()),
            // The digits as published: a float could print others.
            Shown::Number(number) => {
                number.plain().parse().map_or_else(|_| Value::String(number.plain()), Value::Number)
            }
        },
    }
}
