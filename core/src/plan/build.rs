//! From recipes and the headers of their inputs to a logical plan: options are validated
//! here, once.

mod colours;
mod combine;
mod metadata;

use super::alike::alike;
use super::op::Op;
use super::shape::stitch_layout;
use super::{Input, NodeId, Plan};
use crate::error::{Error, Result};
use crate::formats;
use crate::ops::AnyPictureOp;
use crate::ops::convert::Convert;
use crate::ops::records::{Paint, ResizeOp, SourceBox, StitchOp};
use crate::picture::geometry::Size;
use crate::picture::image::{Colour, Layout};
use crate::picture::metadata::Carried;
use crate::picture::orientation::Orientation;
use crate::picture::shape::Shape;
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};
use crate::recipe::operations::{Extend, Flatten};
use crate::recipe::options::{Edges, Encode, Facts, Negotiate, Open, Resize, Stitch};
use crate::recipe::source::{Reads, Source};
use crate::recipe::{JobSettings, OutputFormat, Recipe, Start, Step, too_deep};
use crate::serve::negotiate::{factor, negotiated};
use colours::Colours;

/// Operations between an input and an output: far more than a pipeline has, and few enough for a plan as text, where
/// each is a step further to the right.
const MAX_OPERATIONS: usize = 1000;

/// The products that are wanted of the recipes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Files.
    Files,
    /// Raw pixels.
    Pixels,
}

/// Builds one plan of several recipes, each under its own limits.
pub(crate) fn build(
    recipes: &[&Recipe],
    want: Want,
    reads: &mut Reads,
    watch: &Watch,
) -> Result<Plan> {
    let mut plan = Plan::default();
    for recipe in recipes {
        let limits = recipe.settings.limits();
        let (plan, reads) = (&mut plan, &mut *reads);
        let colours = Colours::new(recipe.settings.colour.unwrap_or_default());
        let mut builder = Builder {
            first: plan.inputs.len(),
            plan,
            reads,
            watch,
            limits,
            settings: &recipe.settings,
            colours,
            moves: true,
            opened: 0,
            pixels: 0,
        };
        builder.output(recipe, want)?;
    }
    // A picture that is negotiated may have several roots too.
    if plan.roots.len() > 1 {
        plan.alike = alike(&plan.inputs, watch)?;
    }
    Ok(plan)
}

/// The root of a file, and the data that it carries besides its pixels.
type File = (NodeId, Carried);

/// Builds one recipe's part of a plan.
struct Builder<'a> {
    plan: &'a mut Plan,
    reads: &'a mut Reads,
    watch: &'a Watch,
    limits: Limits,
    settings: &'a JobSettings,
    colours: Colours,
    /// Tells whether films are opened as such; else their first frame is.
    moves: bool,
    /// The place of its first input among those of the plan.
    first: usize,
    /// Inputs and their pixels so far.
    opened: usize,
    pixels: u64,
}

impl Builder<'_> {
    /// A recipe, and the file or the pixels that it gives.
    fn output(&mut self, recipe: &Recipe, want: Want) -> Result<()> {
        if recipe.operations > MAX_OPERATIONS {
            return Err(Error::invalid_option(format!(
                "a picture goes through at most {MAX_OPERATIONS} operations, found {}",
                recipe.operations
            )));
        }
        recipe.settings.check()?;
        let client = match &recipe.output {
            Some(OutputFormat::Negotiate(client)) => Some(client),
            _ => None,
        };
        let top = match client.and_then(|client| client.dpr) {
            Some(ratio) => self.top(&recipe.enlarged(factor(Some(ratio))))?,
            None => self.top(recipe)?,
        };
        let (roots, vary) = match (want, &recipe.output) {
            (Want::Pixels, _) if self.plan.motion(top).is_some() => {
                return Err(Error::invalid_option(
                    "pixels are those of one picture: open one frame of a film, by its page",
                ));
            }
            (Want::Pixels, _) => {
                (vec![(self.plan.add(Op::Collect, vec![top])?, Carried::default())], None)
            }
            (_, Some(OutputFormat::Negotiate(client))) => {
                let (roots, vary) = self.negotiated(recipe, top, client)?;
                (roots, Some(vary))
            }
            (_, Some(OutputFormat::Encode(encode))) => {
                (vec![self.encode(top, *encode, Colour::BLACK)?], None)
            }
            (_, None) => {
                let format = self.inputs()[0].header().format;
                let encode = Encode::usual(format, self.plan.shape(top).layout);
                (vec![self.encode(top, encode, Colour::BLACK)?], None)
            }
        };
        self.plan.add_output(roots, vary);
        Ok(())
    }

    /// Files of a picture for a client, of which the smallest is to be sent; and the headers that they depend on.
    fn negotiated(
        &mut self,
        recipe: &Recipe,
        top: NodeId,
        client: &Negotiate,
    ) -> Result<(Vec<File>, String)> {
        let Shape { size, layout } = self.plan.shape(top);
        let moves = self.plan.motion(top).is_some();
        let lossless = |input: &Input| input.header().format.is_lossless();
        let facts = Facts::default()
            .alpha(layout.has_alpha())
            .animated(moves)
            .lossless(self.inputs().iter().all(lossless))
            .size(size.width, size.height);
        let negotiated = negotiated(client, &facts)?;
        let encode = Encode::default_of(negotiated.format);
        if moves && !formats::writer(&encode).moves() {
            (self.moves, self.opened, self.pixels) = (false, 0, 0);
            self.first = self.plan.inputs.len();
            self.colours.begin();
            let still = self.top(&recipe.enlarged(negotiated.dpr))?;
            return self.negotiated(recipe, still, client);
        }
        let encode = negotiated.quality.map_or(encode, |quality| encode.with_quality(quality));
        let lossless = negotiated.lossless.map(Encode::default_of).and_then(Encode::losslessly);
        let background = client.background.unwrap_or(Colour::BLACK);
        let mut roots = vec![self.encode(top, encode, background)?];
        // Of a film in one format alone: it is chosen for its motion, and twice the time is long.
        if let Some(lossless) = lossless.filter(|lossless| *lossless != encode && !moves) {
            roots.push(self.encode(top, lossless, background)?);
        }
        Ok((roots, negotiated.vary))
    }

    fn encode(&mut self, top: NodeId, encode: Encode, background: Colour) -> Result<File> {
        encode.validate()?;
        let shape = self.plan.shape(top);
        let writer = formats::writer(&encode);
        if self.plan.motion(top).is_some() && !writer.moves() {
            return Err(Error::invalid_option(format!(
                "{} does not move: a film is encoded as {}, or opened as its first frame",
                encode.format(),
                formats::moving().join(" or ")
            )));
        }
        if self.plan.motion(top).is_some() {
            writer.check_film()?;
        }
        let max = writer.max_side();
        if shape.size.width > max || shape.size.height > max {
            return Err(Error::unsupported(format!(
                "{} has sides of at most {max}, the output is {}",
                encode.format(),
                shape.size
            )));
        }
        let layout = writer.layout(shape.layout);
        let carried = self.carried(encode.format(), Shape::new(shape.size, layout))?;
        let encode = match encode.max_bytes() {
            Some(_) => encode.leaving(formats::embedded_bytes(encode.format(), &carried)?),
            None => encode,
        };
        let mut node = top;
        if shape.layout.has_alpha() && !layout.has_alpha() {
            node = self.operation(node, Flatten { background }.into())?;
        }
        let node = self.convert(node, layout)?;
        Ok((self.plan.add(Op::Encode(encode), vec![node])?, carried))
    }

    /// A recipe without its encode, as an output. Films in it have one time.
    fn top(&mut self, recipe: &Recipe) -> Result<NodeId> {
        let top = self.picture(recipe)?;
        self.limits.check_output(self.plan.shape(top).size)?;
        self.colours.end()?;
        let mut films = self.plan.films(top).map(|film| film.motion());
        let first = films.next();
        match first.zip(films.find(|motion| Some(&motion.delays) != first.map(|m| &m.delays))) {
            None => Ok(top),
            Some((first, other)) => Err(Error::invalid_option(format!(
                "films in one picture have equal lengths and delays: found {first} and {other}"
            ))),
        }
    }

    /// A recipe without its encode.
    fn picture(&mut self, recipe: &Recipe) -> Result<NodeId> {
        self.watch.check()?;
        let mut node = match &recipe.start {
            Start::Open(source, open) => self.open(source, *open)?,
            Start::Stitch(stitch, inputs) => self.stitch(stitch, inputs)?,
            Start::TooDeep => return Err(too_deep()),
        };
        for step in &recipe.steps {
            self.watch.check()?;
            node = self.step(node, step)?;
        }
        Ok(node)
    }

    fn open(&mut self, source: &Source, open: Open) -> Result<NodeId> {
        let ordinal = self.opened;
        self.opened += 1;
        check("max_inputs", self.limits.max_inputs as u64, self.opened as u64)?;
        let at_input = |error: Error| error.at_input(ordinal, source.name());
        let (limits, watch) = (self.limits, self.watch);
        let source = self.reads.read(source, &limits, watch).map_err(at_input)?;
        let file = formats::open(&source, &open, &limits).map_err(at_input)?;
        if open.page > 0 && open.animated {
            return Err(at_input(Error::invalid_option(
                "a picture is opened with all its frames or as one page, not both",
            )));
        }
        let film = match open.animated && self.moves {
            true => formats::film(&file, &limits).map_err(at_input)?,
            false => None,
        };
        let (opened, film) = match film {
            Some((opened, film)) => (opened, Some(film)),
            None if open.page > 0 => {
                (formats::page(&file, &open, &limits).map_err(at_input)?, None)
            }
            None => (file, None),
        };
        let header = *opened.header();
        self.pixels += header.size.pixels();
        check("max_total_pixels", self.limits.max_total_pixels, self.pixels)?;
        let warning = None;
        self.plan.inputs.push(Input { source, opened, film, open, ordinal, limits, warning });
        let node = self.decode(self.plan.inputs.len() - 1)?;
        if open.auto_orient { self.orient(node, header.orientation) } else { Ok(node) }
    }

    fn stitch(&mut self, stitch: &Stitch, inputs: &[Recipe]) -> Result<NodeId> {
        let mut nodes = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            input.check_as_input(index)?;
            nodes.push(self.picture(input)?);
        }
        let sizes: Vec<Size> = nodes.iter().map(|&node| self.size(node)).collect();
        let (size, places) = stitch.resolve(&sizes)?;
        self.limits.check_output(size)?;
        let background = self.colours.of_srgb(stitch.background)?;
        self.lay(StitchOp { size, places, background, paint: Paint::OVER }, nodes)
    }

    /// Pictures on one another.
    fn lay(&mut self, stitch: StitchOp, mut nodes: Vec<NodeId>) -> Result<NodeId> {
        let StitchOp { places, background, .. } = &stitch;
        let layouts: Vec<Layout> = nodes.iter().map(|&node| self.plan.shape(node).layout).collect();
        let canvas = stitch_layout(places, &layouts, *background);
        for node in &mut nodes {
            let alpha = canvas.has_alpha() || self.plan.shape(*node).layout.has_alpha();
            *node = self.convert(*node, Layout::interleaved(canvas.has_colour(), alpha))?;
        }
        self.plan.add(Op::Stitch(stitch), nodes)
    }

    fn step(&mut self, node: NodeId, step: &Step) -> Result<NodeId> {
        match step {
            Step::Resize(resize) => self.resize(node, resize),
            Step::Crop(rect) => {
                let cropped = self.plan.add(Op::Crop(*rect), vec![node])?;
                self.made(cropped)
            }
            Step::Orient(orientation) => self.orient(node, *orientation),
            Step::Rotate(rotate) => {
                rotate.check_angle()?;
                self.operation(node, rotate.clone().into())
            }
            Step::Picture(record) => {
                record.check()?;
                self.operation(node, record.clone().into())
            }
            Step::Levels(levels) => self.operation(node, (*levels).into()),
            Step::Combine(combination, input) => self.combine(node, combination, input),
        }
    }

    /// An operation on the picture in the layout that it is done in.
    fn operation(&mut self, node: NodeId, op: AnyPictureOp) -> Result<NodeId> {
        let recoloured = op.op().recoloured(&|colour| self.colours.of_srgb(colour))?;
        let op = recoloured.unwrap_or(op);
        let layout = op.op().layout(self.plan.shape(node).layout)?;
        let node = self.convert(node, layout)?;
        let node = self.add(op, node)?;
        self.made(node)
    }

    fn orient(&mut self, node: NodeId, orientation: Orientation) -> Result<NodeId> {
        if orientation == Orientation::NORMAL {
            return Ok(node);
        }
        self.plan.add(Op::Orient(orientation), vec![node])
    }

    fn resize(&mut self, node: NodeId, options: &Resize) -> Result<NodeId> {
        let size = self.size(node);
        let resolved = options.resolve(size)?;
        let resize = Op::Resize(ResizeOp {
            from: SourceBox::whole(size),
            to: resolved.to,
            window: resolved.window,
            kernel: options.kernel,
            linear: options.linear,
            full_chroma: false,
        });
        let node = self.plan.add(resize, vec![node])?;
        let node = self.made(node)?;
        let Some((canvas, x, y)) = resolved.canvas else {
            return Ok(node);
        };
        let inner = self.size(node);
        let edges = Edges {
            top: y,
            left: x,
            right: canvas.width - x - inner.width,
            bottom: canvas.height - y - inner.height,
        };
        self.operation(node, Extend { edges, ..Extend::with(options.background) }.into())
    }

    /// A picture of a new size, which is held to the limits of outputs: an operation behind it may make it small
    /// again, but not before its pixels could be made.
    fn made(&self, node: NodeId) -> Result<NodeId> {
        self.limits.check_output(self.size(node)).map(|()| node)
    }

    fn convert(&mut self, node: NodeId, layout: Layout) -> Result<NodeId> {
        if self.plan.shape(node).layout == layout {
            return Ok(node);
        }
        self.add(Convert { layout }, node)
    }

    fn add(&mut self, op: impl Into<AnyPictureOp>, node: NodeId) -> Result<NodeId> {
        self.plan.add(Op::Picture(op.into()), vec![node])
    }

    /// The inputs of this pipeline, in reading order.
    fn inputs(&self) -> &[Input] {
        &self.plan.inputs[self.first..]
    }

    fn size(&self, node: NodeId) -> Size {
        self.plan.shape(node).size
    }
}
