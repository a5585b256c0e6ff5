//! A table for the terminal: plain characters, no colour, the same on every machine.

use comfy_table::{Cell, CellAlignment, ContentArrangement, presets};

use crate::report::document::{Table, TableCell};

/// How wide a table may get when nobody says: narrow enough for a terminal and an e-mail.
const WIDTH: u16 = 100;

/// The table within 100 columns, its caption above.
#[must_use]
pub fn table(table: &Table) -> String {
    table_within(table, WIDTH)
}

/// The table within `width` columns: long words wrap, numbers stand to the right.
#[must_use]
pub fn table_within(table: &Table, width: u16) -> String {
    let mut grid = comfy_table::Table::new();
    grid.load_style(presets::ASCII_NO_BORDERS)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(table.head.iter().map(|head| aligned(&head.text, head.numeric)));
    for row in &table.rows {
        let numeric = table.head.iter().skip(1).map(|head| head.numeric);
        let cells = row.cells.iter().zip(numeric).map(|(cell, numeric)| match cell {
            TableCell::Words(words) => aligned(words, numeric),
            TableCell::Figure(shown) => aligned(&shown.to_string(), numeric),
            TableCell::Stepped(direction, shown) => {
                aligned(&format!("{} {shown}", direction.sign()), numeric)
            }
        });
        grid.add_row(std::iter::once(aligned(&row.head, false)).chain(cells));
    }
    format!("{}\n\n{}\n", table.caption, grid.trim_fmt())
}

fn aligned(text: &str, numeric: bool) -> Cell {
    let side = if numeric { CellAlignment::Right } else { CellAlignment::Left };
    Cell::new(text).set_alignment(side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::demo::{count, hidden};
    use crate::report::document::{Head, Row};

    #[test]
    fn numbers_stand_to_the_right_and_long_words_wrap() {
        let row =
            |head: &str, shown| Row { head: head.into(), cells: vec![TableCell::Figure(shown)] };
        let example = Table {
            caption: "Cases closed".into(),
            head: vec![
                Head { text: "Locality".into(), numeric: false },
                Head { text: "Cases".into(), numeric: true },
            ],
            rows: vec![row("Northmoor and the villages", count(1234)), row("Harbour", hidden())],
        };
        insta::assert_snapshot!(table_within(&example, 28), @r"
        Cases closed

         Locality           | Cases
        ============================
         Northmoor and the  | 1,234
         villages           |
        --------------------+-------
         Harbour            |   [c]
        ");
    }
}
