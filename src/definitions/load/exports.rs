//! Reads how exports are written: what holds for all of them, and what one map says of its own.

use crate::calendar::Day;
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::mappings::{BAD_ROWS, ENCODINGS, nulls_of, texts_of};
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::mapping::{BadRows, Encoding, Files};

/// What an export is like unless its map says otherwise.
pub(super) struct Usual {
    encoding: Option<Encoding>,
    delimiter: Option<u8>,
    pub(super) null_values: Vec<String>,
    pub(super) null_dates: Vec<Day>,
    pub(super) date_formats: Vec<String>,
    pub(super) bad_rows: BadRows,
}

/// Days that case systems and spreadsheets write where there is no date.
const NO_DATES: [(i32, u32, u32); 3] = [(1900, 1, 1), (1899, 12, 30), (1899, 12, 31)];

impl Usual {
    /// What holds where nothing is said.
    fn unsaid() -> Self {
        Self {
            encoding: None,
            delimiter: None,
            null_values: vec![String::new()],
            null_dates: NO_DATES.iter().filter_map(|&(y, m, d)| Day::from_ymd(y, m, d)).collect(),
            date_formats: vec!["%Y-%m-%d".to_owned()],
            bad_rows: BadRows::Quarantine,
        }
    }
}

impl Ground<'_> {
    /// What `[defaults]` of a file say of its exports.
    pub(super) fn usual(&self, defaults: &[(Text, Value<'_>)]) -> Usual {
        let mut usual = Usual::unsaid();
        for (key, value) in defaults {
            match key.text.as_str() {
                "encoding" => usual.encoding = value.one_of(&ENCODINGS),
                "delimiter" => usual.delimiter = self.delimiter(*value),
                "null_values" => usual.null_values = nulls_of(*value),
                "null_dates" => usual.null_dates = value.dates(),
                "date_formats" => usual.date_formats = texts_of(*value),
                "bad_rows" => usual.bad_rows = value.one_of(&BAD_ROWS).unwrap_or(usual.bad_rows),
                "trim" => drop(value.yes_no()),
                "measure" | "check" => {}
                other => self.log.push(
                    Diagnostic::error(
                        "key",
                        &key.place,
                        format!("[defaults] has no key `{other}`"),
                    )
                    .mend(nearest_or_list(
                        other,
                        &keys::DEFAULTS.iter().map(|k| k.name).collect::<Vec<_>>(),
                    )),
                ),
            }
        }
        usual
    }

    /// Which files a map or crosswalk reads, and how they are written.
    pub(super) fn files(&self, table: &Table<'_>, usual: &Usual) -> Option<Files> {
        let from = table.words("from");
        let encoding = match table.get("encoding") {
            Some(said) => Some(said.one_of(&ENCODINGS)?),
            None => usual.encoding,
        };
        let delimiter = match table.get("delimiter") {
            Some(said) => Some(self.delimiter(said)?),
            None => usual.delimiter,
        };
        let header_row = match table.get("header_row") {
            Some(said) => Some(usize::try_from(said.whole(1, 1000)?).ok()?),
            None => None,
        };
        let sheet = table.text("sheet").map(|t| t.text);
        Some(Files { from: from?, sheet, encoding, delimiter, header_row })
    }

    fn delimiter(&self, value: Value<'_>) -> Option<u8> {
        let text = value.possibly_empty_text()?;
        match text.text.as_bytes() {
            [one] => Some(*one),
            _ => {
                let message = "a delimiter is one character";
                self.log.push(
                    Diagnostic::error("value", &text.place, message)
                        .mend("write \",\", \";\", \"|\" or \"\\t\""),
                );
                None
            }
        }
    }
}
