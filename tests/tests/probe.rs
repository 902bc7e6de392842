//! The facts that probes tell: the cases of `cases/probe`, and none of damaged files that is an error.

use makeready::{Exif, Limits, Probe, probe_exif, probe_with};
use serde::Deserialize;
use toml::{Table, Value};

/// At least so many there are; a file that is lost would be noticed.
const CASES: usize = 42;

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    input: String,
    #[serde(default)]
    exif: bool,
    expect: Table,
}

/// The fields of most files.
const USUAL: &str = r#"
    orientation = 1
    layout = "rgb"
    has_alpha = false
    bits = 8
    pages = 1
    animated = false
    duration = 0
    progressive = false
"#;

/// The fields that are there.
fn table(fields: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Table {
    let named = |(name, value): (&str, Option<Value>)| Some((name.to_owned(), value?));
    fields.into_iter().filter_map(named).collect()
}

fn exif(exif: Exif) -> Value {
    Value::Table(table([
        ("taken", exif.taken.map(Value::from)),
        ("make", exif.make.map(Value::from)),
        ("model", exif.model.map(Value::from)),
        ("latitude", exif.latitude.map(Value::from)),
        ("longitude", exif.longitude.map(Value::from)),
        ("altitude", exif.altitude.map(Value::from)),
    ]))
}

fn fields(probe: Probe) -> Table {
    let milliseconds = u32::try_from(probe.duration.as_millis()).expect("a short film");
    table([
        ("format", Some(probe.format.name().into())),
        ("width", Some(probe.width.into())),
        ("height", Some(probe.height.into())),
        ("orientation", Some(u32::from(probe.orientation).into())),
        ("layout", Some(probe.layout.to_string().into())),
        ("has_alpha", Some(probe.has_alpha.into())),
        ("bits", Some(probe.bits.into())),
        ("pages", Some(probe.pages.into())),
        ("animated", Some(probe.animated.into())),
        ("duration", Some(milliseconds.into())),
        ("loop", probe.r#loop.map(Value::from)),
        ("density", probe.density.map(Value::from)),
        ("profile", probe.profile.map(Value::from)),
        ("progressive", Some(probe.progressive.into())),
        ("subsampling", probe.subsampling.map(Value::from)),
        ("exif", probe.exif.map(exif)),
    ])
}

#[test]
fn files_tell_their_facts() {
    let path = makeready_tests::path("cases/probe/files.toml");
    let text = std::fs::read_to_string(path).expect("a file of cases");
    let file: File = toml::from_str(&text).expect("cases");
    assert!(file.case.len() >= CASES, "{} cases", file.case.len());
    for Case { input, exif, expect } in file.case {
        let (path, limits) = (makeready_tests::path("images").join(&input), Limits::default());
        let found = if exif { probe_exif(path, &limits) } else { probe_with(path, &limits) };
        let found = found.unwrap_or_else(|error| panic!("{input}: {error}"));
        let mut expected: Table = toml::from_str(USUAL).expect("fields");
        expected.extend(expect);
        assert_eq!(fields(found), expected, "{input}");
    }
}
