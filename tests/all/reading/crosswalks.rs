//! Matching by tiers: counted, reported, never silent.

use super::{Exports, assert_lines};

#[test]
fn each_row_says_by_which_tier_it_was_matched_and_those_that_match_nobody_are_put_aside() {
    let exports = Exports::new(&[
        (
            "ids.csv",
            b"UPN,SURNAME,DOB,PERSON\nT004199988970,O'Neil,04/05/2015,P1\n,Smith,01/02/2016,P2\n,Smith,01/02/2016,P3\n,Khan,09/09/2014,P4\n",
        ),
        (
            "visits.csv",
            b"ID,Pupil,Name,Born\n1,T004199988970,,\n2,,O\x92NEIL,2015-05-04\n3,,Smith,2016-02-01\n4,,Khan,2014-09-08\n5,,,\n6,T004199988970,Khan,2014-09-09\n",
        ),
    ]);
    let said = exports.says(
        "[map.visits]\nfrom = \"visits.csv\"\ncomplete_to = 2026-09-30\n[map.visits.columns]\n\
         visit_id = { column = \"ID\" }\n\
         person_id = { via = \"people\", with = { UPN = \"Pupil\", SURNAME = \"Name\", DOB = \"Born\" } }\n\
         [crosswalk.people]\nfrom = \"ids.csv\"\ngives = \"PERSON\"\ndate_formats = [\"%d/%m/%Y\"]\n\
         tiers = [ { title = \"UPN\", key = [\"UPN\"], check = \"upn\" }, \
                   { title = \"name and date of birth\", key = [\"SURNAME\", \"DOB\"] } ]",
    );
    let column = "Pupil + Name + Born";
    assert_lines(
        &said,
        &[
            "visits: 6 read, 4 used",
            &format!("{column}: matched by UPN (2)"),
            &format!("{column}: matched by name and date of birth (1)"),
            &format!("{column}: matched nobody, because name and date of birth fits several (1)"),
            &format!(
                "visits.csv row 3 line 4, {column}: an identifier that the crosswalk does not know"
            ),
            &format!(
                "visits.csv row 4 line 5, {column}: an identifier that the crosswalk does not know"
            ),
            "= 1 | P1",
            "= 2 | P1",
            "= 5",
            // The surer tier decides, whatever the name says.
            "= 6 | P1",
        ],
    );
}
