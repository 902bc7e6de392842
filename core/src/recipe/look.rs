//! Steps whose effect depends on what the picture shows, and the way from a recipe with such to one without.

use std::sync::Arc;

use super::operations::Record;
use super::options::{Kernel, Normalize, Open, Resize, Shrink, Trim};
use super::{JobSettings, Recipe, Start, Step};
use crate::error::Result;

/// Width and height that a picture is looked at with, where a small one tells as much.
const SMALL: u32 = 256;

/// A step that needs a look.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    /// At every pixel.
    Trim(Trim),
    /// At some of its pixels.
    Normalize(Normalize),
    /// At a small picture.
    Place(Resize),
}

impl Look {
    pub(crate) fn of(step: &Step) -> Option<Self> {
        match step {
            Step::Picture(Record::Trim(trim)) => Some(Self::Trim(*trim)),
            Step::Picture(Record::Normalize(normalize)) => Some(Self::Normalize(*normalize)),
            Step::Resize(resize) if resize.needs_look() => Some(Self::Place(*resize)),
            _ => None,
        }
    }

    /// The word that plans show it by.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Trim(_) => "trim",
            Self::Normalize(_) => "normalize",
            Self::Place(_) => "resize",
        }
    }
}

/// Tells what a look finds in the picture of a recipe: the steps that take its place, or `None` where nobody looks yet.
pub(crate) type Answer<'a> = dyn FnMut(&Look, &Recipe) -> Result<Option<Vec<Step>>> + 'a;

impl Recipe {
    /// Tells whether a step in it, or in its inputs, needs a look.
    pub(crate) fn has_looks(&self) -> bool {
        let of_step = |step: &Step| match step {
            Step::Combine(_, input) => input.has_looks(),
            step => Look::of(step).is_some(),
        };
        let of_start = match &self.start {
            Start::Stitch(_, inputs) => inputs.iter().any(Self::has_looks),
            Start::Open(..) | Start::TooDeep => false,
        };
        of_start || self.steps.iter().any(of_step)
    }

    /// The same with what each look finds in the place of its step. The looks have the settings of the whole job.
    pub(crate) fn looked(&self, job: &JobSettings, answer: &mut Answer<'_>) -> Result<Self> {
        let mut looked = Self { steps: Vec::new(), ..self.clone() };
        if let Start::Stitch(stitch, inputs) = &self.start {
            let inputs = inputs.iter().map(|input| input.looked(job, answer));
            looked.start = Start::Stitch(stitch.clone(), inputs.collect::<Result<Arc<[_]>>>()?);
        }
        for step in &self.steps {
            let found = match (step, Look::of(step)) {
                (Step::Combine(combination, input), _) => {
                    let input = Arc::new(input.looked(job, answer)?);
                    looked.steps.push(Step::Combine(combination.clone(), input));
                    continue;
                }
                (_, Some(look)) => {
                    step.check()?;
                    answer(&look, &looked.looked_at(&look, job))?
                }
                _ => None,
            };
            looked.steps.extend(found.unwrap_or_else(|| vec![step.clone()]));
        }
        Ok(looked)
    }

    /// The picture that is looked at: of a film its first frame.
    fn looked_at(&self, look: &Look, job: &JobSettings) -> Self {
        let mut picture = self.still();
        picture.output = None;
        picture.settings = job.clone();
        let small = Resize::inside(SMALL, SMALL).without_enlargement(true);
        match look {
            Look::Trim(_) => {}
            // Pixels as they are: their means are neither as dark nor as light. Whatever rules are off for the rest, levels
            // are the same.
            Look::Normalize(_) => {
                picture.settings.optimizations = None;
                picture.steps.push(Step::Resize(small.kernel(Kernel::Nearest)));
            }
            Look::Place(_) => {
                picture.settings.shrink = Some(Shrink::Fast);
                picture.steps.push(Step::Resize(small));
            }
        }
        picture
    }

    /// The same of the first frame, where an input is a film.
    pub(crate) fn still(&self) -> Self {
        let mut still = self.clone();
        still.start = match &self.start {
            Start::Open(source, open) => {
                Start::Open(source.clone(), Open { animated: false, ..*open })
            }
            Start::Stitch(stitch, inputs) => {
                Start::Stitch(stitch.clone(), inputs.iter().map(Self::still).collect())
            }
            Start::TooDeep => Start::TooDeep,
        };
        for step in &mut still.steps {
            if let Step::Combine(_, input) = step {
                *input = Arc::new(input.still());
            }
        }
        still
    }
}
