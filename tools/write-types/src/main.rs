//! Writes the options into other languages and documents, from the table of the core: `make types`.
//!
//! ```text
//! core: operations, Field ──> _inputs.py, _geometry.py, …  (methods with their docstrings, a file for each list)
//!                         ──> _types.py                    (words)
//!       FUNCTIONS         ──> _serve.py                    (functions with their docstrings)
//!                         ──> lib/{calls,serve}.js, types/ (methods, functions, types)
//!                         ──> docs/options.md, docs/definition.schema.json
//! ```
//!
//! A file has marks around the written lines; the rest of it is kept. The parts of Python's `Pipeline` and the schema are
//! written as a whole. `python.toml` and `node.toml` have the words of one language alone: examples, errors, signatures of
//! its own.

mod document;
mod javascript;
mod python;
mod schema;
mod sentence;
mod target;
mod typescript;

use std::process::ExitCode;

use makeready::by_name;
use target::Target;

/// Tells whether an operation comes before those that make a pixel of its neighbours, which have a file of their own.
fn is_other(operation: &&'static by_name::Operation) -> bool {
    operation.name != "blur"
}

/// All that is written, and from which function.
fn targets() -> Vec<Target> {
    vec![
        Target::whole("bindings-python/python/makeready/_inputs.py", python::inputs()),
        Target::whole(
            "bindings-python/python/makeready/_geometry.py",
            python::part("Scales, cuts and turns the picture", by_name::geometry()),
        ),
        Target::whole(
            "bindings-python/python/makeready/_operations.py",
            python::part(
                "Makes one picture of one",
                by_name::picture_operations().take_while(is_other),
            ),
        ),
        Target::whole(
            "bindings-python/python/makeready/_neighbourhood.py",
            python::part(
                "Makes each pixel of those around it",
                by_name::picture_operations().skip_while(is_other),
            ),
        ),
        Target::whole(
            "bindings-python/python/makeready/_combinations.py",
            python::part("Puts the picture with another one", by_name::combinations()),
        ),
        Target::whole(
            "bindings-python/python/makeready/_output.py",
            python::part("Sets the format of the output", by_name::output_formats()),
        ),
        Target::whole(
            "bindings-python/python/makeready/_settings.py",
            python::part("Sets something of the job as a whole", by_name::settings()),
        ),
        Target::new("bindings-python/python/makeready/_types.py", "words", python::words()),
        Target::new("bindings-python/python/makeready/_serve.py", "functions", python::functions()),
        Target::new("bindings-python/python/makeready/_serve.py", "policy", python::policy()),
        Target::new("bindings-node/lib/calls.js", "calls", javascript::calls()),
        Target::new("bindings-node/types/inputs.d.ts", "words", typescript::words()),
        Target::new("bindings-node/types/options.d.ts", "options", typescript::options()),
        Target::new("bindings-node/types/pipeline.d.ts", "calls", typescript::calls()),
        Target::new("bindings-node/lib/serve.js", "functions", javascript::functions()),
        Target::new("bindings-node/types/serve.d.ts", "functions", typescript::functions()),
        Target::new("docs/options.md", "options", document::options()),
        Target::whole("docs/definition.schema.json", schema::schema()),
    ]
}

fn main() -> ExitCode {
    for target in targets() {
        if let Err(error) = target.write() {
            eprintln!("{}: {error}", target.path().display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn what_is_committed_is_what_would_be_written() {
        for target in targets() {
            let (old, new) = (target.read().expect("a file"), target.text().expect("a text"));
            let path = target.path();
            assert!(old == new, "{} is stale: run `make types`", path.display());
        }
    }

    #[test]
    fn no_file_of_the_python_package_is_long() {
        let package =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../bindings-python/python/makeready");
        let paths = fs::read_dir(package).expect("a folder").map(|it| it.expect("an entry").path());
        let is_python =
            |path: &PathBuf| path.extension().is_some_and(|it| it == "py" || it == "pyi");
        let files: Vec<_> = paths.filter(is_python).collect();
        assert!(files.len() > 10);
        for path in files {
            let lines = fs::read_to_string(&path).expect("a text").lines().count();
            assert!(lines <= 400, "{}: {lines} lines", path.display());
        }
    }
}
