//! A finished run can be checked by anybody, long after it was made.

use std::fs;

use super::{MONTHLY, a_folder, early_help, replace, text};

#[test]
fn an_untouched_run_passes_and_an_edited_page_or_a_new_file_is_named() {
    let folder = a_folder();
    for (name, bytes) in &MONTHLY.files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }
    let run = folder.path().join("2026-09-monthly");
    let whole = early_help(&["verify", text(&run)]);
    assert_eq!((whole.code, whole.err.as_str()), (0, ""), "{}", whole.out);
    assert!(whole.out.ends_with("checks passed\n"));

    replace(&run.join("board/index.html"), "monthly", "weekly");
    fs::write(run.join("board/extra.csv"), "").expect("it can be written");
    let edited = early_help(&["verify", text(&run)]);
    assert_eq!(edited.code, 1);
    let wrong: Vec<&str> = edited.out.lines().collect();
    assert_eq!(
        wrong,
        [
            "WRONG board/index.html: has changed since it was written",
            "WRONG files of the folder: not in the manifest: board/extra.csv",
        ]
    );
    assert!(edited.err.contains("checks failed"));
}

#[test]
fn what_is_no_run_is_said_to_be_none() {
    let folder = a_folder();
    let ended = early_help(&["verify", text(folder.path())]);
    assert_eq!((ended.code, ended.out.as_str()), (4, ""));
    assert!(ended.err.contains("run.json") && ended.err.contains("mend:"), "{}", ended.err);
}
