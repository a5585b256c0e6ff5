//! Standard output for results, standard error for messages, and progress for people who wait.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The terminal, or whatever stands in for it.
#[derive(Debug)]
pub struct Console {
    quiet: bool,
    bar: Option<ProgressBar>,
}

impl Console {
    /// A console that shows progress only on a terminal, and not to those who want quiet.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        Self { quiet, bar: None }
    }

    /// Whether messages may be coloured.
    #[must_use]
    pub fn colour(&self) -> bool {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        io::stderr().is_terminal() && !refused && !dumb
    }

    /// Says what is being done, for as long as it lasts.
    pub fn doing(&mut self, what: &str) {
        if self.quiet || !io::stderr().is_terminal() {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_message(what.to_owned());
    }

    /// Ends the progress.
    pub fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// A message on standard error.
    pub fn message(&mut self, text: &str) {
        self.finish();
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// A message that those who want quiet do not get.
    pub fn note(&mut self, text: &str) {
        if !self.quiet {
            self.message(text);
        }
    }

    /// A result on standard output.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn result(&mut self, text: &str) -> io::Result<()> {
        self.finish();
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}
