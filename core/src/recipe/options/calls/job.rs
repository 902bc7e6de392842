//! The calls that set something of the job as a whole.

use std::time::Duration;

use super::{Operation, Read};
use crate::recipe::Change;
use crate::recipe::limits::Limits;
use crate::recipe::optimizations::Optimizations;
use crate::recipe::options::kind::Kind;
use crate::recipe::options::table::{Field, Options, options, read};
use crate::recipe::options::{Density, Keep, OutputColour, Priority, Shrink};
use crate::recipe::threads::Threads;
use crate::recipe::value::{CallError, Value};

pub(super) static JOB: [Operation; 9] = [
    Operation {
        name: "limits",
        doc: "Sets what the job may cost; limits that are not given have their defaults.",
        by_place: 0,
        fields: Limits::fields,
        change: Read::Change(|given| Ok(Change::Limits(read("limits", given)?))),
    },
    Operation {
        name: "threads",
        doc: "Sets the threads the job may use at a time.",
        by_place: 1,
        fields: ThreadCount::fields,
        change: Read::Change(|given| {
            let ThreadCount { count } = read("threads", given)?;
            Ok(Change::Threads(Threads::Count(count)))
        }),
    },
    Operation {
        name: "deadline",
        doc: "Stops the job with a `timeout` error when it has run, planned or explained so long.",
        by_place: 1,
        fields: Deadline::fields,
        change: Read::Change(|given| {
            let Deadline { seconds } = read("deadline", given)?;
            Ok(Change::Deadline(seconds))
        }),
    },
    Operation {
        name: "shrink",
        doc: "Sets how much of a shrink the decoders may take over, where they can decode at 1/2, 1/4 or 1/8.",
        by_place: 1,
        fields: ShrinkMode::fields,
        change: Read::Change(|given| {
            let ShrinkMode { mode } = read("shrink", given)?;
            Ok(Change::Shrink(mode))
        }),
    },
    Operation {
        name: "colour",
        doc: "Sets the colour space of the output; each input is converted from its own profile.",
        by_place: 1,
        fields: OutputColour::fields,
        change: Read::Change(|given| {
            let OutputColour { space } = read("colour", given)?;
            Ok(Change::Colour(space))
        }),
    },
    Operation {
        name: "keep",
        doc: "Keeps metadata of the first input that has them, cleaned; all are dropped by default.",
        by_place: 1,
        fields: Keep::fields,
        change: Read::Change(|given| {
            let Keep { metadata } = read("keep", given)?;
            Ok(Change::Keep(Keep::of(metadata)))
        }),
    },
    Operation {
        name: "density",
        doc: "Writes a resolution into the file; the pixels stay as they are.",
        by_place: 1,
        fields: Density::fields,
        change: Read::Change(|given| Ok(Change::Density(read("density", given)?))),
    },
    Operation {
        name: "priority",
        doc: "Gives the queue of jobs a hint.",
        by_place: 1,
        fields: JobPriority::fields,
        change: Read::Change(|given| {
            let JobPriority { level } = read("priority", given)?;
            Ok(Change::Priority(level))
        }),
    },
    Operation {
        name: "optimizations",
        doc: "Switches rewrite rules of the plan on or off by their names; all are on by default.",
        by_place: 1,
        fields: rule_fields,
        change: Read::Change(|given| Ok(Change::Optimizations(rules(given)?))),
    },
];

options! {
    /// The threads of a job.
    struct ThreadCount {
        /// How many, 1 to 1024; 1 runs on the calling thread alone.
        count: usize;
    }
}

options! {
    /// The time of a job.
    struct Deadline {
        /// Seconds, 0 or more.
        seconds: Duration;
    }
}

options! {
    /// The place of a job among others.
    struct JobPriority {
        /// The job goes as one of four times its predicted time, of that time, or of a quarter of it.
        level: Priority;
    }
}

options! {
    /// How much decoders may shrink.
    struct ShrinkMode {
        /// The least factor that is left to the resampler: 2 with balanced, the default, 1 with fast, all with off.
        mode: Shrink;
    }
}

fn rule_fields() -> Vec<Field> {
    let doc = "Whether all rules are on that are not named.";
    let on = || Value::Bool(true);
    vec![Field { name: "all", kind: Kind::Rules, default: on, needed: false, range: None, doc }]
}

/// All rules as `all` says; and single ones by their names on top of that.
fn rules(given: &[(String, Value)]) -> Result<Optimizations, CallError> {
    let mut optimizations = Optimizations::all();
    let of = "optimizations";
    let switches = given.iter().filter(|(_, value)| !matches!(value, Value::None));
    let (every, single): (Vec<_>, Vec<_>) = switches.partition(|(name, _)| name == "all");
    for (name, on) in every.into_iter().chain(single) {
        let Value::Bool(on) = on else {
            let (expected, found) = (Kind::Rules.expected(), on.kind().to_owned());
            return Err(CallError::Type { of, name: "a rule", expected, found });
        };
        optimizations = match (name.as_str(), on) {
            ("all", true) => Optimizations::all(),
            ("all", false) => Optimizations::none(),
            _ => optimizations.with(name, *on)?,
        };
    }
    Ok(optimizations)
}
