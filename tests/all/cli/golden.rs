//! The report that the sample council gives to the public, word for word and number by number, so that whoever reads a
//! change sees in a diff what it does to a page. `INSTA_UPDATE=always cargo test golden` writes it anew.

use super::{MONTHLY, page};

#[test]
fn the_public_report_reads_as_it_did() {
    let page = page::lines(MONTHLY.text("2026-09-monthly/public/index.html"));
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("public_report_of_the_sample", page.join("\n"));
    });
}
