//! Runs every case of `cases/*.toml`: as it is, with exact rules alone, and with all rules off.

use std::collections::BTreeSet;

use makeready::{Error, Image, Layout, Limits, Optimizations, Pipeline, by_name, probe, probe_as};
use makeready_tests::bytes::has;
use makeready_tests::case::{self, Case, Expect};
use makeready_tests::compare::difference;
use makeready_tests::path;
use rayon::prelude::*;

/// At least so many there are; a file that is lost would be noticed.
const CASES: usize = 300;

#[test]
fn every_case_gives_what_it_expects() {
    let cases = case::all();
    assert!(cases.len() >= CASES, "{} cases", cases.len());
    let failures: Vec<String> = cases.par_iter().filter_map(|case| failure(case, check)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_case_means_the_same_with_rules_off() {
    let cases = case::all();
    assert!(cases.len() >= CASES, "{} cases", cases.len());
    let failures: Vec<String> =
        cases.par_iter().filter_map(|case| failure(case, compare)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_format_has_a_case() {
    let cases = case::all();
    let good = cases.iter().filter(|case| case.expect.error.is_none());
    let told = good.filter_map(|case| {
        let input = path("images").join(case.recipe.input.as_deref()?);
        let open = by_name::open(&case.recipe.open.values()).ok()?;
        probe_as(input, &open, &Limits::default()).ok()
    });
    let told: BTreeSet<&str> = told.map(|probe| probe.format.name()).collect();
    for name in by_name::file_formats() {
        assert!(told.contains(name), "no case decodes a {name}");
    }
}

fn failure(case: &Case, check: fn(&Case) -> Result<(), String>) -> Option<String> {
    check(case).err().map(|what| format!("{}: {what}", case.name))
}

/// An error unless `found` is the expected output, where a case expects one.
fn expected<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: T,
    expected: Option<T>,
) -> Result<(), String> {
    match expected {
        Some(expected) if expected != found => {
            Err(format!("{what}: expected {expected:?}, found {found:?}"))
        }
        _ => Ok(()),
    }
}

fn check(case: &Case) -> Result<(), String> {
    let expect = &case.expect;
    let outcome = case.pipeline().and_then(|pipeline| Ok((pipeline.run()?, pipeline)));
    match (outcome, &expect.error) {
        (Err(error), Some(_)) => check_error(expect, &error),
        (Err(error), None) => Err(format!("failed with {error:?}")),
        (Ok(_), Some(code)) => Err(format!("expected the error {code}, found an output")),
        (Ok((output, pipeline)), None) => {
            expected("size", (output.width, output.height), expect.size)?;
            expected("format", output.format.name(), expect.format.as_deref())?;
            expected("layout", output.layout.to_string(), expect.layout.clone())?;
            expected("vary", output.vary, Some(expect.vary.clone()))?;
            expected("warnings", output.warnings.len(), Some(expect.warnings))?;
            expected("frames", output.frames, Some(expect.frames))?;
            check_bytes(expect, &output.data)?;
            let read = probe(output.data.clone()).map_err(|error| error.to_string())?;
            let films = read.pages > 1 || expect.frames > 1;
            expected("frames as read back", read.pages, films.then_some(expect.frames))?;
            expected("size as read back", (read.width, read.height), expect.size)?;
            check_plan(expect, &pipeline).map_err(|error| error.to_string())??;
            // A film shows them in its frames.
            let shown = if films { Pipeline::open(output.data) } else { pipeline };
            let image = shown.pixels().map_err(|error| error.to_string())?;
            check_points(expect, &image)
        }
    }
}

fn check_bytes(expect: &Expect, file: &[u8]) -> Result<(), String> {
    let is_there = |text: &&String| {
        let bytes: Vec<u8> =
            text.chars().map(|letter| u8::try_from(letter).expect("Latin-1")).collect();
        has(file, &bytes)
    };
    if let Some(missing) = expect.holds.iter().find(|text| !is_there(text)) {
        return Err(format!("the file lacks {missing:?}"));
    }
    expect
        .lacks
        .iter()
        .find(is_there)
        .map_or(Ok(()), |found| Err(format!("the file has {found:?}")))
}

fn check_error(expect: &Expect, error: &Error) -> Result<(), String> {
    expected("error", error.code(), expect.error.as_deref())?;
    expected("limit", error.limit(), expect.limit.as_deref().map(Some))?;
    expected("input", error.input(), expect.at_input.map(Some))
}

fn check_plan(expect: &Expect, pipeline: &Pipeline) -> Result<Result<(), String>, Error> {
    let plan = pipeline.plan()?;
    let decodes: Vec<String> = plan
        .decodes
        .iter()
        .map(|decode| format!("#{} 1/{} {}", decode.input, decode.scale, decode.region))
        .collect();
    let text = pipeline.explain()?;
    let applied = text.lines().find(|line| line.starts_with("rules applied")).unwrap_or_default();
    let has = |rule: &String| applied.contains(rule.as_str());
    let size = expect.planned_size.or(expect.size);
    Ok(expected("size as planned", (plan.width, plan.height), size)
        .and_then(|()| expected("looks", plan.looks, Some(expect.looks)))
        .and_then(|()| {
            expected("layout as planned", plan.layout.to_string(), expect.layout.clone())
        })
        .and_then(|()| expected("decodes", decodes, expect.decodes.clone()))
        .and_then(|()| match expect.rules.iter().find(|rule| !has(rule)) {
            Some(rule) => Err(format!("expected rule {rule}, found {applied}")),
            None => Ok(()),
        })
        .and_then(|()| match expect.not_rules.iter().find(|rule| has(rule)) {
            Some(rule) => Err(format!("expected no rule {rule}, found {applied}")),
            None => Ok(()),
        }))
}

fn check_points(expect: &Expect, image: &Image) -> Result<(), String> {
    let channels = image.layout().channels() as usize;
    for point in &expect.points {
        let (x, y) = point.at;
        let at = (y * image.size().width + x) as usize * channels;
        let found = &image.data()[at..at + channels];
        let close = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= point.within;
        if found.len() != point.is.len() || !found.iter().zip(&point.is).all(close) {
            return Err(format!("at {x},{y}: expected {:?}, found {found:?}", point.is));
        }
    }
    Ok(())
}

/// Exact rules change no byte; approximate ones little.
fn compare(case: &Case) -> Result<(), String> {
    let Ok(pipeline) = case.pipeline() else {
        return Ok(());
    };
    if case.expect.error.is_some() {
        return compare_errors(&pipeline);
    }
    if case.expect.frames > 1 {
        let run = |rules| pipeline.clone().optimizations(rules).run().map(|film| film.data);
        let same = run(Optimizations::all()).ok() == run(Optimizations::none()).ok();
        return if same { Ok(()) } else { Err("rules change a film".to_owned()) };
    }
    let pixels = |optimizations: Optimizations| {
        pipeline.clone().optimizations(optimizations).pixels().map_err(|error| error.to_string())
    };
    let exact = Optimizations::approximate()
        .into_iter()
        .try_fold(Optimizations::all(), |rules, name| rules.with(name, false))
        .map_err(|error| error.to_string())?;
    let as_written = pixels(Optimizations::none())?;
    if pixels(exact)? != as_written {
        return Err("exact rules changed bytes".to_owned());
    }
    let apart = difference(&pixels(Optimizations::all())?, &as_written);
    // A scaled decode of a small picture with hard edges, the worst of the cases, is 1.6 apart.
    let allowed = if as_written.layout() == Layout::Gray { 2.0 } else { 3.0 };
    if apart.mean > allowed {
        return Err(format!("approximate rules: {apart:?}"));
    }
    Ok(())
}

/// A refused job is refused with any rules.
fn compare_errors(pipeline: &Pipeline) -> Result<(), String> {
    let code = |pipeline: &Pipeline| pipeline.run().err().map(|error| error.code());
    let without = pipeline.clone().optimizations(Optimizations::none());
    expected("error without rules", code(&without), Some(code(pipeline)))
}
