//! The words of the command: results on stdout, failures on stderr, in lines for people or in JSON.

use std::io::{self, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// Fewer jobs than this have no progress bar.
const JOBS_WITH_BAR: usize = 4;

/// The text without control characters, for lines: a file may have any name, and terminals obey such characters.
pub(crate) fn in_a_line(text: &str) -> String {
    let shown = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(shown).collect()
}

/// A place for results and failures.
pub(crate) struct Report {
    json: bool,
    /// Where results go to: to stderr where stdout takes a picture.
    stdout_is_taken: bool,
    bar: ProgressBar,
    first_failure: Option<u8>,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, stdout_is_taken: false, bar: ProgressBar::hidden(), first_failure: None }
    }

    /// Leaves stdout to a picture.
    pub(crate) fn leave_stdout(&mut self) {
        self.stdout_is_taken = true;
    }

    /// Shows a bar on a terminal, where there are more than a few jobs.
    pub(crate) fn begin(&mut self, jobs: usize) {
        if jobs >= JOBS_WITH_BAR && !self.json {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}");
            self.bar = ProgressBar::new(jobs as u64);
            self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        }
    }

    /// Counts a job that has ended.
    pub(crate) fn advance(&self) {
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// Writes a result, as this text or with these fields.
    pub(crate) fn result(&mut self, text: &str, fields: &Value) {
        let line = if self.json { fields.to_string() } else { text.to_owned() };
        let written = self.bar.suspend(|| {
            if self.stdout_is_taken {
                writeln!(io::stderr(), "{line}")
            } else {
                writeln!(io::stdout(), "{line}")
            }
        });
        if let Err(error) = written {
            let failure = Failure::io("stdout", &error);
            // Who closed the pipe wants no more lines; anything else is told once.
            match self.first_failure {
                None if error.kind() != io::ErrorKind::BrokenPipe => self.failed(None, &failure),
                _ => self.keep(&failure),
            }
        }
    }

    /// Writes a failure, of an input where one is at fault.
    pub(crate) fn failed(&mut self, input: Option<&Path>, failure: &Failure) {
        self.keep(failure);
        let input = input.map(|path| path.display().to_string());
        let Failure { code, message } = failure;
        let line = if self.json {
            let mut fields = Map::new();
            if let Some(input) = input {
                fields.insert("input".to_owned(), input.into());
            }
            fields.insert("error".to_owned(), json!({"code": code, "message": message}));
            Value::Object(fields).to_string()
        } else {
            let input = input.map(|input| format!("{input}: ")).unwrap_or_default();
            in_a_line(&format!("makeready: {input}{message} ({code})"))
        };
        // There is nowhere else to tell that stderr is closed.
        let _ = self.bar.suspend(|| writeln!(io::stderr(), "{line}"));
    }

    fn keep(&mut self, failure: &Failure) {
        self.first_failure.get_or_insert(failure.exit_code());
    }

    pub(crate) fn exit_code(&self) -> u8 {
        self.first_failure.unwrap_or(0)
    }
}
