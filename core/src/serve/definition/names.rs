//! The names of sources in a definition.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::recipe::source::Source;
use crate::recipe::{Recipe, Start, Step};

/// What makes two sources one in a definition, with the name that each was given.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Identity {
    /// A path is the same file everywhere.
    Path(PathBuf, Option<Arc<str>>),
    /// Bytes and pixels are what they are.
    Object(*const (), Option<Arc<str>>),
}

impl Identity {
    fn of(source: &Source) -> Self {
        let name = source.given_name().cloned();
        match source.origin_path() {
            Some(path) => Self::Path(path.to_owned(), name),
            None => Self::Object(source.object(), name),
        }
    }
}

/// A name for each source of some recipes, no two the same.
pub(super) struct Names(HashMap<Identity, String>);

impl Names {
    pub(super) fn new(recipes: &[&Recipe]) -> Self {
        let sources = sources(recipes);
        let (mut names, mut taken) = (HashMap::new(), Taken::default());
        // First those that have a name: the others are named around them.
        for source in &sources {
            if let Some(name) = source.name() {
                names.entry(Identity::of(source)).or_insert_with(|| taken.like(name));
            }
        }
        let mut next = 0_usize;
        for source in sources {
            names.entry(Identity::of(source)).or_insert_with(|| {
                loop {
                    let name = format!("input-{next}");
                    next += 1;
                    if taken.names.insert(name.clone()) {
                        return name;
                    }
                }
            });
        }
        Self(names)
    }

    pub(super) fn name(&self, source: &Source) -> &str {
        self.0.get(&Identity::of(source)).map_or("", String::as_str)
    }
}

#[derive(Default)]
struct Taken {
    names: HashSet<String>,
    /// The last number behind a name that several wanted.
    numbers: HashMap<String, usize>,
}

impl Taken {
    /// This name, or where another source has it, the name with a number.
    fn like(&mut self, name: String) -> String {
        if self.names.insert(name.clone()) {
            return name;
        }
        let number = self.numbers.entry(name.clone()).or_insert(1);
        loop {
            *number += 1;
            let name = format!("{name}-{number}");
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// All sources in the order in which they appear. Inputs that several share are looked at once.
fn sources<'a>(recipes: &[&'a Recipe]) -> Vec<&'a Source> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut left: Vec<&Recipe> = recipes.iter().rev().copied().collect();
    while let Some(recipe) = left.pop() {
        let mut is_new = |inputs: *const ()| seen.insert(inputs);
        for step in recipe.steps.iter().rev() {
            match step {
                Step::Combine(_, input) if is_new(Arc::as_ptr(input).cast()) => left.push(input),
                _ => {}
            }
        }
        match &recipe.start {
            Start::Open(source, _) => found.push(source),
            Start::Stitch(_, inputs) if is_new(Arc::as_ptr(inputs).cast()) => {
                left.extend(inputs.iter().rev());
            }
            Start::Stitch(..) | Start::TooDeep => {}
        }
    }
    found
}
