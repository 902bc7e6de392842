//! `makeready convert`: the same for each of some files.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use makeready::probe;

use crate::failure::Failure;
use crate::files::{self, Outputs, STREAM, inputs};
use crate::flags::{self, Flags};
use crate::jobs::{self, Task};
use crate::report::Report;

pub(crate) fn words(command: Command) -> Command {
    let output = Arg::new("output")
        .value_name("OUTPUT")
        .help("A file, whose end tells the format; a folder/, names with {name} and {ext}, or - for stdout")
        .value_parser(value_parser!(PathBuf))
        .required(true);
    flags::add(
        command.about("Converts files").arg(files::argument("INPUT", files::IMAGES)).arg(output),
    )
}

pub(crate) fn run(matches: &ArgMatches, report: &mut Report) -> Result<(), Failure> {
    let flags = Flags::read(matches)?;
    let outputs =
        matches.get_one::<PathBuf>("output").map(|path| Outputs::new(path, "{name}.{ext}"));
    let outputs = outputs.transpose()?.unwrap_or(Outputs::Stdout);
    let format = flags.format.clone().or_else(|| outputs.format());
    let mut tasks = Vec::new();
    for input in inputs(matches)? {
        let task = jobs::source(&input, flags.max_input_bytes()).and_then(|source| {
            // Without a format to go by it is that of the input.
            let format = match &format {
                Some(format) => format.clone(),
                None => probe(source.clone())?.format.name().to_owned(),
            };
            let pipeline = flags.pipeline(source, Some(&format))?;
            Ok(Task {
                input: input.clone(),
                reads: vec![input.clone()],
                outputs: vec![(pipeline, format)],
            })
        });
        match task {
            Ok(task) => tasks.push(task),
            // Flags that are wrong are wrong for all.
            Err(failure) if format.is_some() || input.as_os_str() == STREAM => return Err(failure),
            Err(failure) => report.failed(Some(&input), &failure),
        }
    }
    jobs::run(tasks, &outputs, report)
}
