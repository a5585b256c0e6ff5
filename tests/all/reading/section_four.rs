//! The habits of real exports, one small file each: what goes in, and what the ledger says.

use super::{Exports, assert_lines};

/// A habit of exports.
struct Habit {
    habit: &'static str,
    /// The file.
    text: &'static [u8],
    /// How the map is written beyond its columns.
    map: &'static str,
    /// Its columns.
    columns: &'static str,
    /// What the ledger or the rows say, among other things.
    says: &'static [&'static str],
}

const KINDS: &str = "[codes.kinds]\nunmapped = \"missing\"\n[codes.kinds.map]\n\
    \"1A\" = \"home\"\n\"2A - School \u{2013} child\u{2019}s\" = \"school\"\n\"s) REFU\" = \"refused\"\n\
    \"s) NOBT\" = \"none\"\n\"nan\" = \"not_recorded\"\n";

const HABITS: &[Habit] = &[
    Habit {
        habit: "several forms of date and serials in one column, counted by form",
        text: b"ID,On\n1,04/05/2025\n2,2025-05-04\n3,45781\n4,04/25/2025\n5,45781.75\n",
        map: "date_formats = [\"%d/%m/%Y\", \"%Y-%m-%d\", \"serial\"]",
        columns: "on = { column = \"On\" }",
        says: &[
            "visits: 5 read, 4 used",
            "a.csv row 4 line 5, On: not a date in the expected form",
            "On: dates written as %d/%m/%Y (1)",
            "On: dates written as %Y-%m-%d (1)",
            "On: dates written as serial (2)",
            "= 1 | 2025-05-04",
            "= 3 | 2025-05-04",
            "= 5 | 2025-05-04",
        ],
    },
    Habit {
        habit: "month and day are never exchanged",
        text: b"ID,On\n1,05/04/2025\n2,04/25/2025\n",
        map: "date_formats = [\"%d/%m/%Y\"]",
        columns: "on = { column = \"On\" }",
        says: &["= 1 | 2025-04-05", "a.csv row 2 line 3, On: not a date in the expected form"],
    },
    Habit {
        habit: "dates with the month as a word and a time",
        text: b"ID,On\n1,2020-Apr-25 00:00:00\n2,2020-Apr-25\n",
        map: "date_formats = [\"%Y-%b-%d %H:%M:%S\"]",
        columns: "on = { column = \"On\" }",
        says: &["= 1 | 2020-04-25", "a.csv row 2 line 3, On: not a date in the expected form"],
    },
    Habit {
        habit: "the days that mean no date, in every form",
        text: b"ID,On\n1,01/01/1900\n2,30/12/1899\n3,31/12/1899\n4,00/01/1900\n5,0\n6,1\n",
        map: "date_formats = [\"%d/%m/%Y\", \"serial\"]",
        columns: "on = { column = \"On\" }",
        says: &[
            "visits: 6 read, 6 used",
            "On: dates that mean that nothing was recorded (6)",
            "= 6",
        ],
    },
    Habit {
        habit: "the 29 February 1900 that never was, and what lies before it",
        text: b"ID,On\n1,60\n2,59\n3,61\n",
        map: "date_formats = [\"serial\"]",
        columns: "on = { column = \"On\" }",
        says: &[
            "a.csv row 1 line 2, On: not a date in the expected form",
            "a.csv row 2 line 3, On: not a date in the expected form",
            "= 3 | 1900-03-01",
        ],
    },
    Habit {
        habit: "a byte order mark before the first name",
        text: b"\xEF\xBB\xBFID,On\n1,2025-05-04\n",
        map: "",
        columns: "on = { column = \"On\" }",
        says: &["a.csv, utf-8, ',', names in line 1: 1 rows", "= 1 | 2025-05-04"],
    },
    Habit {
        habit: "Windows-1252, where nothing says so, with quotes, dashes and blanks of its own in names and words",
        text: b"ID,Child\x92s\xA0kind \n1,2A \x96 School - CHILD'S\n2,1A\n",
        map: "",
        columns: "kind = { column = \"child's Kind\", codes = \"kinds\" }",
        says: &["a.csv, windows-1252, ',', names in line 1: 2 rows", "= 1 | school", "= 2 | home"],
    },
    Habit {
        habit: "text that was read in the wrong encoding and saved again is used, and counted",
        text: "ID,Note\n1,Ren\u{c3}\u{a9}e\n2,Ren\u{e9}e\n3,child\u{e2}\u{20ac}\u{2122}s\n"
            .as_bytes(),
        map: "",
        columns: "note = { column = \"Note\" }",
        says: &["visits: 3 read, 3 used", "Note: text that was read in the wrong encoding (2)"],
    },
    Habit {
        habit: "title rows, and names that are blank",
        text: b"List 2: Early Help,,\nas at,30/09/2026,\n,ID,On\nx,1,2025-05-04\n",
        map: "",
        columns: "on = { column = \"On\" }",
        says: &["a.csv, utf-8, ',', names in line 3: 1 rows", "= 1 | 2025-05-04"],
    },
    Habit {
        habit: "a header row that is declared is not doubted",
        text: b"ID,On\nID,On\n1,2025-05-04\n",
        map: "header_row = 2",
        columns: "on = { column = \"On\" }",
        says: &["visits: 1 read, 1 used", "a.csv, utf-8, ',', names in line 2: 1 rows"],
    },
    Habit {
        habit: "errors of spreadsheets as text are nothing, and counted, in columns of every kind",
        text: b"ID,On,Kind,N,Who,Note\n1,#N/A,#NULL!,nan,#REF!,#MULTIVALUE\n2,2025-05-04,1A,5,,x\n",
        map: "",
        columns: "on = { column = \"On\" }\nkind = { column = \"Kind\", codes = \"kinds\" }\nminutes = { column = \"N\" }\nperson_id = { column = \"Who\" }\nnote = { column = \"Note\" }",
        says: &[
            "visits: 2 read, 2 used",
            "On: error values, taken as nothing recorded (1)",
            "Kind: error values, taken as nothing recorded (1)",
            "N: error values, taken as nothing recorded (1)",
            "Who: error values, taken as nothing recorded (1)",
            "Note: error values, taken as nothing recorded (1)",
            "= 1",
        ],
    },
    Habit {
        habit: "an error in the key costs the row",
        text: b"ID\n#N/A\n",
        map: "",
        columns: "",
        says: &["a.csv row 1 line 2, ID: a required value is missing"],
    },
    Habit {
        habit: "`nan` means what the code map says where it says so",
        text: b"ID,Kind\n1,nan\n",
        map: "",
        columns: "kind = { column = \"Kind\", codes = \"kinds\" }",
        says: &["= 1 | not_recorded"],
    },
    Habit {
        habit: "identifiers keep their noughts, and those that a spreadsheet took are put back where the map says how many",
        text: b"ID,Who\n0566910,0566910\n566911,566911\n1001.0,A12\n",
        map: "",
        columns: "note = { column = \"Who\" }",
        says: &["= 0566910 | 0566910", "= 0566911 | 566911", "= 1001.0 | A12"],
    },
    Habit {
        habit: "code drift: exact words, words typed differently, else unmapped and counted; nothing is guessed",
        text: b"ID,Kind\n1,1A\n2,1a\n3,1A extended\n4,4\n",
        map: "",
        columns: "kind = { column = \"Kind\", codes = \"kinds\" }",
        says: &[
            "= 1 | home",
            "= 2 | home",
            "= 3",
            "= 4",
            "Kind: words that the code map does not know (2)",
        ],
    },
    Habit {
        habit: "two codes with one letter before them are told apart by the code",
        text: b"ID,Kind\n1,s) REFU\n2,s) NOBT\n3,t) NOBT\n4,NOBT\n5,s)\n",
        map: "",
        columns: "kind = { column = \"Kind\", codes = \"kinds\" }",
        says: &["= 1 | refused", "= 2 | none", "= 3 | none", "= 4 | none", "= 5"],
    },
    Habit {
        habit: "a blank means what the code map says of it, if it says anything",
        text: b"ID,Done\n1,\n2,Y\n3,N/A\n",
        map: "null_values = [\"N/A\"]",
        columns: "done = { column = \"Done\", codes = \"kinds_done\" }\n[codes.kinds_done.map]\n\"Y\" = true\n\"\" = false",
        says: &["= 1 | false", "= 2 | true", "= 3 | false"],
    },
    Habit {
        habit: "test people and rows marked as duplicates are left out by a rule in the export's own names",
        text: b"ID,Full Name,Flag\n1,DUPLICATE Smith,N\n2,Jones,Y\n3,Khan,\n4,Ali,N\n5,ZZTest,N\n",
        map: "keep_when = \"`Full Name` is not null and not contains(`Full Name`, 'DUPLICATE') and not starts_with(`Full Name`, 'ZZ') and Flag <> 'Y'\"",
        columns: "",
        says: &[
            "visits: 5 read, 1 used",
            "a.csv row 1 line 2, (the row): left out by `keep_when`",
            "a.csv row 2 line 3, (the row): left out by `keep_when`",
            "a.csv row 3 line 4, (the row): left out by `keep_when`: a value that it asks for is missing",
            "a.csv row 5 line 6, (the row): left out by `keep_when`",
            "= 4",
        ],
    },
    Habit {
        habit: "a day in the future",
        text: b"ID,On\n1,2026-10-01\n2,2026-09-30\n",
        map: "",
        columns: "on = { column = \"On\" }",
        says: &["a.csv row 1 line 2, On: a date in the future", "= 2 | 2026-09-30"],
    },
    Habit {
        habit: "scores and other numbers: nought is a number, a blank and 7/10 are none, and no comma is guessed at",
        text: b"ID,N\n1,0\n2,\n3,7/10\n4,\"7,5\"\n5,5-6\n6,<1\n7,6 months\n8,-1\n9,-\n",
        map: "null_values = [\"\", \"-\"]",
        columns: "minutes = { column = \"N\" }",
        says: &[
            "= 1 | 0",
            "= 2",
            "a.csv row 3 line 4, N: not a number",
            "a.csv row 4 line 5, N: not a number",
            "a.csv row 5 line 6, N: not a number",
            "a.csv row 6 line 7, N: not a number",
            "a.csv row 7 line 8, N: not a number",
            "= 8 | -1",
            "= 9",
        ],
    },
    Habit {
        habit: "pupil numbers with a wrong check letter are used, and counted",
        text: b"ID,UPN\n1,T004199988970\n2,A004199988970\n",
        map: "",
        columns: "person_id = { column = \"UPN\", check = \"upn\" }",
        says: &["visits: 2 read, 2 used", "UPN: identifiers with a wrong check character (1)"],
    },
    Habit {
        habit: "UTF-16, as spreadsheets save Unicode text, with tabs",
        text: b"\xFF\xFEI\0D\0\t\0N\0o\0t\0e\0\r\0\n\x001\0\t\0\xE9\0\r\0\n\0",
        map: "",
        columns: "note = { column = \"Note\" }",
        says: &["a.csv, utf-16le, '\\t', names in line 1: 1 rows", "= 1 | \u{e9}"],
    },
    Habit {
        habit: "rows that are the same twice, and rows of one key that differ",
        text: b"ID,N\n1,5\n1,5\n1,6\n",
        map: "",
        columns: "minutes = { column = \"N\" }",
        says: &[
            "a.csv row 2 line 3, visit_id: repeats an earlier row exactly",
            "a.csv row 3 line 4, visit_id: the same key as an earlier row, with other values",
        ],
    },
];

#[test]
fn habits_of_exports_come_out_as_the_ledger_says() {
    for Habit { habit, text, map, columns, says } in HABITS {
        let digits = if habit.contains("put back") { ", digits = 7" } else { "" };
        let codes = if columns.contains("\"kinds\"") { KINDS } else { "" };
        let mapping = format!(
            "[map.visits]\nfrom = \"a.csv\"\ncomplete_to = 2026-09-30\n{map}\n\
             [map.visits.columns]\nvisit_id = {{ column = \"ID\"{digits} }}\n{columns}\n{codes}"
        );
        let said = Exports::new(&[("a.csv", text)]).says(&mapping);
        assert_lines(&format!("{habit}\n{said}"), says);
    }
}

#[test]
fn an_end_before_its_start_costs_the_row() {
    let exports = Exports::new(&[(
        "stays.csv",
        b"P,From,To\n1,2025-03-01,2025-02-01\n2,2025-03-01,2025-03-01\n3,2025-03-01,\n",
    )]);
    let said = exports.says(
        "[map.stays]\nfrom = \"stays.csv\"\ncomplete_to = 2026-09-30\n[map.stays.columns]\n\
         person_id = { column = \"P\" }\nfrom = { column = \"From\" }\nto = { column = \"To\" }",
    );
    assert_lines(
        &said,
        &["stays.csv row 1 line 2, to: ends before it starts", "= 2 | 2025-03-01 | 2025-03-01"],
    );
}

#[test]
fn a_map_may_stop_at_rows_that_are_wrong_and_a_code_map_at_words_that_it_does_not_know() {
    let exports = Exports::new(&[("a.csv", b"ID,N,Kind\n1,5,1A\n2,x,1A\n3,5,secret\n4,y,1A\n")]);
    let map = |more: &str, unmapped: &str| {
        format!(
            "[map.visits]\nfrom = \"a.csv\"\ncomplete_to = 2026-09-30\n{more}\n[map.visits.columns]\n\
             visit_id = {{ column = \"ID\" }}\nminutes = {{ column = \"N\" }}\n\
             kind = {{ column = \"Kind\", codes = \"kinds\" }}\n\
             [codes.kinds]\nunmapped = {unmapped}\n[codes.kinds.map]\n\"1A\" = \"home\""
        )
    };
    let all = exports.read(&map("bad_rows = \"stop\"", "\"missing\"")).expect_err("it stops");
    for part in ["a.csv: 2 rows", "row 2 (line 3), column \"N\": not a number", "mend:"] {
        assert!(all.contains(part), "{all}");
    }
    let words = exports.read(&map("", "\"stop\"")).expect_err("it stops");
    for part in
        ["a.csv: 1 rows", "row 3 (line 4), column \"Kind\"", "add the words to the code map"]
    {
        assert!(words.contains(part), "{words}");
    }
    assert!(!words.contains("secret"), "{words}");
    let becomes = exports.says(&map("", "\"school\""));
    assert_lines(
        &becomes,
        &["= 3 | school | 5", "Kind: words that the code map does not know (1)"],
    );
}

#[test]
fn a_code_map_gives_other_words_for_words_too() {
    let exports =
        Exports::new(&[("a.csv", b"ID,School\n1,9990001\n2,9990002\n3, 9990003\n4,9990009\n5,\n")]);
    let map = |unmapped: &str| {
        format!(
            "[map.visits]\nfrom = \"a.csv\"\ncomplete_to = 2026-09-30\n[map.visits.columns]\n\
             visit_id = {{ column = \"ID\" }}\nnote = {{ column = \"School\", codes = \"clusters\" }}\n\
             [codes.clusters]\nunmapped = \"{unmapped}\"\n[codes.clusters.map]\n\
             \"9990001\" = \"Moor\"\n\"9990002\" = \"City\"\n\"9990003\" = \"Moor\""
        )
    };
    let unknown = "School: words that the code map does not know (1)";
    let missing = exports.says(&map("missing"));
    assert_lines(&missing, &["= 1 | Moor", "= 2 | City", "= 3 | Moor", unknown]);
    assert!(!missing.contains("9990009"), "{missing}");
    assert_lines(&exports.says(&map("Elsewhere")), &["= 4 | Elsewhere", "= 5", unknown]);
    let aside = exports.says(&map("quarantine"));
    assert_lines(
        &aside,
        &["a.csv row 4 line 5, School: a word that the code map does not know", "= 5"],
    );
}
