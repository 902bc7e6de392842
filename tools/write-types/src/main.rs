//! Writes the options into other languages and documents, from the table of the core: `make types`.
//!
//! ```text
//! core: operations, Field ──> _pipeline.py, _types.py      (methods with their docstrings, words)
//!       FUNCTIONS         ──> _serve.py                    (functions with their docstrings)
//!                         ──> lib/{calls,serve}.js, types/ (methods, functions, types)
//!                         ──> docs/options.md, docs/definition.schema.json
//! ```
//!
//! A file has marks around the written lines; the rest of it is kept. The schema is written as a whole. `python.toml` and
//! `node.toml` have the words of one language alone: examples, errors, signatures of its own.

mod document;
mod javascript;
mod python;
mod schema;
mod sentence;
mod target;
mod typescript;

use std::process::ExitCode;

use target::Target;

/// All that is written, and from which function.
fn targets() -> Vec<Target> {
    vec![
        Target::new("bindings-python/python/makeready/_pipeline.py", "types", python::types()),
        Target::new("bindings-python/python/makeready/_pipeline.py", "calls", python::calls()),
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
    use super::*;

    #[test]
    fn what_is_committed_is_what_would_be_written() {
        for target in targets() {
            let (old, new) = (target.read().expect("a file"), target.text().expect("a text"));
            let path = target.path();
            assert!(old == new, "{} is stale: run `make types`", path.display());
        }
    }
}
