//! The first report that the bench times is a sound one: what a council begins with, and no less.

use std::path::Path;

use early_help::definitions::load::load;

#[path = "../../benches/first/mod.rs"]
mod first;

#[test]
fn the_definitions_of_a_first_report_are_sound() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("first");
    first::write(&shipped, &folder);
    let definitions = load(&folder).definitions.expect("sound");
    assert!(definitions.measures.len() > 70, "{}", definitions.measures.len());
    let [monthly] = definitions.packs.as_slice() else { panic!("one pack") };
    assert_eq!(monthly.audiences, ["internal", "board"]);
    assert_eq!(monthly.sections.len(), 5);
}
