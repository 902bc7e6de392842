//! Definitions that are refused: `cases/definitions/bad.toml`, which Python holds against the schema as well.

use makeready::{Source, pipelines_from_json};
use serde::Deserialize;

/// So many there are; a file that is lost would be noticed.
const DEFINITIONS: usize = 63;

#[derive(Deserialize)]
struct File {
    definition: Vec<Definition>,
}

#[derive(Deserialize)]
struct Definition {
    name: String,
    text: String,
    message: String,
}

#[test]
fn bad_definitions_are_refused_at_their_place() {
    let file = makeready_tests::path("cases/definitions/bad.toml");
    let file: File =
        toml::from_str(&std::fs::read_to_string(file).expect("a file")).expect("definitions");
    assert_eq!(file.definition.len(), DEFINITIONS);
    for Definition { name, text, message } in file.definition {
        let error = pipelines_from_json(&text, [("a", Source::from(b""))]).expect_err(&name);
        assert_eq!(error.code(), "invalid_option", "{name}");
        assert!(error.to_string().starts_with(&message), "{name}: {message}\nfound {error}");
    }
}
