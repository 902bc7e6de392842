//! Runs a plan once a frame: a line of frames, several in the making.
//!
//! ```text
//! play:   the players of all inputs compose the next frame, one after another
//! draw:   the plan runs with that frame as its input, several frames side by side
//! steady: where an output asks for it, pixels that differ little stay as they are, one frame after another
//! encode: the part of a frame that is new, several side by side, once what is shown before it is known,
//!         and where frames share a palette once the first one is encoded
//! add:    to the file, in order
//! ```
//!
//! Nothing depends on how many frames are in the making, so the bytes are the same for any number of
//! threads.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::drive::{Tasks, drive};
use super::{Picture, Product, ProductData, lock};
use crate::error::{Error, Result};
use crate::formats::{self, FilmEncoding, FilmFile, FrameEncoder, FramePart, Player};
use crate::panics::caught;
use crate::picture::image::Image;
use crate::plan::Input;
use crate::recipe::job::Watch;
use crate::run::lower::{ExecPlan, FilmOutput, FilmPlan, frame};
use crate::run::output::Timings;

/// The frame of each output that moves; of one whose film is over none.
type Drawn = Vec<Option<Image>>;

/// The same as the file will show it.
type Shown = Arc<Drawn>;

/// The frame of each input that moves, in the same way.
type Canvases = Vec<Option<Arc<Image>>>;

/// A running film.
pub(super) struct Line<'a> {
    plan: &'a ExecPlan,
    film: &'a FilmPlan,
    watch: &'a Watch,
    players: Mutex<Vec<Box<dyn Player>>>,
    encoders: Vec<Box<dyn FrameEncoder>>,
    state: Mutex<State>,
}

/// A step of a frame.
pub(super) enum Step {
    Play(usize),
    Draw(usize, Canvases),
    Steady(usize, Shown, Drawn),
    Encode(usize, Option<Shown>, Shown),
}

/// The frames so far.
struct State {
    /// The first frame that is not composed yet.
    next: usize,
    playing: bool,
    /// The number of the first frame in `frames`.
    first: usize,
    frames: VecDeque<Frame>,
    /// The pictures of the frame before those.
    before: Option<Shown>,
    files: Vec<Box<dyn FilmFile>>,
    /// Frames of each file: those that are not as the one before.
    written: Vec<u32>,
    /// Products of the first frame, of outputs that do not move.
    stills: Vec<Option<Product>>,
    warnings: Vec<String>,
    timings: Timings,
    error: Option<Error>,
}

/// A frame in the making.
#[derive(Default)]
struct Frame {
    canvases: Option<Canvases>,
    drawn: Option<Drawn>,
    shown: Option<Shown>,
    encoding: bool,
    parts: Option<Vec<Option<FramePart>>>,
}

impl<'a> Line<'a> {
    pub(super) fn new(plan: &'a ExecPlan, film: &'a FilmPlan, watch: &'a Watch) -> Result<Self> {
        let play = |&input: &usize| {
            let input = &plan.inputs[input];
            let film = input.film.as_ref().ok_or_else(|| Error::internal("no film to play"))?;
            film.play(input.recovers()).map_err(|error| at_input(input, error))
        };
        let players = film.players.iter().map(play).collect::<Result<Vec<_>>>()?;
        let (mut encoders, mut files) = (Vec::new(), Vec::new());
        for FilmOutput { node, encode, motion } in &film.outputs {
            let FilmEncoding { frames, file } =
                formats::writer(encode).film(&frame(plan, *node), motion, plan.settings.level)?;
            encoders.push(frames);
            files.push(file);
        }
        let state = State {
            next: 0,
            playing: false,
            first: 0,
            frames: VecDeque::new(),
            before: None,
            written: files.iter().map(|_| 0).collect(),
            files,
            stills: Vec::new(),
            warnings: Vec::new(),
            timings: Timings::default(),
            error: None,
        };
        let (players, state) = (Mutex::new(players), Mutex::new(state));
        Ok(Self { plan, film, watch, players, encoders, state })
    }

    fn frames(&self) -> usize {
        self.film.frames as usize
    }

    /// Composes the next frame of each input.
    fn play(&self, number: usize) -> Result<()> {
        let start = Instant::now();
        let mut players = lock(&self.players);
        let mut canvases = Vec::new();
        for (player, &input) in players.iter_mut().zip(&self.film.players) {
            let input = &self.plan.inputs[input];
            if input.film.as_ref().is_none_or(|film| number >= film.motion().delays.len()) {
                canvases.push(None);
                continue;
            }
            let header = input.header();
            let canvas = player.next(self.watch).map_err(|error| at_input(input, error))?;
            canvases.push(Some(Arc::new(formats::still(header.size, header.layout, canvas)?)));
        }
        let lost: Vec<String> = match number + 1 == self.frames() {
            true => self.lost(&mut players),
            false => Vec::new(),
        };
        drop(players);
        let mut state = lock(&self.state);
        state.frames.push_back(Frame { canvases: Some(canvases), ..Frame::default() });
        state.playing = false;
        state.warnings.extend(lost);
        state.timings.decode += start.elapsed();
        Ok(())
    }

    fn lost(&self, players: &mut [Box<dyn Player>]) -> Vec<String> {
        let inputs = self.film.players.iter().map(|&input| &self.plan.inputs[input]);
        let lost = |(player, input): (&mut Box<dyn Player>, &Input)| {
            player.lost().map(|error| at_input(input, error).to_string())
        };
        players.iter_mut().zip(inputs).filter_map(lost).collect()
    }

    /// Runs the plan with these pictures as the inputs that move.
    fn draw(&self, number: usize, canvases: Canvases) -> Result<()> {
        let mut inputs = self.plan.inputs.clone();
        for (canvas, &input) in canvases.into_iter().zip(&self.film.players) {
            if let Some(canvas) = canvas {
                inputs[input].opened = formats::of_pixels(canvas);
            }
        }
        // Outputs that do not move are made of the first frame alone.
        let wanted = |root: usize| {
            self.plan.film(root).map_or(number == 0, |film| number < film.motion.delays.len())
        };
        let picture = Picture::new(self.plan, &inputs, (self.watch, None), 1, wanted);
        drive(&picture, None, None, self.watch);
        let (products, timings) = picture.products()?;
        let (mut drawn, mut stills, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for (product, &root) in products.into_iter().zip(&self.plan.roots) {
            match product {
                Some(Product { data: ProductData::Pixels(image), warnings: lost, .. }) => {
                    drawn.push(Some(image));
                    warnings.extend(lost);
                    stills.push(None);
                }
                _ if self.plan.film(root).is_some() => {
                    drawn.push(None);
                    stills.push(None);
                }
                still => stills.push(still),
            }
        }
        let mut state = lock(&self.state);
        if number == 0 {
            state.stills = stills;
            state.warnings.extend(warnings);
        }
        state.timings.add(&timings);
        let at = number - state.first;
        let frame = &mut state.frames[at];
        match number > 0 && self.film.outputs.iter().any(|output| most_error(output) > 0) {
            true => frame.drawn = Some(drawn),
            false => frame.shown = Some(Arc::new(drawn)),
        }
        Ok(())
    }

    /// Leaves pixels as they are before a frame where they differ little.
    fn steady(&self, number: usize, before: &Drawn, now: Drawn) -> Result<()> {
        let start = Instant::now();
        let mut shown = Vec::new();
        for ((before, now), output) in before.iter().zip(now).zip(&self.film.outputs) {
            shown.push(match (before, now, most_error(output)) {
                (Some(before), Some(now), most @ 1..) => {
                    Some(formats::steadied(before, now, most)?)
                }
                (_, now, _) => now,
            });
        }
        let mut state = lock(&self.state);
        state.timings.encode += start.elapsed();
        let at = number - state.first;
        state.frames[at].shown = Some(Arc::new(shown));
        Ok(())
    }

    /// Encodes what is new in a frame, and adds to the files what is next.
    fn encode(&self, number: usize, before: Option<&Shown>, now: &Shown) -> Result<()> {
        let start = Instant::now();
        let mut parts = Vec::new();
        for (index, encoder) in self.encoders.iter().enumerate() {
            let every = self.film.outputs[index].encode.key_frame_interval();
            let is_key = every.is_some_and(|every| number.is_multiple_of(every.get() as usize));
            let before = before.filter(|_| !is_key).and_then(|before| before[index].as_ref());
            let now = now[index].as_ref();
            parts.push(now.map(|now| encoder.encode(before, now, self.watch)).transpose()?);
        }
        let mut state = lock(&self.state);
        state.timings.encode += start.elapsed();
        let at = number - state.first;
        state.frames[at].parts = Some(parts);
        while let Some(parts) = state.frames.front_mut().and_then(|frame| frame.parts.take()) {
            let number = state.first;
            let State { files, written, .. } = &mut *state;
            let of_films = files.iter_mut().zip(written).zip(&self.film.outputs).zip(parts);
            for (((file, written), output), part) in of_films {
                if let Some(part) = part {
                    *written += u32::from(!part.data.is_empty());
                    file.add(part, output.motion.delays[number])?;
                }
            }
            state.before = state.frames.pop_front().and_then(|frame| frame.shown);
            state.first += 1;
        }
        Ok(())
    }

    /// Gives the files, and what the first frame gave for outputs that do not move.
    pub(super) fn finish(self) -> Result<(Vec<Product>, Timings)> {
        let state = self.state.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(error) = state.error {
            return Err(error);
        }
        let mut files = state.files.into_iter().zip(state.written);
        let mut stills = state.stills.into_iter();
        let product = |&root: &usize| {
            let still = stills.next().flatten();
            let Some(FilmOutput { encode, .. }) = self.plan.film(root) else {
                return still.ok_or_else(|| Error::internal("an output was not made"));
            };
            let (file, frames) =
                files.next().ok_or_else(|| Error::internal("a film was not made"))?;
            let data = ProductData::File(file.finish()?, encode.format());
            Ok(Product { data, frames, warnings: state.warnings.clone() })
        };
        Ok((self.plan.roots.iter().map(product).collect::<Result<_>>()?, state.timings))
    }
}

impl Tasks for Line<'_> {
    type Task = Step;

    fn ready(&self) -> Vec<Step> {
        let mut state = lock(&self.state);
        if state.error.is_some() {
            return Vec::new();
        }
        let mut ready = Vec::new();
        let in_the_making = state.frames.len() + usize::from(state.playing);
        let room = in_the_making < self.film.frames_at_once as usize;
        if room && !state.playing && state.next < self.frames() {
            ready.push(Step::Play(state.next));
            (state.next, state.playing) = (state.next + 1, true);
        }
        let first = state.first;
        let waits = first == 0 && self.film.outputs.iter().any(|film| film.encode.shares_palette());
        let mut before = state.before.clone();
        for (number, frame) in (first..).zip(&mut state.frames) {
            if let Some(canvases) = frame.canvases.take() {
                ready.push(Step::Draw(number, canvases));
            }
            if let Some(before) = &before
                && let Some(now) = frame.drawn.take()
            {
                ready.push(Step::Steady(number, Arc::clone(before), now));
            }
            if let Some(now) = frame.shown.as_ref().filter(|_| !frame.encoding)
                && (number == 0 || before.is_some() && !waits)
            {
                ready.push(Step::Encode(number, before, Arc::clone(now)));
                frame.encoding = true;
            }
            before = frame.shown.clone();
        }
        ready
    }

    fn run(&self, step: Step) -> Option<Step> {
        let result = self.watch.check().and_then(|()| {
            caught(|| match step {
                Step::Play(number) => self.play(number),
                Step::Draw(number, canvases) => self.draw(number, canvases),
                Step::Steady(number, before, now) => self.steady(number, &before, now),
                Step::Encode(number, before, now) => self.encode(number, before.as_ref(), &now),
            })
        });
        if let Err(error) = result {
            lock(&self.state).error.get_or_insert(error);
        }
        None
    }

    fn is_done(&self) -> bool {
        let state = lock(&self.state);
        state.error.is_some() || state.first == self.frames()
    }
}

fn most_error(output: &FilmOutput) -> u8 {
    output.encode.inter_frame_max_error()
}

fn at_input(input: &Input, error: Error) -> Error {
    error.at_input(input.ordinal, input.source.name())
}
