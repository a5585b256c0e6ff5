//! What a user can type.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Evidences the outcomes of Early Help: reads a council's exports, decides which needs were there
/// and which outcomes were reached and sustained, and writes reports, packs and tables. Works
/// offline.
#[derive(Debug, Parser)]
#[command(
    name = "early-help",
    version,
    after_help = "Start with: early-help report monthly\nExit codes: 0 done, 1 checks failed, 2 usage, 3 definitions, 4 input, 5 output, 70 bug."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Say nothing but results and errors.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say how long each step took.
    #[arg(long, global = true)]
    pub timings: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a folder for a council: definitions to amend and a mapping to fill in.
    Init(InitArguments),
    /// Write the exports of a fictional council, to try things on.
    Sample(SampleArguments),
    /// Check the definitions, and with --data the records: what is wrong, and how to mend it.
    Check(CheckArguments),
    /// Print the JSON Schema of definition files, for editors that complete and check them.
    Schema(SchemaArguments),
    /// Run the worked examples of the definitions as tests.
    Test(TestArguments),
    /// Write a report: monthly or quarterly.
    Report(ReportArguments),
    /// Write the partner packs: quarterly.
    Pack(PackArguments),
    /// Draw a sample of outcomes for auditors, or say what their answers mean.
    #[command(subcommand)]
    Audit(Audit),
    /// Answer one question with a protected table.
    Query(QueryArguments),
    /// Say what a definition means, or why a case was judged as it was.
    Explain(ExplainArguments),
    /// Read a finished run again and check every hash and sum.
    Verify(VerifyArguments),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Where things are.
#[derive(Debug, Clone, Args)]
pub struct Folders {
    /// The folder with the definitions and the mapping.
    #[arg(long, default_value = "outcome-definitions", value_name = "DIR")]
    pub definitions: PathBuf,
    /// The folder with the exports.
    #[arg(long, default_value = "sample-data", value_name = "DIR")]
    pub data: PathBuf,
}

/// What those who answer for releases accept.
#[derive(Debug, Clone, Args)]
pub struct Accept {
    /// Release it though some of what it hides can be worked out from earlier releases; entered in the ledger.
    #[arg(long = "accept", value_name = "WHO: WHY", value_parser = who_and_why)]
    accepted: Option<String>,
}

impl Accept {
    /// Who accepts it, and why.
    #[must_use]
    pub fn accepted(&self) -> Option<&str> {
        self.accepted.as_deref()
    }
}

fn who_and_why(text: &str) -> Result<String, String> {
    let named = text
        .split_once(':')
        .is_some_and(|(who, why)| !who.trim().is_empty() && !why.trim().is_empty());
    if named {
        Ok(text.to_owned())
    } else {
        Err("write who accepts it, a colon, and why".to_owned())
    }
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

/// Text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextFormat {
    /// For people.
    Text,
    /// For editors and programs.
    Json,
}

/// Arguments of `explain cell`.
#[derive(Debug, Args)]
pub struct CellArguments {
    /// The measure.
    pub measure: String,
    /// The period: 2026-09, 2026-27-Q2, 2025-26 or 2025-10_2026-09.
    #[arg(long)]
    pub period: String,
    /// The breakdowns to split by, at most three.
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    pub by: Vec<String>,
    /// Show only this level of a breakdown: locality=Northmoor. May be given more than once.
    #[arg(long = "where", value_name = "BREAKDOWN=LEVEL")]
    pub filter: Vec<String>,
    /// Who will see it; the first audience that may see single cases, if not given. Others are shown
    /// what is published for them.
    #[arg(long)]
    pub audience: Option<String>,
    /// The folder of all runs, with the ledger of what was released.
    #[arg(long, default_value = "reports", value_name = "DIR")]
    pub out: PathBuf,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
    /// Where things are.
    #[command(flatten)]
    pub folders: Folders,
}

/// Arguments of `explain diff`.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// The folder with the definitions as they were.
    #[arg(value_name = "A")]
    pub a: PathBuf,
    /// The folder with the definitions as they would be.
    #[arg(value_name = "B")]
    pub b: PathBuf,
    /// The folder with the exports, the same for both.
    #[arg(long, default_value = "sample-data", value_name = "DIR")]
    pub data: PathBuf,
    /// The period of the figures; the newest twelve months that ended a year ago, if not given.
    #[arg(long)]
    pub period: Option<String>,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
}

/// Text or a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TimelineFormat {
    /// For the terminal.
    Text,
    /// For paper and screens.
    Svg,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// The folder to make.
    pub folder: PathBuf,
    /// The council's name, as it stands on every page.
    #[arg(long, default_value = "Our Council")]
    pub council: String,
}

/// Arguments of `sample`.
#[derive(Debug, Args)]
pub struct SampleArguments {
    /// How many families.
    #[arg(long, default_value_t = 1_500)]
    pub families: u32,
    /// The same seed gives the same council.
    #[arg(long, default_value_t = 2026)]
    pub seed: u64,
    /// The folder to write to.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The folder with the definitions and the mapping.
    #[arg(long, default_value = "outcome-definitions", value_name = "DIR")]
    pub definitions: PathBuf,
    /// Look also at the exports in this folder, with every data check.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Show how the findings spread over a breakdown: `team`, `agency`, `provider`.
    #[arg(long, value_name = "BREAKDOWN", requires = "data")]
    pub by: Option<String>,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Write it to this file, as UTF-8, instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArguments {
    /// Only definitions whose name contains this: `not_missing`, `.claim.`, `sf2022.need.`.
    #[arg(value_name = "NAME")]
    pub only: Option<String>,
    /// Show which verdicts and which edges of windows have an example, instead of running them.
    #[arg(long, conflicts_with = "mutate")]
    pub coverage: bool,
    /// Change every window, threshold, comparison and combine a little and show which changes no
    /// example notices.
    #[arg(long)]
    pub mutate: bool,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t = TextFormat::Text)]
    pub format: TextFormat,
    /// The folder with the definitions and the examples.
    #[arg(long, default_value = "outcome-definitions", value_name = "DIR")]
    pub definitions: PathBuf,
}

/// The reports there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// The month's report.
    Monthly,
    /// The same report of a quarter.
    Quarterly,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Which report.
    #[arg(value_enum)]
    pub kind: ReportKind,
    /// Where things are.
    #[command(flatten)]
    pub folders: Folders,
    /// The folder of all runs.
    #[arg(long, default_value = "reports", value_name = "DIR")]
    pub out: PathBuf,
    /// The month or quarter, as 2026-09 or 2026-27-Q2; the newest complete one if not given.
    #[arg(long)]
    pub period: Option<String>,
    /// Mark it as final: refused while it signals something that nobody has answered in actions.csv.
    #[arg(long = "final", conflicts_with = "dry_run")]
    pub is_final: bool,
    /// Write nothing: say what would be hidden from whom, and what that costs.
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: try which bands or areas could stand together so that more is published.
    #[arg(long, requires = "dry_run")]
    pub suggest: bool,
    /// What is accepted.
    #[command(flatten)]
    pub accept: Accept,
}

/// The packs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PackKind {
    /// The quarter's packs.
    Quarterly,
}

/// Arguments of `pack`.
#[derive(Debug, Args)]
pub struct PackArguments {
    /// Which packs.
    #[arg(value_enum)]
    pub kind: PackKind,
    /// Where things are.
    #[command(flatten)]
    pub folders: Folders,
    /// The folder of all runs.
    #[arg(long, default_value = "reports", value_name = "DIR")]
    pub out: PathBuf,
    /// The quarter, as 2026-27-Q2; the newest complete one if not given.
    #[arg(long)]
    pub period: Option<String>,
    /// Write nothing: say what would be hidden from whom, and what that costs.
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: try which bands or areas could stand together so that more is published.
    #[arg(long, requires = "dry_run")]
    pub suggest: bool,
    /// What is accepted.
    #[command(flatten)]
    pub accept: Accept,
}

/// What is to be done about an audit.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Draw a sample, and write the sheets that auditors fill in. Restricted: it names single cases.
    Sample(AuditSampleArguments),
    /// Read the filled sheet: agreement, how many of all outcomes would not be agreed with, and what to look at again.
    Results(AuditResultsArguments),
}

/// Arguments of `audit sample`.
#[derive(Debug, Args)]
pub struct AuditSampleArguments {
    /// Which audit, by its name in the definitions; the only one if not given.
    pub audit: Option<String>,
    /// What the sample is drawn with; the day of judgement if not given. The same seed gives the same sample.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The folder of all runs.
    #[arg(long, default_value = "reports", value_name = "DIR")]
    pub out: PathBuf,
    /// Where things are.
    #[command(flatten)]
    pub folders: Folders,
}

/// Arguments of `audit results`.
#[derive(Debug, Args)]
pub struct AuditResultsArguments {
    /// The folder that `audit sample` wrote.
    #[arg(value_name = "SAMPLE")]
    pub sample: PathBuf,
    /// The filled workbook, or its sheet `Outcomes` as CSV.
    #[arg(value_name = "FILE")]
    pub answers: PathBuf,
    /// The filled workbook of a second auditor, or its sheet as CSV.
    #[arg(long, value_name = "FILE")]
    pub second: Option<PathBuf>,
    /// Write the outcomes that have to be looked at again into a restricted folder beside that of the sample.
    #[arg(long)]
    pub again: bool,
    /// How the finding is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// The folder with the definitions.
    #[arg(long, default_value = "outcome-definitions", value_name = "DIR")]
    pub definitions: PathBuf,
}

/// Arguments of `query`.
#[derive(Debug, Clone, Args)]
pub struct QueryArguments {
    /// The measure.
    #[arg(required_unless_present_any = ["saved", "list"])]
    pub measure: Option<String>,
    /// Answer a question that stands in the definitions under this name.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["measure", "by", "filter", "audience"])]
    pub saved: Option<String>,
    /// List the saved questions.
    #[arg(long, conflicts_with_all = ["measure", "saved"])]
    pub list: bool,
    /// The breakdowns to split by, at most three.
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    pub by: Vec<String>,
    /// Show only this level of a breakdown: locality=Northmoor. May be given more than once.
    #[arg(long = "where", value_name = "BREAKDOWN=LEVEL")]
    pub filter: Vec<String>,
    /// The period: 2026-09, 2026-27-Q2, 2025-26 or 2025-10_2026-09. The newest twelve months that
    /// are known, if not given.
    #[arg(long)]
    pub period: Option<String>,
    /// Who will see the answer; it decides what is hidden.
    #[arg(long, default_value = "commissioner")]
    pub audience: String,
    /// The folder of all runs: an answer for those from whom small counts are hidden is a release, and is
    /// entered in its ledger.
    #[arg(long, default_value = "reports", value_name = "DIR")]
    pub out: PathBuf,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Where things are.
    #[command(flatten)]
    pub folders: Folders,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// What to explain.
    #[command(subcommand)]
    pub what: Explain,
}

/// What can be explained.
#[derive(Debug, Subcommand)]
pub enum Explain {
    /// A definition, in plain words.
    Definition {
        /// Its name: `sf2022.outcome.not_missing`, `measure.open_cases`, or a bare name.
        id: String,
        /// The folder with the definitions.
        #[arg(long, default_value = "outcome-definitions", value_name = "DIR")]
        definitions: PathBuf,
    },
    /// One case: its dates, what was found, and why each outcome stands as it does. Restricted: for
    /// those who may see single cases.
    Case {
        /// The case's own identifier.
        id: String,
        /// Write pictures, a page of A4 each: `case.svg`, or `case-1.svg`, `case-2.svg`, … where one
        /// page is not enough. Standard output has the text all the same.
        #[arg(long, value_name = "FILE.svg")]
        out: Option<PathBuf>,
        /// Text, or the picture on standard output.
        #[arg(long, value_enum, default_value_t = TimelineFormat::Text)]
        format: TimelineFormat,
        /// Where things are.
        #[command(flatten)]
        folders: Folders,
    },
    /// One figure: every unit that was considered, where it went, and the cases behind it.
    Cell(CellArguments),
    /// Hidden figures of one measure: why each is, for those who answer for a release. Never for the
    /// audience itself.
    Disclosure(DisclosureArguments),
    /// Two versions of the definitions over the same exports: which definitions differ, which verdicts
    /// and which figures move. An internal tool: it names cases and nothing in it is protected.
    Diff(DiffArguments),
}

/// Arguments of `explain disclosure`.
#[derive(Debug, Args)]
pub struct DisclosureArguments {
    /// The measure.
    pub measure: String,
    /// The audience from whom it is hidden; all of the run if not given.
    #[arg(long)]
    pub audience: Option<String>,
    /// The month or quarter of the run, as 2026-09 or 2026-27-Q2; the newest complete month if not given.
    #[arg(long)]
    pub period: Option<String>,
    /// The folder of all runs: what was released before is in its ledger.
    #[arg(long, default_value = "reports", value_name = "DIR")]
    pub out: PathBuf,
    /// Where things are.
    #[command(flatten)]
    pub folders: Folders,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The folders of finished runs; with `--attack` also those of single audiences.
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// Try to work out what is hidden, as an outsider who holds the published files of all these runs.
    #[arg(long)]
    pub attack: bool,
    /// With `--attack`: as one who holds what all audiences were given, laid side by side.
    #[arg(long, requires = "attack")]
    pub side_by_side: bool,
    /// With `--attack`: how many seconds to spend on each reader.
    #[arg(long, default_value_t = 60, value_name = "N", requires = "attack")]
    pub seconds: u64,
    /// With `--attack`: how findings are written.
    #[arg(long, value_enum, default_value_t = TextFormat::Text, requires = "attack")]
    pub format: TextFormat,
}
