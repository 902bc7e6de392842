//! Makes source images ready to print and to serve: stitches, resizes, crops and encodes in-process, as a
//! planned pipeline that works in bands.
//!
//! ```
//! use makeready::{Image, Jpeg, Layout, Pipeline, Size, Stitch};
//!
//! let tile = Image::new(Size::new(40, 30), Layout::Rgb, vec![90; 3600])?;
//! let page = Pipeline::stitch(Stitch::across(2), [tile.clone(), tile.clone(), tile.clone(), tile]);
//! let preview = page.resize((16, 12)).encode(Jpeg::quality(80)).run()?;
//! assert_eq!((preview.width, preview.height), (16, 12));
//! # Ok::<(), makeready::Error>(())
//! ```
//!
//! # The way the data takes
//!
//! 1. A [`Pipeline`] only records: where its pixels come from (a [`Source`], or a [`Stitch`] of several), the
//!    operations in the order written, and what comes out ([`Encode`]).
//! 2. [`Pipeline::plan`], [`Pipeline::explain`] and [`Pipeline::run`] read the headers of the inputs and build
//!    a logical plan, in which every operation knows the size and layout of what it gives.
//! 3. The plan is rewritten: crops and shrinks travel down, through a stitch into each tile's decoder, which
//!    then decodes at a smaller scale and only what is needed. [`Optimizations`] switches rules off.
//! 4. The plan is lowered to what the codecs can do. Its peak memory is known now, and checked against
//!    [`Limits`] before anything is decoded.
//! 5. Bands of rows flow from the decoders to the encoders on a shared worker pool. The bytes that come out
//!    never depend on the number of threads or the height of a band.
//!
//! [`run_all`] runs several pipelines in one pass and does what they share once. Every failure is an
//! [`Error`] with a stable [code](Error::code).

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod error;
mod formats;
mod ops;
mod panics;
mod picture;
mod pipeline;
mod plan;
mod probe;
mod recipe;
mod run;
mod serve;

pub use error::{Error, ErrorKind, Result};
pub use makeready_kernels::heap::Reserve;
#[doc(hidden)]
pub use panics::{panicked, report_panics_in_a_line};
pub use picture::exif::Exif;
pub use picture::format::Format;
pub use picture::geometry::{Fit, Rect, Size};
pub use picture::image::{Colour, Image, Layout, Subsampling};
pub use picture::metadata::Meta;
pub use picture::orientation::{Orientation, Quarter};
pub use picture::position::Position;
pub use pipeline::{
    Pipeline, explain_all, pipelines_from_json, pipelines_to_json, placeholder, placeholder_as,
    plan_all, run_all, spawn_all, spawn_placeholder, spawn_stats, stats,
};
pub use probe::{Probe, probe, probe_as, probe_exif, probe_with};
pub use recipe::job::CancelToken;
pub use recipe::limits::Limits;
pub use recipe::optimizations::Optimizations;
#[doc(hidden)]
pub mod by_name {
    //! Calls by their names, for other languages and for documents.

    pub use crate::error::{error_codes, http_status};
    pub use crate::picture::format::file_formats;
    pub use crate::pipeline::{Beginning, Definition, Part};
    pub use crate::recipe::options::calls::{
        Call, Combine, Operation, combinations, format_fields, geometry, limits, open, open_fields,
        operation, operations, output_formats, picture_operations, settings, steps, stitch,
        stitch_fields,
    };
    pub use crate::recipe::options::kind::Kind;
    pub use crate::recipe::options::table::Field;
    pub use crate::recipe::value::{CallError, NamedCall, NamedOptions, Value};
    pub use crate::run::queue::settings::{queue_settings, queue_settings_fields};
    pub use crate::serve::functions::{
        FUNCTIONS, Function, POLICY_DOC, function, policy, policy_calls, policy_fields,
        policy_inputs, policy_options, rendition_calls, rendition_parts,
    };
}
#[doc(hidden)]
pub mod calibration {
    //! The amounts of work that the table of rates is fitted to.

    pub use crate::pipeline::calibration::{kinds, work};
}
pub use recipe::options::{
    Affine, Arrangement, Blend, Channel, Clahe, ColourSpace, Convolve, Edges, Encode, ExtendMode,
    Extension, Facts, Filter, Gif, InputFormats, Jpeg, Kernel, Modulate, Negotiate, Normalize,
    Numbers, OnError, OnProfileError, Open, Overlay, Png, Point, Priority, Resize, Sharpen, Shrink,
    Stitch, Strength, Trim, WebP,
};
pub use recipe::source::Source;
pub use recipe::threads::Threads;
#[doc(hidden)]
pub use run::output::write_file;
pub use run::output::{Output, Timings};
pub use run::planned::{Planned, PlannedDecode};
#[doc(hidden)]
pub use run::pool::prepare_fork;
pub use run::queue::job::Job;
pub use run::queue::{JobStats, Percentiles, Settings, configure, job_stats};
pub use run::shown::{ChannelStats, Placeholder, Stats};
pub use serve::negotiate::{Negotiated, negotiate};
pub use serve::policy::Policy;
pub use serve::rendition::Rendition;
pub use serve::sign::{sign, verify};
