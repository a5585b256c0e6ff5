//! What a text file is like where its map does not say: encoding, separator and header row, found out
//! from its first lines. What the map says is never doubted.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::definitions::mapping::{Encoding, Files};
use crate::read::header::{LINES, best, fit};

/// How a text file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
    /// The line with the column names, counted from 1.
    pub(super) header_row: usize,
}

/// The separators that are tried, the usual one first.
const DELIMITERS: [u8; 4] = *b",\t;|";

/// The most bytes that are looked at for column names.
const HEAD: u64 = 1 << 20;

/// Looks at a file for the columns that are wanted of it.
pub(super) fn look(path: &Path, said: &Files, wanted: &[&str]) -> io::Result<Look> {
    let head = head(path)?;
    let encoding = match said.encoding {
        Some(said) => said,
        None if head.starts_with(&[0xFF, 0xFE]) => Encoding::Utf16Le,
        None if is_utf8(path)? => Encoding::Utf8,
        None => Encoding::Windows1252,
    };
    let text = match encoding {
        Encoding::Utf8 => encoding_rs::UTF_8.decode(&head).0,
        Encoding::Utf16Le => encoding_rs::UTF_16LE.decode(&head).0,
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&head).0,
    };
    let lines: Vec<&str> = text.split_inclusive('\n').take(LINES).collect();
    let delimiters: &[u8] = said.delimiter.as_slice();
    let delimiters = if delimiters.is_empty() { &DELIMITERS } else { delimiters };
    let rows = match said.header_row {
        Some(row) => row..=row,
        None => 1..=lines.len(),
    };
    let candidates = rows.flat_map(|row| delimiters.iter().map(move |&delimiter| (row, delimiter)));
    let found = best(candidates.map(|(row, delimiter)| {
        let line = lines.get(row - 1).copied().unwrap_or_default();
        ((row, delimiter), fit(&fields(line, delimiter), wanted))
    }));
    // Where nothing fits, the error is about the first line, or the one that the map says.
    let unsaid = (said.header_row.unwrap_or(1), said.delimiter.unwrap_or(b','));
    let (header_row, delimiter) = found.map_or(unsaid, |(found, _)| found);
    Ok(Look { encoding, delimiter, header_row })
}

/// The fields of one line.
pub(super) fn fields(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(line.as_bytes());
    let first = reader.records().next().and_then(Result::ok);
    first.map(|r| r.iter().map(|name| name.trim().to_owned()).collect()).unwrap_or_default()
}

/// The bytes of the first lines.
fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = BufReader::new(File::open(path)?).take(HEAD);
    let mut head = Vec::new();
    for _ in 0..LINES {
        // In UTF-16 too the low byte of a line end is one, and its high byte comes next.
        if file.read_until(b'\n', &mut head)? == 0 {
            break;
        }
    }
    let mut high = [0];
    if head.starts_with(&[0xFF, 0xFE]) && head.len() % 2 == 1 && file.read(&mut high)? == 1 {
        head.extend(high);
    }
    Ok(head)
}

/// Whether all of a file is UTF-8, read piece by piece.
fn is_utf8(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; 1 << 16];
    let mut kept = 0;
    loop {
        let read = file.read(piece.get_mut(kept..).unwrap_or_default())?;
        let filled = kept + read;
        let bytes = piece.get(..filled).unwrap_or_default();
        let sound = match std::str::from_utf8(bytes) {
            Ok(_) => filled,
            // A character that is not whole yet may end in the next piece.
            Err(e) if e.error_len().is_none() && read > 0 => e.valid_up_to(),
            Err(_) => return Ok(false),
        };
        if read == 0 {
            return Ok(true);
        }
        piece.copy_within(sound..filled, 0);
        kept = filled - sound;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(bytes: &[u8], wanted: &[&str]) -> Look {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        std::fs::write(&path, bytes).expect("it can be written");
        let said = Files {
            from: "a.csv".into(),
            sheet: None,
            encoding: None,
            delimiter: None,
            header_row: None,
        };
        look(&path, &said, wanted).expect("it can be read")
    }

    #[test]
    fn the_separator_and_the_header_row_are_those_that_fit_best() {
        let wanted = ["Episode ID", "Start"];
        for (delimiter, rows) in [(',', 1), ('\t', 3), (';', 2), ('|', 10)] {
            let titles = "Episode ID, and a title\n".repeat(rows - 1);
            let text = format!("{titles}Episode ID {delimiter}\"Start\"\n1{delimiter}2\n");
            let look = looked(text.as_bytes(), &wanted);
            assert_eq!((look.delimiter, look.header_row), (delimiter as u8, rows));
        }
        let eleventh = "title\n".repeat(10) + "Episode ID,Start\n";
        assert_eq!(looked(eleventh.as_bytes(), &wanted).header_row, 1);
    }

    #[test]
    fn the_encoding_is_that_of_the_bytes_wherever_they_stand() {
        let long = "id\n".to_owned() + &"\u{e9}".repeat(100_001) + "\n";
        assert_eq!(looked(long.as_bytes(), &["id"]).encoding, Encoding::Utf8);
        let mut older = long.clone().into_bytes();
        older.extend(b"\x93a\x94");
        assert_eq!(looked(&older, &["id"]).encoding, Encoding::Windows1252);
        let cut = &long.as_bytes()[..100_000];
        assert_eq!(looked(cut, &["id"]).encoding, Encoding::Windows1252);
        let wide: Vec<u8> =
            "\u{feff}id\tname\n1\t2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let look = looked(&wide, &["name", "id"]);
        assert_eq!(look, Look { encoding: Encoding::Utf16Le, delimiter: b'\t', header_row: 1 });
    }
}
