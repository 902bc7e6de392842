//! The files that are read and written: patterns of names, and where each output goes.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, value_parser};
use glob::MatchOptions;

use crate::failure::Failure;

/// The name of stdin and of stdout.
pub(crate) const STREAM: &str = "-";

/// A star finds no hidden files, as in shells.
const AS_SHELLS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: false,
    require_literal_leading_dot: true,
};

/// The help of inputs that are images.
pub(crate) const IMAGES: &str = "Files, patterns as 'photos/*.jpg', or - for stdin";

/// The argument that names the inputs.
pub(crate) fn argument(value_name: &'static str, help: &'static str) -> Arg {
    Arg::new("inputs")
        .value_name(value_name)
        .help(help)
        .value_parser(value_parser!(PathBuf))
        .required(true)
        .num_args(1..)
}

/// The files of names and patterns, in their order. A pattern that fits no file is a failure.
pub(crate) fn inputs(matches: &ArgMatches) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for pattern in matches.get_many::<PathBuf>("inputs").into_iter().flatten() {
        let text = pattern.to_string_lossy();
        // A file may be named like a pattern.
        if !text.contains(['*', '?', '[']) || pattern.exists() {
            paths.push(pattern.clone());
            continue;
        }
        let refused = |error: String| Failure::invalid_option(format!("{text}: {error}"));
        let before = paths.len();
        for path in glob::glob_with(&text, AS_SHELLS).map_err(|error| refused(error.to_string()))? {
            let path = path.map_err(|error| Failure::io(&text, error.error()))?;
            if path.is_file() {
                // A file of the name of stdin is a file, where a pattern found it.
                let is_stream = path.as_os_str() == STREAM;
                paths.push(if is_stream { Path::new(".").join(path) } else { path });
            }
        }
        if paths.len() == before {
            return Err(Failure {
                code: "io",
                message: format!("{text}: no file has such a name"),
            });
        }
    }
    Ok(paths)
}

/// Where outputs go to.
pub(crate) enum Outputs {
    Stdout,
    /// A file, or the names of several with `{name}`, `{index}` and `{ext}` in them.
    Files(String),
}

impl Outputs {
    /// A folder, in which outputs have these names, names of files, or stdout.
    pub(crate) fn new(given: &Path, names: &str) -> Result<Self, Failure> {
        let text = given.to_str().ok_or_else(|| {
            Failure::invalid_option(format!("{}: expected a name in UTF-8", given.display()))
        })?;
        Ok(match text {
            STREAM => Self::Stdout,
            text if text.ends_with(['/', std::path::MAIN_SEPARATOR]) || given.is_dir() => {
                fs::create_dir_all(given).map_err(|error| Failure::io(text, &error))?;
                Self::Files(given.join(names).to_string_lossy().into_owned())
            }
            text => Self::Files(text.to_owned()),
        })
    }

    /// The word that names its format, by the end of its name.
    pub(crate) fn format(&self) -> Option<String> {
        let Self::Files(pattern) = self else { return None };
        let extension = Path::new(pattern).extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "{ext}" => None,
            "jpg" | "jpe" | "jfif" => Some("jpeg".to_owned()),
            _ => Some(extension),
        }
    }

    /// The path of an output; none for stdout.
    pub(crate) fn path(&self, input: &Path, index: usize, format: &str) -> Option<PathBuf> {
        let Self::Files(pattern) = self else { return None };
        let is_stream = input.as_os_str() == STREAM;
        let name = input.file_stem().filter(|_| !is_stream).unwrap_or(OsStr::new("output"));
        let extension = if format == "jpeg" { "jpg" } else { format };
        let pattern = pattern.replace("{index}", &index.to_string()).replace("{ext}", extension);
        // The name goes in as it is: it need not be text.
        let parts: Vec<_> = pattern.split("{name}").map(OsString::from).collect();
        Some(parts.join(name).into())
    }
}

/// Refuses outputs that would be written to the same place, or over one of the files that are read.
pub(crate) fn check_outputs<'a>(
    outputs: impl IntoIterator<Item = (&'a Path, Option<&'a Path>)>,
    reads: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let mut seen = HashMap::new();
    for (input, output) in outputs {
        let key = output.map_or_else(|| PathBuf::from(STREAM), identity);
        if let Some(other) = seen.insert(key, input) {
            let output = output.unwrap_or(Path::new("stdout")).display();
            let (other, input) = (other.display(), input.display());
            let hint = "expected a folder, or {name} or {index} in the name of the output";
            return Err(Failure::invalid_option(format!(
                "{other} and {input} would both be {output}: {hint}"
            )));
        }
    }
    match reads
        .into_iter()
        .find(|input| seen.contains_key(&identity(input)) && input.as_os_str() != STREAM)
    {
        None => Ok(()),
        Some(input) => {
            let text =
                format!("{} would be written over: expected another output", input.display());
            Err(Failure::invalid_option(text))
        }
    }
}

/// The same for every spelling of a path.
fn identity(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    // A file that is not there yet lies in a folder that may be.
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}
