//! Arguments in, one of the commands out. Results go to standard output, messages to standard
//! error; the exit code says for whom the trouble is.

mod arguments;
mod audit;
mod check;
mod console;
mod explain;
mod init;
mod query;
mod rehearsal;
mod report;
mod saved;
mod schema;
mod test;
mod verify;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use arguments::{Arguments, Command};
use console::Console;

use crate::EngineError;
use crate::definitions::Definitions;
use crate::definitions::diagnostic::{self, Severity};
use crate::definitions::load::load;
use crate::protect::UnprotectedError;
use crate::run::RunError;
use crate::run::releases::LedgerError;

/// How a command ended when it did not end well. The number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Something that was checked is not as it should be.
    ChecksFailed = 1,
    /// The command was not understood.
    Usage = 2,
    /// The definitions are wrong.
    Definitions = 3,
    /// The exports cannot be read.
    Input = 4,
    /// The outputs cannot be written.
    Output = 5,
    /// The engine is wrong.
    Bug = 70,
}

/// A message for the person at the keyboard, and the exit code.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let exit = match &error {
            EngineError::Read(_) => Exit::Input,
            EngineError::Compute(_)
            | EngineError::Unprotected(UnprotectedError::NoCount { .. }) => Exit::Definitions,
            EngineError::Run(RunError::Write(_)) => Exit::Output,
            EngineError::Ledger(error) | EngineError::Run(RunError::Ledger(error)) => match error {
                LedgerError::Broken { .. } => Exit::ChecksFailed,
                LedgerError::Overtaken { .. } | LedgerError::File { .. } => Exit::Output,
            },
            EngineError::Unprotected(
                UnprotectedError::Exposed { .. } | UnprotectedError::ToldBefore { .. },
            )
            | EngineError::Unanswered(_) => Exit::ChecksFailed,
            EngineError::Unprotected(UnprotectedError::DoesNotAddUp { .. })
            | EngineError::Run(_)
            | EngineError::Conservation(_) => Exit::Bug,
        };
        Self::new(exit, error.to_string())
    }
}

/// Output that nobody reads any more is no failure: the reader has had enough.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self::new(Exit::Output, "")
        } else {
            Self::new(Exit::Output, format!("the result cannot be written: {error}"))
        }
    }
}

/// Runs the command of this process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut console = Console::new(arguments.quiet, arguments.timings);
    let ended = run(arguments, &mut console);
    console.timings();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console.finish();
            if !failure.message.is_empty() {
                console.message(&format!("error: {}", failure.message.trim_end()));
            }
            ExitCode::from(u8::try_from(failure.exit as i32).unwrap_or(70))
        }
    }
}

fn run(arguments: Arguments, console: &mut Console) -> Result<(), Failure> {
    match arguments.command {
        Command::Init(a) => init::run(&a, console),
        Command::Sample(a) => {
            let written = crate::sample::write(a.families, a.seed, &a.out)
                .map_err(|e| Failure::new(Exit::Output, e.to_string()))?;
            let rows: u64 = written.files.iter().map(|f| f.rows).sum();
            console.message(&format!(
                "{} files with {rows} rows in {}",
                written.files.len(),
                a.out.display()
            ));
            Ok(())
        }
        Command::Check(a) => check::run(&a, console),
        Command::Schema(a) => schema::run(&a, console),
        Command::Test(a) => test::run(&a, console),
        Command::Report(a) => report::report(&a, console),
        Command::Pack(a) => report::pack(&a, console),
        Command::Audit(what) => audit::run(&what, console),
        Command::Query(a) => query::run(&a, console),
        Command::Explain(a) => explain::run(&a, console),
        Command::Verify(a) => verify::run(&a, console),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "early-help", &mut script);
            Ok(console.result(&String::from_utf8_lossy(&script))?)
        }
    }
}

/// The definitions of a folder; their errors, all of them, if there are any. What is left of them
/// when the project keeps going, with a word about what is not.
fn definitions(folder: &Path, console: &mut Console) -> Result<Definitions, Failure> {
    let loaded = load(folder);
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    match loaded.definitions {
        Some(definitions) => {
            if let Some(left_out) = definitions.left_out() {
                let mut found = loaded.diagnostics;
                found.retain(|d| d.severity == Severity::Error);
                console.message(diagnostic::render(&found, console.colour()).trim_end());
                console.message(&format!("warning: {left_out}"));
            }
            Ok(definitions)
        }
        None => {
            console.message(diagnostic::render(&loaded.diagnostics, console.colour()).trim_end());
            let plural = if errors == 1 { "" } else { "s" };
            Err(Failure::new(
                Exit::Definitions,
                format!("{errors} error{plural} in {}; nothing was computed", folder.display()),
            ))
        }
    }
}
