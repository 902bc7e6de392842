//! The way back: what was recorded, as the calls by name that record it.

use super::job::{Deadline, JobPriority, ShrinkMode, ThreadCount};
use super::{Crop, NoOptions};
use crate::picture::geometry::Rect;
use crate::picture::orientation::Orientation;
use crate::recipe::optimizations::Optimizations;
use crate::recipe::options::OutputColour;
use crate::recipe::options::table::changed;
use crate::recipe::threads::Threads;
use crate::recipe::value::Value;
use crate::recipe::{Change, JobSettings, OutputFormat, Step};

/// A call: its name, and the options that are not at their default.
pub(crate) type Written = (&'static str, Vec<(&'static str, Value)>);

impl Step {
    /// The calls that record it: one, but for an orientation that is a mirror and a turn.
    pub(crate) fn calls(&self) -> Vec<Written> {
        match self {
            Self::Resize(resize) => vec![("resize", changed(resize))],
            Self::Crop(Rect { x, y, width, height }) => {
                let crop = Crop { x: *x, y: *y, width: *width, height: *height };
                vec![("crop", changed(&crop))]
            }
            Self::Orient(orientation) => turns(*orientation),
            Self::Rotate(rotate) => vec![("rotate", changed(rotate))],
            Self::Picture(record) => vec![record.call()],
            Self::Combine(combination, _) => vec![combination.call()],
            Self::Levels(_) => Vec::new(),
        }
    }
}

impl OutputFormat {
    /// The call that sets it.
    pub(crate) fn call(&self) -> Written {
        match self {
            Self::Encode(encode) => ("encode", encode.call()),
            Self::Negotiate(client) => ("negotiate", changed(client)),
        }
    }
}

fn turns(orientation: Orientation) -> Vec<Written> {
    let mirror = |name| (name, changed(&NoOptions {}));
    let turn = |quarters: u8| ("rotate", vec![("degrees", Value::Int(i128::from(quarters) * 90))]);
    match (orientation.mirrored(), orientation.quarters()) {
        (false, 0) => Vec::new(),
        (false, quarters) => vec![turn(quarters)],
        (true, 0) => vec![mirror("flop")],
        (true, 2) => vec![mirror("flip")],
        (true, quarters) => vec![mirror("flop"), turn(quarters)],
    }
}

impl JobSettings {
    /// The calls that set it, but for a pool and cancel tokens, which are objects of a process.
    pub(crate) fn calls(&self) -> Vec<Written> {
        let limits = self.limits.map(|limits| ("limits", changed(&limits)));
        let deadline = self.deadline.map(|seconds| ("deadline", changed(&Deadline { seconds })));
        let threads = match self.threads {
            Some(Threads::Count(count)) => Some(("threads", changed(&ThreadCount { count }))),
            _ => None,
        };
        let shrink = self.shrink.filter(|mode| *mode != Default::default());
        let shrink = shrink.map(|mode| ("shrink", changed(&ShrinkMode { mode })));
        let colour = self.colour.filter(|space| *space != Default::default());
        let colour = colour.map(|space| ("colour", changed(&OutputColour { space })));
        let keep = self.keep.as_ref().filter(|keep| !keep.metadata.is_empty());
        let keep = keep.map(|keep| ("keep", changed(keep)));
        let density = self.density.map(|density| ("density", changed(&density)));
        let priority = self.priority.filter(|level| *level != Default::default());
        let priority = priority.map(|level| ("priority", changed(&JobPriority { level })));
        let optimizations =
            self.optimizations.as_ref().map(|rules| ("optimizations", switches(rules)));
        let pixels = [limits, deadline, threads, shrink, colour];
        let calls = pixels.into_iter().chain([keep, density, priority, optimizations]);
        calls.flatten().filter(|(_, options)| !options.is_empty()).collect()
    }

    /// What sets it, pool included, but for cancel tokens.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let changes = [
            self.limits.map(Change::Limits),
            self.threads.clone().map(Change::Threads),
            self.deadline.map(Change::Deadline),
            self.shrink.map(Change::Shrink),
            self.colour.map(Change::Colour),
            self.keep.clone().map(Change::Keep),
            self.density.map(Change::Density),
            self.priority.map(Change::Priority),
            self.optimizations.clone().map(Change::Optimizations),
        ];
        changes.into_iter().flatten().collect()
    }
}

/// The rules that are off, or where most are, those that are on.
fn switches(optimizations: &Optimizations) -> Vec<(&'static str, Value)> {
    let names = Optimizations::names();
    let most_are_off = optimizations.off.len() * 2 > names.len();
    let all = most_are_off.then_some(("all", Value::Bool(false)));
    let others = names.into_iter().filter(|name| optimizations.off.contains(name) != most_are_off);
    all.into_iter().chain(others.map(|name| (name, Value::Bool(most_are_off)))).collect()
}
