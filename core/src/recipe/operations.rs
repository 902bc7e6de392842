//! The operations that make one picture of one, as they are asked for: a line in the list and a table of options each.

use super::options::Edges;
use super::options::calls::{Operation, Written};
use super::options::table::{Options, changed, options, read};
use super::{Change, Step};
use crate::error::Result;
use crate::picture::image::Colour;

/// Gives the list to a macro: the sentence, the method of Rust and the record that it makes, and how many options other
/// languages take by their places.
macro_rules! picture_operations {
    ($then:ident) => {
        $then! {
            /// Puts the picture on an opaque colour; it has no alpha after that.
            ///
            /// ```
            /// use makeready::{Colour, Image, Layout, Pipeline, Size};
            ///
            /// let image = Image::new(Size::new(2, 1), Layout::GrayA, vec![9, 0, 9, 255])?;
            /// assert_eq!(Pipeline::open(image).flatten(Colour::WHITE).pixels()?.data(), [255, 9]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            flatten(colour: Colour) => Flatten { background: colour }, 1;
            /// Adds edges of a colour around the picture.
            ///
            /// ```
            /// use makeready::{Colour, Edges, Image, Layout, Pipeline, Size};
            ///
            /// let dot = Pipeline::open(Image::new(Size::new(1, 1), Layout::Gray, vec![9])?);
            /// let row = dot.extend(Edges::new().with_left(1).with_right(2), Colour::WHITE);
            /// assert_eq!(row.pixels()?.data(), [255, 9, 255, 255]);
            /// # Ok::<(), makeready::Error>(())
            /// ```
            extend(edges: Edges, colour: Colour) => Extend { edges, background: colour }, 0;
        }
    };
}
pub(crate) use picture_operations;

options! {
    /// An opaque ground.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Flatten {
        /// An opaque colour.
        background: Colour = Colour::BLACK;
    }
}

options! {
    /// Edges and their colour.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Extend {
        /// Their widths.
        edges [group]: Edges = Edges::default();
        /// The colour of the edges; with an alpha below 255 the output has alpha.
        background: Colour = Colour::BLACK;
    }
}

/// Makes one type of the records in the list, and the calls by name.
macro_rules! records {
    ($(
        #[doc = $doc:literal] $(#[doc = $more:literal])*
        $name:ident($($arg:ident: $Arg:ty),*) => $Record:ident $fields:tt, $by_place:literal;
    )+) => {
        /// One of the operations that make one picture of one, as it was asked for.
        #[derive(Debug, Clone)]
        pub(crate) enum Record {
            $($Record($Record),)+
        }

        impl Record {
            /// Checks the ranges of all options.
            pub(crate) fn check(&self) -> Result<()> {
                match self {
                    $(Self::$Record(record) => record.check(stringify!($name)),)+
                }
            }

            /// The call that makes it.
            pub(crate) fn call(&self) -> Written {
                match self {
                    $(Self::$Record(record) => (stringify!($name), changed(record)),)+
                }
            }
        }

        $(impl From<$Record> for Record {
            fn from(record: $Record) -> Self {
                Self::$Record(record)
            }
        })+

        /// The calls by name.
        pub(crate) static PICTURE_OPERATIONS: &[Operation] = &[$(Operation {
            name: stringify!($name),
            doc: $doc,
            by_place: $by_place,
            fields: $Record::fields,
            change: |given| {
                let record: $Record = read(stringify!($name), given)?;
                Ok(Change::Step(Step::Picture(record.into())))
            },
        }),+];
    };
}

picture_operations!(records);
