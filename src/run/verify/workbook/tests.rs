//! A sound workbook keeps to every rule, and each rule notices a workbook that breaks it.

use std::io::{Cursor, Read, Write};

use super::*;
use crate::render::{demo, workbook::workbook};

/// Which rules a workbook breaks.
fn broken(bytes: &[u8]) -> Vec<Rule> {
    let looked = look(bytes).expect("a workbook");
    looked.into_iter().filter(|(_, places)| !places.is_empty()).map(|(rule, _)| rule).collect()
}

/// The workbook with one text of one part changed everywhere in it, or with a part more.
fn changed(book: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).expect("a workbook");
    let mut copy = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let mut found = from.is_empty();
    let mut write = |name: &str, text: &str| {
        copy.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
        copy.write_all(text.as_bytes()).expect("written");
    };
    for name in names {
        let mut text = String::new();
        archive.by_name(&name).expect("it is there").read_to_string(&mut text).expect("text");
        if name == part && !from.is_empty() {
            found = text.contains(from);
            text = text.replace(from, to);
        }
        write(&name, &text);
    }
    if from.is_empty() {
        write(part, to);
    }
    assert!(found, "{part} has no {from}");
    copy.finish().expect("finished").into_inner()
}

const TABLE_1: &str = "xl/worksheets/sheet7.xml";
const TABLE_1_RELATIONS: &str = "xl/worksheets/_rels/sheet7.xml.rels";
const TABLE_1_MARKED: &str = "xl/tables/table6.xml";
const WORKBOOK: &str = "xl/workbook.xml";
const STRINGS: &str = "xl/sharedStrings.xml";
const STYLES: &str = "xl/styles.xml";
const PROPERTIES: &str = "docProps/core.xml";
const VIEW: &str = r#"<sheetView workbookViewId="0"/>"#;

/// What each rule has to notice: the part, what stands there, what is put in its place.
const MISTAKES: &[(Rule, &str, &str, &str)] = &[
    (Rule::CoverThenContents, WORKBOOK, r#"name="Contents""#, r#"name="Index""#),
    (Rule::Tabs, WORKBOOK, r#"name="Table_1""#, r#"name="1 Table""#),
    (Rule::Tabs, WORKBOOK, r#"name="Table_1""#, r#"name="figure_1""#),
    (Rule::NothingHidden, WORKBOOK, r#"name="Table_1""#, r#"name="Table_1" state="hidden""#),
    (Rule::NothingHidden, TABLE_1, r#"<col min="1""#, r#"<col hidden="1" min="1""#),
    (Rule::NothingHidden, TABLE_1, r#"<row r="7""#, r#"<row hidden="1" r="7""#),
    (Rule::Contents, "xl/worksheets/sheet2.xml", "'Table_1'!A1", "'Figure_1'!A1"),
    (Rule::Contents, STRINGS, " [note 1]", " since 2024 [note 1]"),
    (Rule::OneTable, TABLE_1_RELATIONS, r#"/table""#, r#"/other""#),
    (Rule::TableAlone, TABLE_1_MARKED, "totalsRow", r#"headerRowCount="0" totalsRow"#),
    (
        Rule::TableAlone,
        TABLE_1,
        "</sheetData>",
        r#"<row r="99"><c r="A99" t="inlineStr"><is><t>See above.</t></is></c></row></sheetData>"#,
    ),
    (Rule::Title, STRINGS, "This worksheet contains one table.", "This worksheet contains"),
    (Rule::NoBlanks, STRINGS, "<t>Better than a year ago</t>", "<t> </t>"),
    (Rule::Heads, STRINGS, "<t>Meaning</t>", "<t>shorthand</t>"),
    (Rule::Source, STRINGS, "<t>Source: ", "<t>From "),
    (Rule::Notes, STRINGS, " [note 1]", " [note 99]"),
    (Rule::Notes, STRINGS, " [note 1]", ""),
    (Rule::Notes, STRINGS, "<t>Better than a year ago</t>", "<t>Better [note 1]</t>"),
    (Rule::Shorthand, STRINGS, "<t>[x]</t>", "<t>[q]</t>"),
    (Rule::Shorthand, STRINGS, "<t>Shorthand: ", "<t>Short: "),
    (
        Rule::NothingMerged,
        TABLE_1,
        "</sheetData>",
        r#"</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>"#,
    ),
    (
        Rule::NoPanes,
        TABLE_1,
        VIEW,
        r#"<sheetView workbookViewId="0"><pane ySplit="1" state="frozen"/></sheetView>"#,
    ),
    (Rule::NoFilters, TABLE_1_MARKED, "<tableColumns", r#"<autoFilter ref="A6:B9"/><tableColumns"#),
    (Rule::NoFills, STYLES, r#"patternType="gray125""#, r#"patternType="solid""#),
    (
        Rule::NoPictures,
        TABLE_1_RELATIONS,
        "</Relationships>",
        r#"<Relationship Id="rId9" Type="x/drawing" Target="../drawings/drawing1.xml"/></Relationships>"#,
    ),
    (Rule::NothingForeign, "xl/vbaProject.bin", "", "Sub Auto_Open()"),
    (
        Rule::NoHeadersAndFooters,
        TABLE_1,
        "</sheetData>",
        "</sheetData><headerFooter><oddFooter>draft</oddFooter></headerFooter>",
    ),
    (
        Rule::Cursor,
        TABLE_1,
        VIEW,
        r#"<sheetView workbookViewId="0"><selection activeCell="B3" sqref="B3"/></sheetView>"#,
    ),
    (Rule::Cursor, WORKBOOK, "<workbookView ", r#"<workbookView activeTab="3" "#),
    (Rule::DocumentTitle, PROPERTIES, "Early Help outcomes, September 2026", ""),
    (Rule::NothingOfTheMachine, PROPERTIES, "T00:00:00Z", "T13:05:11Z"),
    (
        Rule::NothingOfTheMachine,
        PROPERTIES,
        "<cp:lastModifiedBy>Exampleshire County Council",
        "<cp:lastModifiedBy>somebody",
    ),
    (Rule::NoFormulas, TABLE_1, "</row>", "<c><f>1+1</f><v>2</v></c></row>"),
    (Rule::NumbersAreNumbers, STRINGS, "<t>Better than a year ago</t>", "<t>1,240</t>"),
    (Rule::NumberFormats, STYLES, r#"<xf numFmtId="16"#, r#"<xf numFmtId="0" was="16"#),
    (Rule::HeaderOnEveryPage, WORKBOOK, "Contents!$3:$3", "Contents!$1:$1"),
    (Rule::Letters, STYLES, r#"<sz val="12"/>"#, r#"<sz val="9"/>"#),
    (Rule::Letters, STYLES, r#"<sz val="12"/>"#, r#"<vertAlign val="superscript"/><sz val="12"/>"#),
    (Rule::Widths, TABLE_1, r#"<col min="1""#, r#"<col min="99""#),
];

#[test]
fn a_workbook_keeps_to_every_rule_and_no_mistake_goes_unnoticed() {
    let sound = workbook(&demo::document(), "index.html").expect("a workbook");
    assert_eq!(broken(&sound), []);
    for (rule, part, from, to) in MISTAKES {
        let found = broken(&changed(&sound, part, from, to));
        assert!(found.contains(rule), "{rule:?} does not notice {to} in {part}: {found:?}");
    }
    let tried = |rule: &Rule| MISTAKES.iter().any(|(of, ..)| of == rule);
    let untried: Vec<Rule> = Rule::ALL.into_iter().filter(|rule| !tried(rule)).collect();
    assert_eq!(untried, [], "no mistake is made against these");
}

#[test]
fn what_is_no_workbook_is_said_to_be_none() {
    assert!(look(b"Measure,Number").is_err());
}
