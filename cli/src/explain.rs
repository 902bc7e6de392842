//! `makeready explain`: the plan of a job, before and after the rules.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use makeready::{explain_all, plan_all};
use serde_json::json;

use crate::definition;
use crate::failure::Failure;
use crate::flags::{self, Flags};
use crate::jobs;
use crate::report::Report;

pub(crate) fn words(command: Command) -> Command {
    let input = Arg::new("input")
        .value_name("INPUT")
        .help("An image, with operations as convert has them; or a definition, a file that ends in .json")
        .value_parser(value_parser!(PathBuf))
        .required(true);
    let about = "Tells how a job would run, and what it would cost";
    flags::add(command.about(about).args([input, definition::source_flag()]))
}

pub(crate) fn run(matches: &ArgMatches, report: &mut Report) -> Result<(), Failure> {
    let Some(path) = matches.get_one::<PathBuf>("input") else { return Ok(()) };
    let flags = Flags::read(matches)?;
    let pipelines = if path.extension().is_some_and(|extension| extension == "json") {
        definition::read(path, matches)?.0
    } else {
        if flags.needs_format() && flags.format.is_none() {
            let text = "options of an encode are those of a format: expected --format, found none";
            return Err(Failure::invalid_option(text));
        }
        vec![
            flags
                .pipeline(jobs::source(path, flags.max_input_bytes())?, flags.format.as_deref())?,
        ]
    };
    let text = explain_all(&pipelines)?;
    let outputs = plan_all(&pipelines)?;
    let outputs: Vec<_> = outputs
        .iter()
        .map(|plan| {
            json!({
                "format": plan.format.name(),
                "width": plan.width,
                "height": plan.height,
                "frames": plan.frames,
                "looks": plan.looks,
                "peak_memory": plan.peak_memory,
                "cost": plan.cost,
            })
        })
        .collect();
    report.result(text.trim_end(), &json!({"plan": text, "outputs": outputs}));
    Ok(())
}
