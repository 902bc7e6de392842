//! Which inputs of a pass give the same picture.
//!
//! ```text
//! for every input:
//!     the same object as one before: alike
//!     of the same kind and length as one before: hash both, each once; equal hash: compare
//! ```
//!
//! So inputs of different lengths are never looked at, and no number of equal lengths makes it quadratic. Where later
//! pipelines have the objects of the first alone, as outputs of one page do, no input is looked at: only those of different
//! pipelines are ever shared.

use std::collections::{HashMap, HashSet};
use std::mem::discriminant;

use super::Input;
use crate::error::Result;
use crate::recipe::job::Watch;
use crate::recipe::source::Content;

/// For each input the first one that gives the same picture, which may be itself.
pub(super) fn alike(inputs: &[Input], watch: &Watch) -> Result<Vec<usize>> {
    let mut by_object = HashMap::new();
    let later = inputs.iter().skip(1).position(|input| input.ordinal == 0);
    let (first_pipeline, later) = inputs.split_at(later.map_or(inputs.len(), |at| at + 1));
    let objects: HashSet<_> = first_pipeline.iter().map(|input| input.source.object()).collect();
    let same_objects = later.iter().all(|input| objects.contains(&input.source.object()));
    let mut by_length = HashMap::new();
    let mut by_hash: HashMap<_, Vec<usize>> = HashMap::new();
    let mut first = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        watch.check()?;
        let known = by_object.entry(input.source.object());
        if let std::collections::hash_map::Entry::Occupied(known) = known {
            first.push(*known.get());
            continue;
        }
        let mut same = index;
        if let Some(content) = input.source.content().filter(|_| !same_objects) {
            let key = (discriminant(&content), content.bytes().len());
            match by_length.entry(key).or_insert(Bucket::One(index)) {
                Bucket::One(one) if *one == index => {}
                bucket => {
                    if let Bucket::One(one) = *bucket {
                        if let Some(content) = inputs[one].source.content() {
                            by_hash.entry((key, content.hash())).or_default().push(one);
                        }
                        *bucket = Bucket::Hashed;
                    }
                    let equals = by_hash.entry((key, content.hash())).or_default();
                    let equal = |other: &&usize| {
                        inputs[**other].source.content().as_ref() == Some(&content)
                    };
                    match equals.iter().find(equal) {
                        Some(&other) => same = other,
                        None => equals.push(index),
                    }
                }
            }
        }
        known.or_insert(same);
        first.push(same);
    }
    Ok(first)
}

/// The inputs of one kind and length.
enum Bucket {
    /// One, whose bytes nobody has looked at.
    One(usize),
    /// Several, to be found by their hash.
    Hashed,
}

impl Content<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::File(bytes) => bytes,
            Self::Pixels(image) => image.data(),
        }
    }

    /// A hash that is as fast as memory; what is equal by it is compared.
    fn hash(&self) -> u32 {
        crc32fast::hash(self.bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::formats;
    use crate::picture::image::{Image, Layout};
    use crate::recipe::limits::Limits;
    use crate::recipe::options::Open;
    use crate::recipe::source::Source;
    use crate::{Png, Size};

    #[test]
    fn equal_objects_and_equal_bytes_are_alike() -> Result<()> {
        let image = |level| Image::new(Size::new(2, 1), Layout::Gray, vec![level, 9]);
        let file = |level, compression| {
            let png = Png::compression_level(compression);
            crate::Pipeline::open(image(level)?).encode(png).run().map(|output| output.data)
        };
        let shared = Source::from(image(1)?);
        let pixels = Arc::new(image(1)?);
        let sources: Vec<Source> = vec![
            shared.clone(),
            file(1, 0)?.into(),
            image(2)?.into(),
            shared,
            file(2, 0)?.into(),
            pixels.into(),
            file(1, 0)?.into(),
            file(1, 9)?.into(),
            image(2)?.into(),
        ];
        let limits = Limits::default();
        let input = |source: Source| {
            let (film, open, warning) = (None, Open::default(), None);
            let opened = formats::open(&source, &open, &limits)?;
            Ok(Input { source, opened, film, open, ordinal: 0, limits, warning })
        };
        let inputs = sources.into_iter().map(input).collect::<Result<Vec<_>>>()?;
        assert_eq!(alike(&inputs, &Watch::default())?, [0, 1, 2, 0, 4, 0, 1, 7, 2]);
        Ok(())
    }
}
