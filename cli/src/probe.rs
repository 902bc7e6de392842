//! `makeready probe`: what headers tell.

use std::path::Path;

use clap::{ArgMatches, Command};
use makeready::{Limits, Probe};
use serde_json::json;

use crate::failure::Failure;
use crate::files::{self, inputs};
use crate::jobs;
use crate::report::{Report, in_a_line};

pub(crate) fn words(command: Command) -> Command {
    command
        .about("Tells format and size of files, by their headers alone")
        .arg(files::argument("INPUT", files::IMAGES))
}

pub(crate) fn run(matches: &ArgMatches, report: &mut Report) -> Result<(), Failure> {
    for path in inputs(matches)? {
        let found = jobs::source(&path, Limits::default().max_input_bytes)
            .and_then(|source| Ok(makeready::probe(source)?));
        match found {
            Ok(found) => tell(&path, &found, report),
            Err(failure) => report.failed(Some(&path), &failure),
        }
    }
    Ok(())
}

fn tell(path: &Path, found: &Probe, report: &mut Report) {
    let Probe { format, width, height, orientation, has_alpha, pages, animated, duration, .. } =
        found;
    let alpha = if *has_alpha { ", alpha" } else { "" };
    let turned =
        if *orientation > 1 { format!(", EXIF orientation {orientation}") } else { String::new() };
    let moves = if *animated { format!(", {pages} frames of {duration:?}") } else { String::new() };
    let text = format!(
        "{}: {format} {width}x{height}{alpha}{turned}{moves}",
        in_a_line(&path.display().to_string())
    );
    let fields = json!({
        "input": path.display().to_string(),
        "format": format.name(),
        "width": width,
        "height": height,
        "orientation": orientation,
        "layout": found.layout.to_string(),
        "has_alpha": has_alpha,
        "bits": found.bits,
        "pages": pages,
        "animated": animated,
        "duration": duration.as_millis(),
        "loop": found.r#loop,
        "density": found.density,
        "profile": found.profile,
        "progressive": found.progressive,
        "subsampling": found.subsampling,
    });
    report.result(&text, &fields);
}
