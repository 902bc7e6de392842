//! The calls that a pipeline takes by name: operations, the encode, settings of the job. This list is what other
//! languages and documents know of them.

mod written;

pub(crate) use written::Written;

use std::time::Duration;

use super::kind::Kind;
use super::table::{Field, Options, options, read};
use super::{Encode, Negotiate, Open, OutputColour, Priority, Resize, Shrink, Stitch};
use crate::error::{Error, Result};
use crate::picture::geometry::Rect;
use crate::picture::orientation::{Orientation, Quarter};
use crate::recipe::limits::Limits;
use crate::recipe::operations::PICTURE_OPERATIONS;
use crate::recipe::optimizations::Optimizations;
use crate::recipe::threads::Threads;
use crate::recipe::value::{CallError, Value};
use crate::recipe::{Change, Step};

/// Reads options by their names as a change of a recipe.
type Read = fn(&[(String, Value)]) -> Result<Change, CallError>;

/// A call that a pipeline takes by name.
pub struct Operation {
    /// Its name, in snake_case.
    pub name: &'static str,
    /// Its meaning, in a sentence.
    pub doc: &'static str,
    /// How many of its options may be given by their places.
    pub by_place: usize,
    /// Gives its options, in the order of their places.
    pub fields: fn() -> Vec<Field>,
    pub(crate) change: Read,
}

/// All calls by name but for `open` and `stitch`, which begin a pipeline, and `cancel`, which takes a token.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    steps().chain(output_formats()).chain(settings())
}

/// The calls that change the picture.
pub fn steps() -> impl Iterator<Item = &'static Operation> {
    geometry().chain(picture_operations())
}

/// The calls that scale, cut and turn the picture.
pub fn geometry() -> impl Iterator<Item = &'static Operation> {
    GEOMETRY.iter()
}

/// The calls that make one picture of one in any other way.
pub fn picture_operations() -> impl Iterator<Item = &'static Operation> {
    PICTURE_OPERATIONS.iter()
}

/// The calls that set the format of the output, of which the last one counts.
pub fn output_formats() -> impl Iterator<Item = &'static Operation> {
    OUTPUT.iter()
}

/// The calls that set something of the job as a whole.
pub fn settings() -> impl Iterator<Item = &'static Operation> {
    JOB.iter()
}

impl Operation {
    /// The option of a call that has no other, which a document gives without its name.
    #[must_use]
    pub fn only_option(&self) -> Option<Field> {
        match (self.fields)().as_slice() {
            [only] if only.kind != Kind::Rules => Some(*only),
            _ => None,
        }
    }
}

static GEOMETRY: [Operation; 5] = [
    Operation {
        name: "resize",
        doc: "Resizes to a box, of which either side may be left out.",
        by_place: 2,
        fields: Resize::fields,
        change: |given| Ok(Change::Step(Step::Resize(read("resize", given)?))),
    },
    Operation {
        name: "crop",
        doc: "Keeps a rectangle, in pixels of the picture at this point.",
        by_place: 4,
        fields: Crop::fields,
        change: |given| {
            let Crop { x, y, width, height } = read("crop", given)?;
            Ok(Change::Step(Step::Crop(Rect::new(x, y, width, height))))
        },
    },
    Operation {
        name: "rotate",
        doc: "Turns clockwise.",
        by_place: 1,
        fields: Rotate::fields,
        change: |given| {
            let Rotate { degrees } = read("rotate", given)?;
            Ok(Change::Step(Step::Orient(Quarter::from_degrees(degrees)?.into())))
        },
    },
    Operation {
        name: "flip",
        doc: "Exchanges top and bottom.",
        by_place: 0,
        fields: NoOptions::fields,
        change: |given| {
            let NoOptions {} = read("flip", given)?;
            Ok(Change::Step(Step::Orient(Orientation::FLIP)))
        },
    },
    Operation {
        name: "flop",
        doc: "Exchanges left and right.",
        by_place: 0,
        fields: NoOptions::fields,
        change: |given| {
            let NoOptions {} = read("flop", given)?;
            Ok(Change::Step(Step::Orient(Orientation::FLOP)))
        },
    },
];

static OUTPUT: [Operation; 2] = [
    Operation {
        name: "encode",
        doc: "Sets the output's format and its options.",
        by_place: 1,
        fields: encode_fields,
        change: |given| Ok(Change::Encode(Encode::read(given)?)),
    },
    Operation {
        name: "negotiate",
        doc: "Sets the output's format by what a client accepts, and says so in `vary`.",
        by_place: 1,
        fields: Negotiate::fields,
        change: |given| Ok(Change::Negotiate(read("negotiate", given)?)),
    },
];

static JOB: [Operation; 7] = [
    Operation {
        name: "limits",
        doc: "Sets what the job may cost; limits that are not given have their defaults.",
        by_place: 0,
        fields: Limits::fields,
        change: |given| Ok(Change::Limits(read("limits", given)?)),
    },
    Operation {
        name: "threads",
        doc: "Sets the threads the job may use at a time.",
        by_place: 1,
        fields: ThreadCount::fields,
        change: |given| {
            let ThreadCount { count } = read("threads", given)?;
            Ok(Change::Threads(Threads::Count(count)))
        },
    },
    Operation {
        name: "deadline",
        doc: "Stops the job with a `timeout` error when it has run, planned or explained so long.",
        by_place: 1,
        fields: Deadline::fields,
        change: |given| {
            let Deadline { seconds } = read("deadline", given)?;
            Ok(Change::Deadline(seconds))
        },
    },
    Operation {
        name: "shrink",
        doc: "Sets how much of a shrink the decoders may take over, where they can decode at 1/2, 1/4 or 1/8.",
        by_place: 1,
        fields: ShrinkMode::fields,
        change: |given| {
            let ShrinkMode { mode } = read("shrink", given)?;
            Ok(Change::Shrink(mode))
        },
    },
    Operation {
        name: "colour",
        doc: "Sets the colour space of the output; each input is converted from its own profile.",
        by_place: 1,
        fields: OutputColour::fields,
        change: |given| {
            let OutputColour { space } = read("colour", given)?;
            Ok(Change::Colour(space))
        },
    },
    Operation {
        name: "priority",
        doc: "Gives the queue of jobs a hint.",
        by_place: 1,
        fields: JobPriority::fields,
        change: |given| {
            let JobPriority { level } = read("priority", given)?;
            Ok(Change::Priority(level))
        },
    },
    Operation {
        name: "optimizations",
        doc: "Switches rewrite rules of the plan on or off by their names; all are on by default.",
        by_place: 1,
        fields: rule_fields,
        change: |given| Ok(Change::Optimizations(rules(given)?)),
    },
];

options! {
    /// A rectangle to keep.
    struct Crop {
        /// Columns left of it.
        x: u32;
        /// Rows above it.
        y: u32;
        /// Its width in pixels, 1 or more.
        width: u32;
        /// Its height in pixels, 1 or more.
        height: u32;
    }
}

options! {
    /// A turn.
    struct Rotate {
        /// Degrees: 90, 180 or 270.
        degrees: u32;
    }
}

options! {
    /// Nothing to choose.
    struct NoOptions {}
}

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
        /// Whether the job goes as one of four times its predicted time, of that time, or of a quarter of it.
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

/// The format, and the options of all formats, each name once.
fn encode_fields() -> Vec<Field> {
    let format = Kind::Word { name: "Format", words: &Encode::WRITTEN_NAMES };
    let doc = "The format that is written.";
    let mut fields = vec![Field {
        name: "format",
        kind: format,
        default: || Value::None,
        needed: true,
        range: None,
        doc,
    }];
    for field in Encode::WRITTEN.into_iter().flat_map(|format| Encode::default_of(format).fields())
    {
        if fields.iter().all(|other| other.name != field.name) {
            fields.push(field);
        }
    }
    fields
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

/// A call by name that was read: an operation, an encode or a setting, for any number of pipelines.
#[derive(Debug, Clone)]
pub struct Call(pub(crate) Change);

impl Call {
    /// Reads a call.
    ///
    /// # Errors
    /// Of a name that no call has, and of options that it has not or that cannot be.
    pub fn new(name: &str, given: &[(String, Value)]) -> Result<Self, CallError> {
        Ok(Self((operation(name)?.change)(given)?))
    }

    /// The limits that it sets, where it does.
    #[must_use]
    pub fn limits(&self) -> Option<&Limits> {
        match &self.0 {
            Change::Limits(limits) => Some(limits),
            _ => None,
        }
    }

    /// The deadline that it sets, where it does.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        match &self.0 {
            Change::Deadline(after) => Some(*after),
            _ => None,
        }
    }
}

/// The operation of that name.
///
/// # Errors
/// Where there is none.
pub fn operation(name: &str) -> Result<&'static Operation, CallError> {
    operations().find(|operation| operation.name == name).ok_or_else(|| {
        let names: Vec<_> = operations().map(|operation| operation.name).collect();
        let names = names.join(", ");
        Error::invalid_option(format!("a call is one of {names}, found {name:?}")).into()
    })
}

/// How an input is opened, by the names of its options.
///
/// # Errors
/// As [`Call::new`].
pub fn open(given: &[(String, Value)]) -> Result<Open, CallError> {
    read("open", given)
}

/// How the inputs of a stitch lie, by the names of its options.
///
/// # Errors
/// As [`Call::new`].
pub fn stitch(given: &[(String, Value)]) -> Result<Stitch, CallError> {
    Stitch::read(given)
}

/// Limits by their names.
///
/// # Errors
/// As [`Call::new`].
pub fn limits(given: &[(String, Value)]) -> Result<Limits, CallError> {
    read("limits", given)
}

/// The options of `open`.
#[must_use]
pub fn open_fields() -> Vec<Field> {
    Open::fields()
}

/// The options of `stitch`.
#[must_use]
pub fn stitch_fields() -> Vec<Field> {
    Stitch::fields()
}

/// The options of each format that is written.
#[must_use]
pub fn format_fields() -> Vec<(&'static str, Vec<Field>)> {
    let fields =
        |format| (Encode::default_of(format).format().name(), Encode::default_of(format).fields());
    Encode::WRITTEN.into_iter().map(fields).collect()
}

#[cfg(test)]
mod tests;
