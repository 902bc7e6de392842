//! `makeready run`: the outputs of definitions.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use makeready::{Pipeline, Source, by_name::Definition, plan_all};

use crate::failure::Failure;
use crate::files::{self, Outputs, inputs};
use crate::jobs::{self, Task};
use crate::report::Report;

pub(crate) fn words(command: Command) -> Command {
    let output = Arg::new("output")
        .long("output")
        .short('o')
        .value_name("OUTPUT")
        .help("A file, a folder/, names with {name}, {index} and {ext}, or - for stdout [default: ./{name}.{ext}, or ./{name}-{index}.{ext} of several]")
        .value_parser(value_parser!(PathBuf));
    let definitions = files::argument("DEFINITION", "Files in JSON, or patterns as 'books/*.json'");
    command.about("Runs definitions in JSON").args([definitions, source_flag(), output])
}

/// The flag that says where sources are.
pub(crate) fn source_flag() -> Arg {
    Arg::new("source")
        .long("source")
        .value_name("NAME=FILE")
        .help("The file of a source; sources without one are files by their names, beside the definition or below it")
        .action(ArgAction::Append)
}

pub(crate) fn run(matches: &ArgMatches, report: &mut Report) -> Result<(), Failure> {
    let mut tasks = Vec::new();
    for path in inputs(matches)? {
        match task(&path, matches) {
            Ok(task) => tasks.push(task),
            Err(failure) => report.failed(Some(&path), &failure),
        }
    }
    let several = tasks.iter().any(|task| task.outputs.len() > 1);
    let default = if several { "{name}-{index}.{ext}" } else { "{name}.{ext}" };
    let outputs = match matches.get_one::<PathBuf>("output") {
        // A folder takes several outputs of a definition as well.
        Some(output) => Outputs::new(output, default)?,
        None => Outputs::new(Path::new(default), default)?,
    };
    jobs::run(tasks, &outputs, report)
}

fn task(path: &Path, matches: &ArgMatches) -> Result<Task, Failure> {
    let (pipelines, mut reads) = read(path, matches)?;
    reads.push(path.to_owned());
    let plans = plan_all(&pipelines)?;
    let formats = plans.iter().map(|plan| plan.format.name().to_owned());
    let outputs = pipelines.into_iter().zip(formats).collect();
    Ok(Task { input: path.to_owned(), reads, outputs })
}

/// The pipelines of a definition in a file, and the files of its sources.
pub(crate) fn read(
    path: &Path,
    matches: &ArgMatches,
) -> Result<(Vec<Pipeline>, Vec<PathBuf>), Failure> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| Failure::io(&shown, &error))?;
    let given = given_sources(matches)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let find = |name: &str| given.get(name).cloned().or_else(|| beside(folder, name));
    let definition = Definition::read(&text, false, &|name| find(name).is_some())?;
    let (sources, files): (Vec<_>, Vec<_>) = definition
        .names()
        .iter()
        .filter_map(|name| find(name).map(|file| (name, file)))
        .map(|(name, file)| (Source::from(file.as_path()).named(name.as_str()), file))
        .unzip();
    Ok((definition.pipelines(&sources)?, files))
}

fn given_sources(matches: &ArgMatches) -> Result<HashMap<String, PathBuf>, Failure> {
    let given = matches.get_many::<String>("source").into_iter().flatten();
    let pairs = given.map(|text| match text.split_once('=') {
        Some((name, file)) => Ok((name.to_owned(), PathBuf::from(file))),
        None => {
            Err(Failure::invalid_option(format!("--source: expected NAME=FILE, found {text:?}")))
        }
    });
    pairs.collect()
}

/// The file of that name in a folder or below it: a definition reaches no other.
fn beside(folder: &Path, name: &str) -> Option<PathBuf> {
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let file = (inside && !name.is_empty()).then(|| folder.join(name))?.canonicalize().ok()?;
    // A link may lead out of the folder.
    let folder = Path::new(".").join(folder).canonicalize().ok()?;
    file.starts_with(folder).then_some(file)
}
