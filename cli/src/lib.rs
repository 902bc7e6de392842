//! The command `makeready`, as a function: the binary of this crate, `python -m makeready` and `npx makeready` are this
//! one.
//!
//! ```text
//! arguments ──clap──> flags (words of the core's table) ──> pipelines ──queue──> files, lines or JSON, exit code
//! ```

mod convert;
mod definition;
mod explain;
mod failure;
mod files;
mod flags;
mod jobs;
mod probe;
mod report;
mod sign;

use std::ffi::OsString;
use std::io::Write;

use clap::{Arg, ArgAction, ArgMatches, Command};

use failure::Failure;
use report::Report;

/// A command: its name, its words, and its work.
struct Subcommand {
    name: &'static str,
    words: fn(Command) -> Command,
    run: fn(&ArgMatches, &mut Report) -> Result<(), Failure>,
}

const SUBCOMMANDS: [Subcommand; 6] = [
    Subcommand { name: "convert", words: convert::words, run: convert::run },
    Subcommand { name: "run", words: definition::words, run: definition::run },
    Subcommand { name: "probe", words: probe::words, run: probe::run },
    Subcommand { name: "explain", words: explain::words, run: explain::run },
    Subcommand { name: "sign", words: sign::sign_words, run: sign::sign },
    Subcommand { name: "verify", words: sign::verify_words, run: sign::verify },
];

fn command() -> Command {
    let json = Arg::new("json")
        .long("json")
        .global(true)
        .action(ArgAction::SetTrue)
        .help("Writes a line of JSON for each result and for each failure");
    Command::new("makeready")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Makes source images ready to print and to serve")
        .after_help(failure::exit_codes())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(json)
        .subcommands(
            SUBCOMMANDS.iter().map(|subcommand| (subcommand.words)(Command::new(subcommand.name))),
        )
}

/// Runs the command with these arguments, of which the first one is its own name; gives the code to exit with.
///
/// Results are written to stdout, failures to stderr. Of several failures the first one tells the code.
///
/// ```
/// assert_eq!(makeready_cli::run(["makeready", "probe", "no such file.jpg"]), 12);
/// ```
#[must_use]
pub fn run<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let matches = match command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error)
            if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") =>
        {
            let text = error.to_string();
            // The usage below it is for people.
            let what = text.split("\n\n").next().unwrap_or(&text).trim_start_matches("error: ");
            let mut report = Report::new(true);
            report.failed(None, &Failure::invalid_option(what));
            return report.exit_code();
        }
        Err(error) => {
            // Help and version are no failures, and go to stdout.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let Some((name, matches)) = matches.subcommand() else { return 2 };
    let mut report = Report::new(matches.get_flag("json"));
    let done = SUBCOMMANDS
        .iter()
        .find(|subcommand| subcommand.name == name)
        .map_or(Ok(()), |subcommand| (subcommand.run)(matches, &mut report));
    if let Err(failure) = done {
        report.failed(None, &failure);
    }
    let _ = std::io::stdout().flush();
    report.exit_code()
}
