//! Pipelines to and from JSON.

use std::collections::HashMap;

use super::Pipeline;
use super::passes::recipes;
use crate::error::{Error, Result};
use crate::recipe::options::calls::{Call, Combine};
use crate::recipe::options::{Open, Stitch};
use crate::recipe::source::Source;
use crate::recipe::{Change, Recipe, Start, Step};
use crate::serve::definition::{self, Unsourced, only};

impl Pipeline {
    /// The definition as JSON, for [`from_json`](Self::from_json): a text of version 1 in one order, without options at
    /// their default.
    ///
    /// Sources are in it by their names: that of [`Source::named`], the path of a file, and `input-0`, `input-1` for
    /// others, each made unique. Cancel tokens and thread pools are objects of a process and left out.
    ///
    /// ```
    /// use makeready::{Pipeline, WebP};
    ///
    /// let preview = Pipeline::open("page.jpg").resize((80, 60)).encode(WebP::default());
    /// assert_eq!(
    ///     preview.to_json()?,
    ///     r#"{"version":1,"input":"page.jpg","ops":[{"op":"resize","width":80,"height":60}],"encode":{"format":"webp"}}"#
    /// );
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` where an option is out of its range, an input of a stitch has an encode or a setting of the
    /// job, and where the text would be more than 16 MiB or have more than 262,144 values.
    pub fn to_json(&self) -> Result<String> {
        definition::write(&[&self.0])
    }

    /// The pipeline of a definition. `sources` are those of its inputs by their names; more than it uses is fine.
    ///
    /// Nothing is opened here, and a name without a source is an error also where it reads as a path: a definition alone
    /// reaches no file and no network.
    ///
    /// ```
    /// use makeready::{Image, Layout, Pipeline, Size};
    ///
    /// let text = r#"{"version": 1, "input": "tile", "ops": [{"op": "resize", "width": 4}]}"#;
    /// let tile = Image::new(Size::new(8, 6), Layout::Gray, vec![90; 48])?;
    /// let pipeline = Pipeline::from_json(text, [("tile", tile)])?;
    /// assert_eq!(pipeline.plan()?.size(), Size::new(4, 3));
    ///
    /// let error = Pipeline::from_json(&text.replace("width", "widht"), [("tile", "a.png")]).unwrap_err();
    /// assert!(error.to_string().starts_with("$.ops[0].widht: resize has no option widht: expected width, "));
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` with the place as a JSON path, or as line and column of a text that is no JSON; also where the
    /// definition has several outputs, which [`pipelines_from_json`] reads. `unsupported` for a format that this build
    /// does not write.
    pub fn from_json<N, S>(text: &str, sources: impl IntoIterator<Item = (N, S)>) -> Result<Self>
    where
        N: Into<String>,
        S: Into<Source>,
    {
        only(definition::read(text, &by_name(sources)?)?).map(Self)
    }

    /// Its beginning, and the calls that were recorded since; for languages that keep pipelines of their own. An
    /// encode and settings are among the calls, cancel tokens are not.
    ///
    /// # Errors
    /// `invalid_option` of stitches nested too deep, whose inputs are not kept.
    #[doc(hidden)]
    pub fn parts(&self) -> Result<(Beginning, Vec<Part>)> {
        let beginning = match &self.0.start {
            Start::Open(source, open) => Beginning::Open(source.name().unwrap_or_default(), *open),
            Start::Stitch(stitch, inputs) => {
                Beginning::Stitch(stitch.clone(), inputs.iter().cloned().map(Self).collect())
            }
            Start::TooDeep => return Err(crate::recipe::too_deep()),
        };
        let steps = self.0.steps.iter().map(|step| match step {
            Step::Combine(combination, input) => {
                Part::Combine(Combine(combination.clone()), Box::new(Self(Recipe::clone(input))))
            }
            step => Part::Call(Call(Change::Step(step.clone()))),
        });
        let others = self.0.output.clone().map(Change::from).into_iter();
        let others = others.chain(self.0.settings.changes()).map(|change| Part::Call(Call(change)));
        Ok((beginning, steps.chain(others).collect()))
    }
}

/// The beginning of a pipeline.
#[doc(hidden)]
#[derive(Debug)]
pub enum Beginning {
    /// An input, by the name of its source.
    Open(String, Open),
    /// Inputs as one picture.
    Stitch(Stitch, Vec<Pipeline>),
}

/// A call that was recorded.
#[doc(hidden)]
#[derive(Debug)]
pub enum Part {
    /// A call of options alone.
    Call(Call),
    /// A call that takes another picture, and that.
    Combine(Combine, Box<Pipeline>),
}

/// As [`Pipeline::to_json`], for the outputs of one pass: what all pipelines begin with, and settings that all have, are
/// in it once.
///
/// ```
/// use makeready::{Jpeg, Pipeline, pipelines_to_json};
///
/// let page = Pipeline::open("page.png").encode(Jpeg::default());
/// assert_eq!(
///     pipelines_to_json([&page, &page.clone().resize((80, 60))])?,
///     concat!(
///         r#"{"version":1,"input":"page.png","outputs":[{"encode":{"format":"jpeg"}},"#,
///         r#"{"ops":[{"op":"resize","width":80,"height":60}],"encode":{"format":"jpeg"}}]}"#
///     )
/// );
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::to_json`]; `invalid_option` of no pipeline at all.
pub fn pipelines_to_json<P: AsRef<Pipeline>>(
    pipelines: impl IntoIterator<Item = P>,
) -> Result<String> {
    let pipelines: Vec<P> = pipelines.into_iter().collect();
    definition::write(&recipes(&pipelines))
}

/// As [`Pipeline::from_json`], a pipeline for each output, for [`run_all`](crate::run_all).
///
/// ```
/// use makeready::{Image, Layout, Size, pipelines_from_json, run_all};
///
/// let text = r#"{
///     "version": 1,
///     "stitch": {"across": 2, "inputs": ["tile", "tile"]},
///     "outputs": [
///         {"encode": {"format": "jpeg", "quality": 90}},
///         {"ops": [{"op": "resize", "width": 4}], "encode": {"format": "webp"}}
///     ]
/// }"#;
/// let tile = Image::new(Size::new(8, 6), Layout::Gray, vec![90; 48])?;
/// let outputs = run_all(pipelines_from_json(text, [("tile", tile)])?)?;
/// assert_eq!((outputs[0].width, outputs[1].width), (16, 4));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::from_json`].
pub fn pipelines_from_json<N, S>(
    text: &str,
    sources: impl IntoIterator<Item = (N, S)>,
) -> Result<Vec<Pipeline>>
where
    N: Into<String>,
    S: Into<Source>,
{
    let recipes = definition::read(text, &by_name(sources)?)?;
    Ok(recipes.into_iter().map(Pipeline).collect())
}

fn by_name<N, S>(sources: impl IntoIterator<Item = (N, S)>) -> Result<HashMap<String, Source>>
where
    N: Into<String>,
    S: Into<Source>,
{
    let mut by_name = HashMap::new();
    for (name, source) in sources {
        let name = name.into();
        if by_name.insert(name.clone(), source.into()).is_some() {
            return Err(Error::invalid_option(format!("`sources` has {name:?} twice")));
        }
    }
    Ok(by_name)
}

/// A definition that was read and waits for its sources; for languages that look at a source only where it is used.
#[doc(hidden)]
#[derive(Debug)]
pub struct Definition(Unsourced);

impl Definition {
    /// Reads a text; `has` tells which names have a source.
    ///
    /// # Errors
    /// As [`pipelines_from_json`], or where there is `one` output to be as [`Pipeline::from_json`].
    pub fn read(text: &str, one: bool, has: &dyn Fn(&str) -> bool) -> Result<Self> {
        let read = Unsourced::read(text, has)?;
        if one && read.outputs > 1 {
            return Err(definition::one_of(read.outputs));
        }
        Ok(Self(read))
    }

    /// The names that are used, in the order in which they appear.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0.names
    }

    /// The pipelines, with a source for each of the names in their order.
    ///
    /// # Errors
    /// `invalid_option` where there are fewer sources.
    pub fn pipelines(&self, sources: &[Source]) -> Result<Vec<Pipeline>> {
        let names = self.0.names.iter().map(String::as_str);
        let by_name: HashMap<&str, &Source> = names.zip(sources).collect();
        let find = &mut |name: &str| by_name.get(name).copied().cloned();
        Ok(self.0.recipes(find)?.into_iter().map(Pipeline).collect())
    }
}
