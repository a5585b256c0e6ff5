//! The report that the sample council gives to the public, and a pack that it gives to its partners, word for word and
//! number by number, so that whoever reads a change sees in a diff what it does to a page. `INSTA_UPDATE=always cargo
//! test golden` writes them anew.

use super::{MONTHLY, QUARTERLY, Run, page};

fn reads_as_it_did(run: &Run, page: &str, name: &str) {
    let page = page::lines(run.text(page));
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, page.join("\n"));
    });
}

#[test]
fn the_public_report_reads_as_it_did() {
    reads_as_it_did(&MONTHLY, "2026-09-monthly/public/index.html", "public_report_of_the_sample");
}

#[test]
fn the_pack_of_the_partnership_reads_as_it_did() {
    let page = "2026-27-Q2-quarterly/partnership/index.html";
    reads_as_it_did(&QUARTERLY, page, "partnership_pack_of_the_sample");
}
