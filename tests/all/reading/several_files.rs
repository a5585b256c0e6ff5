//! Several files or several maps for one source.

use super::{Exports, assert_lines};

const TERMS: &str = "[map.visits]\nfrom = \"terms/*.csv\"\ncomplete_to = 2026-09-30\n\
    [map.visits.columns]\nvisit_id = { column = \"ID\" }\nminutes = { column = \"N\" }\n";

#[test]
fn files_that_fit_a_pattern_are_read_as_one_in_the_order_of_their_names() {
    let exports = Exports::new(&[
        ("terms/b.csv", b"ID,N\n3,30\n4,x\n"),
        ("terms/a.csv", b"Title\nN;ID\n10;1\n20;2\n"),
        ("terms/c.txt", b"no"),
        ("terms/deeper/d.csv", b"no"),
    ]);
    let said = exports.says(TERMS);
    assert_eq!(
        said,
        "visits: 4 read, 3 used\n  \
         terms/a.csv, utf-8, ';', names in line 2: 2 rows\n  \
         terms/b.csv, utf-8, ',', names in line 1: 2 rows\n  \
         terms/b.csv row 2 line 3, N: not a number\n  \
         = 1 | 10\n  = 2 | 20\n  = 3 | 30"
    );
}

#[test]
fn a_pattern_that_nothing_fits_is_an_error_and_never_an_empty_source() {
    let error = Exports::new(&[("a.csv", b"ID,N\n")]).read(TERMS).expect_err("nothing fits");
    assert!(error.contains("terms/*.csv") && error.contains("mend:"), "{error}");
}

#[test]
fn of_several_submissions_the_last_one_holds_where_the_map_says_so() {
    let exports = Exports::new(&[
        ("terms/2025.csv", b"ID,N\n1,10\n2,20\n3,30\n"),
        ("terms/2026.csv", b"ID,N\n2,25\n3,30\n2,26\n"),
    ]);
    let latest = TERMS.replace("complete_to", "repeated_keys = \"keep_latest\"\ncomplete_to");
    assert_lines(
        &exports.says(&latest),
        &[
            "visits: 6 read, 3 used",
            "terms/2025.csv row 2 line 3, visit_id: a later file has a row with the same key",
            "terms/2025.csv row 3 line 4, visit_id: a later file has a row with the same key",
            "terms/2026.csv row 3 line 4, visit_id: the same key as an earlier row, with other values",
            "= 1 | 10",
            "= 2 | 25",
            "= 3 | 30",
        ],
    );
    assert_lines(
        &exports.says(TERMS),
        &[
            "= 2 | 20",
            "terms/2026.csv row 1 line 2, visit_id: the same key as an earlier row, with other values",
            "terms/2026.csv row 2 line 3, visit_id: repeats an earlier row exactly",
        ],
    );
}

#[test]
fn several_maps_feed_one_source_each_with_its_own_columns_and_constants() {
    let exports = Exports::new(&[
        ("home.csv", b"No,Child,Date\n1,A,2025-05-04\n"),
        ("school.csv", b"Child,When,Min\nB,01/02/2025,15\nA,,20\n"),
    ]);
    let said = exports.says(
        "[map.home]\nfeeds = \"visits\"\nfrom = \"home.csv\"\ncomplete_to = 2026-09-30\n\
         [map.home.columns]\nvisit_id = { column = \"No\" }\nperson_id = { column = \"Child\" }\n\
         on = { column = \"Date\" }\nkind = { value = \"home\" }\n\
         [map.school]\nfeeds = \"visits\"\nfrom = \"school.csv\"\ncomplete_to = 2026-08-31\n\
         date_formats = [\"%d/%m/%Y\"]\n[map.school.columns]\n\
         visit_id = { columns = [\"Child\", \"When\"] }\nperson_id = { column = \"Child\" }\n\
         minutes = { column = \"Min\" }\nkind = { value = \"school\" }\nnote = { value = \"by form\" }",
    );
    assert_lines(
        &said,
        &[
            "visits: 3 read, 2 used",
            "= 1 | A | 2025-05-04 | home",
            "= B|2025-02-01 | B | school | 15 | by form",
            "school.csv row 2 line 3, Child + When: a required value is missing",
        ],
    );
}
