//! The export files in the council's own form: names, headers, encodings, one row at a time.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use csv::{StringRecord, Terminator, Writer, WriterBuilder};
use encoding_rs::WINDOWS_1252;

use crate::calendar::Day;
use crate::sample::SampleError;

/// How one export looks.
pub(super) struct Form {
    file: &'static str,
    columns: &'static [&'static str],
    titles: &'static [&'static str],
    delimiter: u8,
    windows_1252: bool,
    byte_order_mark: bool,
}

impl Form {
    const fn plain(file: &'static str, columns: &'static [&'static str]) -> Self {
        Self {
            file,
            columns,
            titles: &[],
            delimiter: b',',
            windows_1252: false,
            byte_order_mark: false,
        }
    }

    const fn titled(self, titles: &'static [&'static str]) -> Self {
        Self { titles, ..self }
    }

    const fn windows_1252(self) -> Self {
        Self { windows_1252: true, ..self }
    }
}

/// One export file being written.
pub(super) struct Sheet {
    form: Form,
    writer: Writer<File>,
    /// The row being built, then the last row written.
    row: StringRecord,
    rows: u64,
    failed: Option<csv::Error>,
}

impl Sheet {
    fn create(folder: &Path, form: Form) -> Result<Self, SampleError> {
        let failed = |source: std::io::Error| SampleError::new(form.file, source.into());
        let mut file = File::create(folder.join(form.file)).map_err(failed)?;
        if form.byte_order_mark {
            file.write_all(b"\xEF\xBB\xBF").map_err(failed)?;
        }
        let writer = WriterBuilder::new()
            .delimiter(form.delimiter)
            .terminator(Terminator::Any(b'\n'))
            .buffer_capacity(1 << 18)
            .flexible(true)
            .from_writer(file);
        let mut sheet = Self { form, writer, row: StringRecord::new(), rows: 0, failed: None };
        let titles = sheet.form.titles.iter().map(|title| StringRecord::from(vec![*title]));
        let header = StringRecord::from(sheet.form.columns.to_vec());
        for line in titles.chain([header]).collect::<Vec<_>>() {
            sheet.put(&line);
        }
        Ok(sheet)
    }

    /// Starts a row.
    pub(super) fn row(&mut self) -> Row<'_> {
        self.row.clear();
        Row { sheet: self }
    }

    /// The file's name.
    pub(super) fn file(&self) -> &'static str {
        self.form.file
    }

    /// The last row that was written, if there is one.
    pub(super) fn last(&self) -> Option<&StringRecord> {
        (self.rows > 0).then_some(&self.row)
    }

    /// The place of a column of the export.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.form.columns.iter().position(|c| *c == name)
    }

    /// Writes a row that is not like the others, and gives its number.
    pub(super) fn plant(&mut self, row: &StringRecord) -> u64 {
        self.put(row);
        self.rows += 1;
        self.rows
    }

    /// A failure is kept until [`Export::finish`], so that a story need not handle each row's.
    fn put(&mut self, record: &StringRecord) {
        let written = if self.form.windows_1252 {
            let bytes: csv::ByteRecord =
                record.iter().map(|field| WINDOWS_1252.encode(field).0.into_owned()).collect();
            self.writer.write_byte_record(&bytes)
        } else {
            self.writer.write_record(record)
        };
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }
}

/// A row being built, a field at a time in the order of the columns.
pub(super) struct Row<'a> {
    sheet: &'a mut Sheet,
}

impl Row<'_> {
    /// A field as it is.
    pub(super) fn text(self, text: &str) -> Self {
        self.sheet.row.push_field(text);
        self
    }

    /// An identifier: letters and a number of seven digits.
    pub(super) fn id(self, letters: &str, number: u32) -> Self {
        self.text(&format!("{letters}{number:07}"))
    }

    /// A whole number.
    pub(super) fn number(self, number: impl Into<i64>) -> Self {
        let number: i64 = number.into();
        self.text(&number.to_string())
    }

    /// A date as the council writes it.
    pub(super) fn day(self, day: Day) -> Self {
        self.text(&british(day))
    }

    /// A date, or nothing.
    pub(super) fn maybe(self, day: Option<Day>) -> Self {
        match day {
            Some(day) => self.day(day),
            None => self.text(""),
        }
    }

    /// `Y` or `N`.
    pub(super) fn yes(self, yes: bool) -> Self {
        self.text(if yes { "Y" } else { "N" })
    }

    /// Writes the row.
    pub(super) fn end(self) {
        let row = std::mem::take(&mut self.sheet.row);
        self.sheet.put(&row);
        self.sheet.row = row;
        self.sheet.rows += 1;
    }
}

/// `30/09/2026`
pub(super) fn british(day: Day) -> String {
    format!("{:02}/{:02}/{}", day.day_of_month(), day.month(), day.year())
}

macro_rules! export {
    ($($(#[$doc:meta])* $name:ident = $form:expr;)*) => {
        /// Every file of the export.
        pub(super) struct Export {
            $($(#[$doc])* pub(super) $name: Sheet,)*
        }

        impl Export {
            /// Creates the files in a folder that exists.
            ///
            /// # Errors
            /// When a file cannot be created.
            pub(super) fn create(folder: &Path) -> Result<Self, SampleError> {
                Ok(Self { $($name: Sheet::create(folder, $form)?,)* })
            }

            /// Every sheet, in the order of the declaration.
            fn sheets(&mut self) -> Vec<&mut Sheet> {
                vec![$(&mut self.$name,)*]
            }
        }
    };
}

export! {
    families = Form::plain("family_register.csv", &["FAMILY_REF", "WARD_CODE"]);
    people = Form {
        byte_order_mark: true,
        ..Form::plain("persons.csv", &["PERSON_ID", "DOB", "GENDER", "ETHNIC_ORIGIN", "School"])
    };
    members = Form::plain(
        "family_members.csv",
        &["PERSON_ID", "FAMILY_REF", "RELATIONSHIP", "FROM_DATE", "TO_DATE"],
    );
    id_map = Form::plain("id_map.csv", &["PERSON_ID", "UPN", "NOMINAL"]);
    cases = Form::plain(
        "eh_episodes.csv",
        &[
            "Episode ID", "Family Ref", "Date Identified", "Allocated Date", "WFA Completed",
            "Plan Agreed", "Closed", "Closure Outcome", "Level of Need", "Locality", "Ward", "Team",
            "Worker Ref", "Lead Prac?", "Lead Agency", "Youngest Age",
        ],
    )
    .titled(&["Marlshire Council: Early Help episodes", "Extracted 01/10/2026 for 01/04/2023 to 30/09/2026"])
    .windows_1252();
    recorded_needs =
        Form::plain("identified_needs.csv", &["Episode ID", "PERSON_ID", "Need", "Recorded"]);
    judgements =
        Form::plain("progress_views.csv", &["Episode ID", "Need", "Date", "Whose View", "Better?"]);
    assessments = Form::plain(
        "assessments.csv",
        &["Assessment ID", "Episode ID", "Type", "Requested", "Authorised", "Status"],
    );
    scores = Form::plain(
        "scores.csv",
        &["Episode ID", "PERSON_ID", "Tool", "Area", "Who", "Point", "Score", "Date"],
    );
    reviews = Form::plain("taf_reviews.csv", &["Episode ID", "Meeting Date", "Family Present"]);
    contacts = Form::plain(
        "front_door_contacts.csv",
        &[
            "Contact ID", "FAMILY_REF", "Received", "Decided", "Outcome", "Source", "Locality",
            "Main Concern", "Consent", "Referrer Ref", "Why Returned", "School",
        ],
    );
    attendance = Form {
        delimiter: b';',
        ..Form::plain(
            "school_attendance.csv",
            &["UPN", "Term", "School", "PossSess", "AttSess", "UnauthSess"],
        )
    };
    exclusions =
        Form::plain("exclusions.csv", &["UPN", "School Name", "Start Date", "Type", "Days Out"])
            .windows_1252();
    police = Form::plain(
        "police_incidents.csv",
        &["URN", "NOMINAL", "FROM_DATE", "KIND", "ROLE", "OUTCOME"],
    );
    social_care = Form::plain(
        "csc_spells.csv",
        &["PERSON_ID", "Status", "Start", "End", "End Reason", "EH Actions Set"],
    );
    benefits = Form::plain("benefits.csv", &["PERSON_ID", "Benefit", "Claim Start", "Claim End"]);
    employment = Form::plain("employment.csv", &["PERSON_ID", "Job Start", "Job End", "Hours"]);
    housing = Form::plain("housing.csv", &["FAMILY_REF", "Situation", "From", "To"]);
    audits = Form::plain(
        "audits.csv",
        &[
            "Audit ID", "Episode ID", "Audit Date", "Grade", "Child's Voice", "Planned", "Theme",
            "Second Grade", "Grade Before",
        ],
    )
    .titled(&["Practice audits: monthly return"]);
    audit_actions =
        Form::plain("audit_actions.csv", &["Audit ID", "Episode ID", "Agreed", "Due", "Done", "To Move"]);
    workers = Form::plain("establishment.csv", &["Worker Ref", "FTE", "Team", "Post Start", "Post End"]);
    feedback = Form::plain(
        "feedback.csv",
        &["Form ID", "Episode ID", "Sent", "Answered By", "Things Better", "Felt Listened To"],
    );
    services =
        Form::plain("services.csv", &["Episode ID", "Service", "Provider", "Start", "End"]).windows_1252();
    education_status = Form::plain(
        "education_status.csv",
        &["PERSON_ID", "Status", "Suitable?", "From", "To"],
    );
    sen_register =
        Form::plain("sen_register.csv", &["UPN", "SEN Status", "Start Date", "End Date"]);
    early_years =
        Form::plain("early_years.csv", &["PERSON_ID", "Contact Type", "On Track", "Seen On"]);
    exploitation =
        Form::plain("exploitation_panel.csv", &["PERSON_ID", "Concern", "RAG", "Panel Date"])
            .titled(&["Multi-agency exploitation panel"]);
    court_orders = Form::plain(
        "probation_orders.csv",
        &["PERSON_ID", "Order", "Made", "Ended", "How Ended"],
    );
    treatment = Form {
        delimiter: b'|',
        ..Form::plain(
            "treatment.csv",
            &["PERSON_ID", "Service", "Started", "Discharged", "Discharge"],
        )
    };
    arrears = Form::plain("rent_accounts.csv", &["FAMILY_REF", "Statement Date", "Owed"])
        .windows_1252();
    decisions = Form::plain(
        "decisions.csv",
        &["Episode ID", "About", "Decision", "Decided By", "Date", "Reason"],
    )
    .titled(&["Register of decisions by heads of service and internal audit"]);
    claims = Form::plain(
        "claims_made.csv",
        &["Claim Ref", "Episode ID", "Result Claimed", "Claimed On", "Status", "Reason"],
    );
    csc_referrals =
        Form::plain("csc_referrals.csv", &["PERSON_ID", "Received", "Referred By", "NFA"]);
    plan_reviews = Form::plain("csc_plan_reviews.csv", &["PERSON_ID", "Plan", "Meeting Date"]);
    supervision = Form::plain("supervision.csv", &["Episode ID", "Date", "Type"]);
    programmes = Form::plain(
        "parenting_programmes.csv",
        &["Episode ID", "PERSON_ID", "Programme", "Offered", "Started", "Ended", "Result"],
    );
    mental_health = Form::plain(
        "camhs_referrals.csv",
        &["Referral ID", "PERSON_ID", "Received", "First Assessment"],
    )
    .titled(&["Child and adolescent mental health: referrals from the local authority"]);
    /// Registers that people keep by hand, in the form that every council writes them.
    actions = Form::plain(
        "actions.csv",
        &["measure", "noted_on", "who", "owner", "action", "due", "review", "done_on", "audit", "comment", "tell", "breakdown", "level"],
    );
    benchmarks =
        Form::plain("benchmarks.csv", &["measure", "peers", "period", "value", "source"]);
    own_words = Form::plain(
        "words.csv",
        &["said_on", "who", "words", "consent_on", "consent_for", "chosen_by"],
    );
    audit_themes = Form::plain(
        "audit_themes.csv",
        &["theme", "begins", "ends", "to_develop", "improving", "continued"],
    );
    population_groups =
        Form::plain("population_by_ethnicity.csv", &["Ethnic Group", "Children", "Census Day"]);
    population =
        Form::plain("population.csv", &["Ward", "Ward Name", "Locality", "Age Band", "Children"]);
}

impl Export {
    /// Gives the first failure of any file so far.
    ///
    /// # Errors
    /// When a row could not be written.
    pub(super) fn check(&mut self) -> Result<(), SampleError> {
        for sheet in self.sheets() {
            if let Some(error) = sheet.failed.take() {
                return Err(SampleError::new(sheet.form.file, error));
            }
        }
        Ok(())
    }

    /// Writes out what is buffered, and gives each file with its number of data rows.
    ///
    /// # Errors
    /// When a row could not be written.
    pub(super) fn finish(mut self) -> Result<Vec<(&'static str, u64)>, SampleError> {
        self.check()?;
        let mut files = Vec::new();
        for sheet in self.sheets() {
            let failed = |source: std::io::Error| SampleError::new(sheet.form.file, source.into());
            sheet.writer.flush().map_err(failed)?;
            files.push((sheet.form.file, sheet.rows));
        }
        files.sort_unstable();
        Ok(files)
    }
}
