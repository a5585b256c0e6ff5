//! Standard output for results, standard error for messages, and progress for people who wait.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// The terminal, or whatever stands in for it.
#[derive(Debug)]
pub(super) struct Console {
    quiet: bool,
    bar: Option<ProgressBar>,
    /// What has been done since when, for those who asked for timings.
    done: Option<Vec<(String, Instant)>>,
}

impl Console {
    /// A console that shows progress only on a terminal, and not to those who want quiet.
    #[must_use]
    pub(super) fn new(quiet: bool, timings: bool) -> Self {
        Self { quiet, bar: None, done: timings.then(Vec::new) }
    }

    /// Whether messages may be coloured.
    #[must_use]
    pub(super) fn colour(&self) -> bool {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        io::stderr().is_terminal() && !refused && !dumb
    }

    /// Says what is being done, for as long as it lasts.
    pub(super) fn doing(&mut self, what: &str) {
        if let Some(done) = &mut self.done {
            done.push((what.to_owned(), Instant::now()));
        }
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

    /// Says how much of something that is counted has been done, on a terminal only.
    pub(super) fn counting(&mut self, done: usize, of: usize, what: &str) {
        if self.quiet || !io::stderr().is_terminal() {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
            ProgressBar::no_length()
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_length(of as u64);
        bar.set_position(done as u64);
        bar.set_message(what.to_owned());
    }

    /// Prints how long each step took, to those who asked.
    pub(super) fn timings(&mut self) {
        let Some(done) = self.done.take() else { return };
        let ends = done.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()]);
        let lines = done.iter().zip(ends).map(|((what, from), to)| {
            format!("{:>8.3} s  {what}", to.duration_since(*from).as_secs_f64())
        });
        let lines: Vec<String> = lines.collect();
        self.message(&lines.join("\n"));
    }

    /// Ends the progress.
    pub(super) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// A message on standard error.
    pub(super) fn message(&mut self, text: &str) {
        self.finish();
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// A message that those who want quiet do not get.
    pub(super) fn note(&mut self, text: &str) {
        if !self.quiet {
            self.message(text);
        }
    }

    /// A result that those who want quiet do not get.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn note_result(&mut self, text: &str) -> io::Result<()> {
        if self.quiet { Ok(()) } else { self.result(text) }
    }

    /// A result on standard output.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn result(&mut self, text: &str) -> io::Result<()> {
        self.finish();
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}
