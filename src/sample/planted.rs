//! Bad rows among the good: a known number of each kind, and where they stand.
//!
//! A planted row is an extra row, made from the last good row of its file, with one fault. Without
//! the planted rows the export is the clean council.

use csv::StringRecord;

use crate::sample::export::{Export, Sheet};
use crate::sample::truth::PlantedRows;

/// The fault of a planted row.
enum Fault {
    /// These columns have these values. `{n}` is a number that no other planted row has, `{d}` a day
    /// of the month: they keep the row's key its own, so that the fault is the only one. No good
    /// identifier has an X in it.
    Set(&'static [(&'static str, &'static str)]),
    /// As `Set`, but only after a row whose column has another value than this one.
    SetUnless(&'static str, &'static str, &'static [(&'static str, &'static str)]),
    /// A score like this on the ten-domain scale.
    Score(&'static str),
    /// The good row once more.
    Again,
    /// One field too many, or one too few.
    Fields { more: bool, set: &'static [(&'static str, &'static str)] },
}

/// A kind of bad row in one file.
struct Planting {
    kind: &'static str,
    sheet: fn(&mut Export) -> &mut Sheet,
    count: usize,
    fault: Fault,
    quarantine: bool,
}

const fn bad(
    kind: &'static str,
    sheet: fn(&mut Export) -> &mut Sheet,
    count: usize,
    fault: Fault,
) -> Planting {
    Planting { kind, sheet, count, fault, quarantine: true }
}

/// Rows that look odd and are right: they have to be used.
const fn odd(
    kind: &'static str,
    sheet: fn(&mut Export) -> &mut Sheet,
    count: usize,
    fault: Fault,
) -> Planting {
    Planting { kind, sheet, count, fault, quarantine: false }
}

static PLANTINGS: [Planting; 33] = [
    bad("impossible_date", |e| &mut e.reviews, 3, Fault::Set(&[("Meeting Date", "31/02/2025")])),
    bad(
        "impossible_date",
        |e| &mut e.contacts,
        2,
        Fault::Set(&[("Contact ID", "CX{n}"), ("Received", "30/02/2025")]),
    ),
    bad(
        "american_date",
        |e| &mut e.assessments,
        3,
        Fault::Set(&[("Assessment ID", "WFAX{n}"), ("Requested", "04/25/2025")]),
    ),
    bad(
        "undeclared_date_form",
        |e| &mut e.feedback,
        2,
        Fault::Set(&[("Form ID", "FBX{n}"), ("Sent", "2025-03-04")]),
    ),
    odd(
        "sentinel_date",
        |e| &mut e.services,
        4,
        Fault::Set(&[("Start", "{d}/04/2023"), ("End", "01/01/1900")]),
    ),
    bad(
        "end_before_start",
        |e| &mut e.social_care,
        3,
        Fault::Set(&[("Start", "{d}/03/2025"), ("End", "01/02/2024"), ("End Reason", "Universal")]),
    ),
    bad(
        "end_before_start",
        |e| &mut e.benefits,
        2,
        Fault::Set(&[("Claim Start", "{d}/09/2025"), ("Claim End", "01/08/2025")]),
    ),
    bad(
        "after_as_at",
        |e| &mut e.contacts,
        2,
        Fault::Set(&[
            ("Contact ID", "CX{n}"),
            ("Received", "14/02/2027"),
            ("Decided", ""),
            ("Outcome", ""),
        ]),
    ),
    bad(
        "after_as_at",
        |e| &mut e.audits,
        2,
        Fault::Set(&[("Audit ID", "AUX{n}"), ("Audit Date", "01/12/2027")]),
    ),
    bad("score_out_of_range", |e| &mut e.scores, 4, Fault::Score("14")),
    bad("score_off_step", |e| &mut e.scores, 3, Fault::Score("3.3")),
    bad("score_as_text", |e| &mut e.scores, 3, Fault::Score("7/10")),
    bad("unknown_code", |e| &mut e.police, 4, Fault::Set(&[("URN", "MPX{n}"), ("KIND", "INTEL")])),
    bad(
        "unknown_code",
        |e| &mut e.housing,
        2,
        Fault::Set(&[("Situation", "Caravan"), ("From", "{d}/01/2010"), ("To", "28/02/2010")]),
    ),
    bad("missing_identifier", |e| &mut e.cases, 2, Fault::Set(&[("Episode ID", "")])),
    bad("missing_identifier", |e| &mut e.recorded_needs, 2, Fault::Set(&[("PERSON_ID", "")])),
    bad("missing_date", |e| &mut e.judgements, 3, Fault::Set(&[("Date", "")])),
    bad("exact_duplicate", |e| &mut e.attendance, 4, Fault::Again),
    bad("exact_duplicate", |e| &mut e.members, 2, Fault::Again),
    bad("duplicate_key", |e| &mut e.people, 2, Fault::Set(&[("DOB", "{d}/01/2001")])),
    bad(
        "duplicate_key",
        |e| &mut e.contacts,
        3,
        Fault::Set(&[("Received", "{d}/05/2024"), ("Decided", ""), ("Outcome", "")]),
    ),
    bad("orphan_person", |e| &mut e.benefits, 3, Fault::Set(&[("PERSON_ID", "PX{n}")])),
    bad("orphan_person", |e| &mut e.social_care, 2, Fault::Set(&[("PERSON_ID", "PX{n}")])),
    bad("orphan_case", |e| &mut e.reviews, 3, Fault::Set(&[("Episode ID", "EHX{n}")])),
    bad("unmatched_crosswalk", |e| &mut e.attendance, 3, Fault::Set(&[("UPN", "A999X{n}")])),
    bad(
        "unmatched_crosswalk",
        |e| &mut e.police,
        3,
        Fault::Set(&[("URN", "MPX{n}"), ("NOMINAL", "NMX{n}")]),
    ),
    bad(
        "attended_more_than_possible",
        |e| &mut e.attendance,
        3,
        Fault::SetUnless(
            "Term",
            "2025-26 summer",
            &[
                ("Term", "2025-26 summer"),
                ("PossSess", "126"),
                ("AttSess", "149"),
                ("UnauthSess", "0"),
            ],
        ),
    ),
    bad(
        "not_a_number",
        |e| &mut e.employment,
        2,
        Fault::Set(&[("Job Start", "{d}/02/2024"), ("Job End", ""), ("Hours", "full time")]),
    ),
    bad(
        "too_many_fields",
        |e| &mut e.employment,
        3,
        Fault::Fields { more: true, set: &[("Job Start", "{d}/06/2024"), ("Job End", "")] },
    ),
    bad("too_few_fields", |e| &mut e.supervision, 2, Fault::Fields { more: false, set: &[] }),
    odd(
        "child_not_born_at_start",
        |e| &mut e.people,
        2,
        Fault::Set(&[("PERSON_ID", "PX{n}"), ("DOB", "{d}/09/2026")]),
    ),
    odd(
        "mojibake",
        |e| &mut e.services,
        3,
        Fault::Set(&[
            ("Provider", "CafÃ© SolÃ© Community Hub"),
            ("Start", "{d}/05/2023"),
            ("End", ""),
        ]),
    ),
    odd("padded_identifier", |e| &mut e.audits, 2, Fault::Set(&[("Audit ID", " AUX{n} ")])),
];

/// One row still to plant, and the number of families after which it is due.
struct Due {
    planting: &'static Planting,
    after: u32,
}

/// The rows still to plant, and those that are.
pub(super) struct Planter {
    due: Vec<Due>,
    planted: Vec<PlantedRows>,
    number: u32,
}

impl Planter {
    /// Spreads the plantings over so many families.
    pub(super) fn new(families: u32) -> Self {
        let mut rows: Vec<&'static Planting> = Vec::new();
        for round in 0.. {
            let before = rows.len();
            rows.extend(PLANTINGS.iter().filter(|p| p.count > round));
            if rows.len() == before {
                break;
            }
        }
        let all = u64::try_from(rows.len()).unwrap_or(1) + 1;
        let due = (1_u64..)
            .zip(rows)
            .map(|(at, planting)| {
                let after = u64::from(families) * at / all;
                Due { planting, after: u32::try_from(after).unwrap_or(families) }
            })
            .collect();
        Self { due, planted: Vec::new(), number: 100 }
    }

    /// Plants what is due after so many families.
    pub(super) fn plant(&mut self, families: u32, out: &mut Export) {
        if self.due.iter().all(|d| d.after > families) {
            return;
        }
        let mut later = Vec::new();
        for due in std::mem::take(&mut self.due) {
            if due.after > families || !self.row(due.planting, out) {
                later.push(due);
            }
        }
        self.due = later;
    }

    /// What was planted.
    pub(super) fn planted(self) -> Vec<PlantedRows> {
        self.planted
    }

    /// Plants one row, if the file has a row to make it from.
    fn row(&mut self, planting: &Planting, out: &mut Export) -> bool {
        let sheet = (planting.sheet)(out);
        let Some(good) = sheet.last() else { return false };
        let mut fields: Vec<String> = good.iter().map(str::to_owned).collect();
        let mut set: Vec<(&str, &str)> = Vec::new();
        match &planting.fault {
            Fault::SetUnless(column, value, values) => {
                let at = sheet.column(column).and_then(|at| fields.get(at));
                if at.is_none_or(|field| field == value) {
                    return false;
                }
                set.extend(*values);
            }
            Fault::Set(values) | Fault::Fields { set: values, .. } => set.extend(*values),
            Fault::Score(score) => set.extend([
                ("Tool", "FS10"),
                ("Area", "safety"),
                ("Who", "Family"),
                ("Point", "Review"),
                ("Score", score),
                ("Date", "{d}/03/2025"),
            ]),
            Fault::Again => {}
        }
        self.number += 1;
        let (number, day) = (self.number.to_string(), format!("{:02}", self.number % 28 + 1));
        for (column, value) in set {
            let value = value.replace("{n}", &number).replace("{d}", &day);
            if let Some(field) = sheet.column(column).and_then(|at| fields.get_mut(at)) {
                *field = value;
            }
        }
        match planting.fault {
            Fault::Fields { more: true, .. } => fields.push("see notes".to_owned()),
            Fault::Fields { more: false, .. } => drop(fields.pop()),
            _ => {}
        }
        let row = sheet.plant(&StringRecord::from(fields));
        let file = sheet.file();
        match self.planted.iter_mut().find(|p| p.kind == planting.kind && p.file == file) {
            Some(rows) => rows.rows.push(row),
            None => self.planted.push(PlantedRows {
                kind: planting.kind.to_owned(),
                file: file.to_owned(),
                rows: vec![row],
                quarantine: planting.quarantine,
            }),
        }
        true
    }
}
