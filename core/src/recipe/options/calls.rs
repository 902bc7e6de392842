//! The calls that a pipeline takes by name: operations, the encode, settings of the job. This list is what other
//! languages and documents know of them.

mod job;
mod written;

pub(crate) use written::Written;

use std::time::Duration;

use super::kind::Kind;
use super::table::{Field, Options, options, read};
use super::{Encode, Negotiate, Open, Resize, Rotate, Stitch};
use crate::error::{Error, Result};
use crate::picture::geometry::Rect;
use crate::picture::orientation::Orientation;
use crate::recipe::combination::{COMBINATIONS, Combination};
use crate::recipe::limits::Limits;
use crate::recipe::operations::PICTURE_OPERATIONS;
use crate::recipe::value::{CallError, Value};
use crate::recipe::{Change, Step};

/// Reads options by their names.
type By<T> = fn(&[(String, Value)]) -> Result<T, CallError>;

/// The way in which the options of a call are read.
pub(crate) enum Read {
    /// As a change of a recipe.
    Change(By<Change>),
    /// As what is done with another picture, which the call takes besides.
    Combination(By<Combination>),
}

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
    geometry().chain(picture_operations()).chain(combinations())
}

/// The calls that scale, cut and turn the picture.
pub fn geometry() -> impl Iterator<Item = &'static Operation> {
    GEOMETRY.iter()
}

/// The calls that make one picture of one in any other way.
pub fn picture_operations() -> impl Iterator<Item = &'static Operation> {
    PICTURE_OPERATIONS.iter()
}

/// The calls that take another picture besides, as `input`.
pub fn combinations() -> impl Iterator<Item = &'static Operation> {
    COMBINATIONS.iter()
}

/// The calls that set the format of the output, of which the last one counts.
pub fn output_formats() -> impl Iterator<Item = &'static Operation> {
    OUTPUT.iter()
}

/// The calls that set something of the job as a whole.
pub fn settings() -> impl Iterator<Item = &'static Operation> {
    job::JOB.iter()
}

impl Operation {
    /// Tells whether it takes another picture besides its options.
    #[must_use]
    pub const fn takes_input(&self) -> bool {
        matches!(self.change, Read::Combination(_))
    }

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
        change: Read::Change(|given| Ok(Change::Step(Step::Resize(read("resize", given)?)))),
    },
    Operation {
        name: "crop",
        doc: "Keeps a rectangle, in pixels of the picture at this point.",
        by_place: 4,
        fields: Crop::fields,
        change: Read::Change(|given| {
            let Crop { x, y, width, height } = read("crop", given)?;
            Ok(Change::Step(Step::Crop(Rect::new(x, y, width, height))))
        }),
    },
    Operation {
        name: "rotate",
        doc: "Turns clockwise: by quarters exactly, by any other angle into a picture that is large enough for the corners.",
        by_place: 1,
        fields: Rotate::fields,
        change: Read::Change(|given| Ok(Change::Step(Step::rotated(read("rotate", given)?)))),
    },
    Operation {
        name: "flip",
        doc: "Exchanges top and bottom.",
        by_place: 0,
        fields: NoOptions::fields,
        change: Read::Change(|given| {
            let NoOptions {} = read("flip", given)?;
            Ok(Change::Step(Step::Orient(Orientation::FLIP)))
        }),
    },
    Operation {
        name: "flop",
        doc: "Exchanges left and right.",
        by_place: 0,
        fields: NoOptions::fields,
        change: Read::Change(|given| {
            let NoOptions {} = read("flop", given)?;
            Ok(Change::Step(Step::Orient(Orientation::FLOP)))
        }),
    },
];

static OUTPUT: [Operation; 2] = [
    Operation {
        name: "encode",
        doc: "Sets the output's format and its options.",
        by_place: 1,
        fields: encode_fields,
        change: Read::Change(|given| Ok(Change::Encode(Encode::read(given)?))),
    },
    Operation {
        name: "negotiate",
        doc: "Sets the output's format by what a client accepts, and says so in `vary`.",
        by_place: 1,
        fields: Negotiate::fields,
        change: Read::Change(|given| Ok(Change::Negotiate(read("negotiate", given)?))),
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
    /// Nothing to choose.
    struct NoOptions {}
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

/// A call by name that was read: an operation, an encode or a setting, for any number of pipelines.
#[derive(Debug, Clone)]
pub struct Call(pub(crate) Change);

impl Call {
    /// Reads a call.
    ///
    /// # Errors
    /// Of a name that no call has, and of options that it has not or that cannot be.
    pub fn new(name: &str, given: &[(String, Value)]) -> Result<Self, CallError> {
        match operation(name)?.change {
            Read::Change(read) => Ok(Self(read(given)?)),
            Read::Combination(_) => {
                Err(Error::invalid_option(format!("{name} takes an input, found none")).into())
            }
        }
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

/// A call by name that takes another picture, without that.
#[derive(Debug, Clone)]
pub struct Combine(pub(crate) Combination);

impl Combine {
    /// Reads a call.
    ///
    /// # Errors
    /// As [`Call::new`], and of a name of a call that takes no picture.
    pub fn new(name: &str, given: &[(String, Value)]) -> Result<Self, CallError> {
        match operation(name)?.change {
            Read::Combination(read) => Ok(Self(read(given)?)),
            Read::Change(_) => {
                Err(Error::invalid_option(format!("{name} takes no input, found one")).into())
            }
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
