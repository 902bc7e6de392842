//! Definitions: JSON, and sources by their names.

use std::collections::HashMap;
use std::rc::Rc;

use makeready::by_name::{Beginning, Call, Definition as Read, Part};
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

use crate::error::{Fault, Given, guard};
use crate::pipeline::{Pipeline, Pipelines, Recipe, Start, Step};
use crate::source::{Slot, Source};

/// A definition that was read; under a name of its own, because `napi` does not know `Self`.
type Opened = Given<Definition>;

/// A definition that was read and waits for its sources.
#[napi]
pub struct Definition(Read);

#[napi]
impl Definition {
    /// Reads a text, whose sources have these names; of `one` output or of any number.
    #[napi]
    pub fn read(text: String, names: Vec<String>, one: bool) -> Opened {
        guard(|| {
            let names: std::collections::HashSet<_> = names.into_iter().collect();
            Ok(Self(Read::read(&text, one, &|name| names.contains(name))?))
        })
    }

    /// The names that are used.
    #[napi(getter, catch_unwind)]
    pub fn names(&self) -> Vec<String> {
        self.0.names().to_vec()
    }

    /// Its pipelines, with a source for each of the names.
    #[napi]
    pub fn pipelines(&self, sources: Vec<ClassInstance<'_, Source>>) -> Given<Vec<Defined>> {
        guard(|| {
            let names = self.0.names();
            let mut by_name = HashMap::new();
            for (index, (name, source)) in (0_u32..).zip(names.iter().zip(&sources)) {
                source.name(name);
                by_name.insert(name.as_str(), (source.slot(), index));
            }
            let placed: Vec<_> = names.iter().map(|name| named(name)).collect();
            let pipelines = self.0.pipelines(&placed)?;
            pipelines.iter().map(|pipeline| defined(pipeline, &by_name)).collect()
        })
    }
}

/// A pipeline of a definition; to be taken once.
#[napi]
pub struct Defined {
    pipeline: Option<Pipeline>,
    inputs: Vec<u32>,
    deadline: Option<f64>,
}

#[napi]
impl Defined {
    /// The pipeline.
    #[napi(catch_unwind)]
    pub fn take(&mut self) -> Option<Pipeline> {
        self.pipeline.take()
    }

    /// Its inputs in their order, by the places of their names.
    #[napi(getter, catch_unwind)]
    pub fn inputs(&self) -> Vec<u32> {
        self.inputs.clone()
    }

    /// Its deadline in milliseconds.
    #[napi(getter, catch_unwind)]
    pub fn deadline(&self) -> Option<f64> {
        self.deadline
    }
}

/// Stands for a source until a job has its bytes.
fn named(name: &str) -> makeready::Source {
    makeready::Source::from(b"").named(name)
}

type ByName<'a> = HashMap<&'a str, (Rc<Slot>, u32)>;

fn defined(core: &makeready::Pipeline, by_name: &ByName<'_>) -> Result<Defined, Fault> {
    let mut inputs = Vec::new();
    let (recipe, depth) = recipe(core, by_name, &mut inputs)?;
    let calls = || recipe.steps.iter().rev().filter_map(|step| step.call());
    let limits = calls().find_map(Call::limits).copied();
    let deadline = calls().find_map(Call::deadline);
    let pipeline = Pipeline::new(recipe, depth, limits.unwrap_or_default());
    let deadline = deadline.map(|after| after.as_secs_f64() * 1000.0);
    Ok(Defined { pipeline: Some(pipeline), inputs, deadline })
}

/// A recipe, and how deep its stitches lie one within the other; the core allows 100.
fn recipe(
    core: &makeready::Pipeline,
    by_name: &ByName<'_>,
    inputs: &mut Vec<u32>,
) -> Result<(Recipe, usize), Fault> {
    let (beginning, recorded) = core.parts()?;
    let mut depth = 0;
    let start = match beginning {
        Beginning::Open(name, open) => {
            let (slot, index) = by_name
                .get(name.as_str())
                .ok_or_else(|| Fault::Internal(format!("no source for {name:?}")))?;
            inputs.push(*index);
            Start::Open(Rc::clone(slot), open)
        }
        Beginning::Stitch(stitch, parts) => {
            let mut recipes = Vec::new();
            for part in &parts {
                let (part, deep) = recipe(part, by_name, inputs)?;
                depth = depth.max(deep);
                recipes.push(Rc::new(part));
            }
            depth += 1;
            Start::Stitch(stitch, recipes)
        }
    };
    let mut steps = Vec::new();
    for part in recorded {
        steps.push(Rc::new(match part {
            Part::Call(call) => Step::Call(call),
            Part::Combine(combine, input) => {
                let (input, deep) = self::recipe(&input, by_name, inputs)?;
                depth = depth.max(1 + deep);
                Step::Combine(combine, Rc::new(input))
            }
        }));
    }
    Ok((Recipe { start, steps }, depth))
}

/// The definition of pipelines.
#[napi]
pub fn to_json(pipelines: Pipelines<'_>) -> Given<String> {
    guard(|| {
        let cores = pipelines.iter().map(|pipeline| pipeline.build_empty());
        Ok(makeready::pipelines_to_json(cores.collect::<Result<Vec<_>, Fault>>()?)?)
    })
}
