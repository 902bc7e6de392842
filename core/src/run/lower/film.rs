//! The plan of a film: that of one picture, run once a frame, several at a time.

use std::collections::{HashMap, HashSet};

use super::bound::held_files;
use super::{ExecOp, ExecPlan};
use crate::formats::{self, EncodeInput, FilmMemory};
use crate::picture::motion::Motion;
use crate::plan::{NodeId, Op, Plan};
use crate::recipe::options::Encode;

/// Frames in the making a thread: one that runs, and one that waits for a frame before it.
const FRAMES_A_THREAD: u64 = 2;

/// How a plan runs once a frame.
pub(crate) struct FilmPlan {
    /// Frames of the longest film.
    pub(crate) frames: u32,
    pub(crate) outputs: Vec<FilmOutput>,
    /// The inputs that move, of which each has a player.
    pub(crate) players: Vec<usize>,
    /// Frames in the making.
    pub(crate) frames_at_once: u32,
}

/// An output that moves.
pub(crate) struct FilmOutput {
    /// The node that gives its frames.
    pub(crate) node: usize,
    pub(crate) encode: Encode,
    /// The time of what it is made from.
    pub(crate) motion: Motion,
}

/// Makes the plan one of a film; its bound so far is that of one picture.
pub(super) fn settle(
    exec: &mut ExecPlan,
    plan: &Plan,
    frames: u32,
    number: &HashMap<NodeId, usize>,
) {
    let output = |&id: &NodeId| match (plan.op(id), plan.motion(id)) {
        (Op::Encode(encode), Some(motion)) => {
            Some(FilmOutput { node: number[&id], encode: *encode, motion: motion.clone() })
        }
        _ => None,
    };
    let outputs: Vec<FilmOutput> = plan.roots.iter().filter_map(output).collect();
    let memory: Vec<FilmMemory> = outputs.iter().map(|output| film_memory(exec, output)).collect();
    let players = players(exec);
    let players_memory: u64 = players
        .iter()
        .filter_map(|&input| exec.inputs[input].film.as_ref())
        .map(|f| f.memory())
        .sum();
    let header = |&input: &usize| exec.inputs[input].header();
    let canvases: u64 = players.iter().map(header).map(|h| h.layout.bytes(h.size)).sum();
    let picture = |output: &FilmOutput| {
        let shape = exec.nodes[output.node].shape;
        shape.layout.bytes(shape.size)
    };
    let pictures: u64 = outputs.iter().map(picture).sum();
    let parts: u64 = memory.iter().map(|memory| memory.frame).sum();
    let files: u64 = memory.iter().map(|memory| memory.file).sum();
    let held = held_files(exec);
    let always = held + players_memory + pictures + files;
    let frame = exec.peak_memory - held + canvases + pictures + parts;
    let most = (FRAMES_A_THREAD * exec.threads as u64).min(frames.into()).max(1);
    let room = exec.settings.limits.max_memory.saturating_sub(always) / frame.max(1);
    let at_once = room.clamp(1, most);
    exec.peak_memory = always.saturating_add(frame.saturating_mul(at_once));
    exec.bytes_made = exec.bytes_made.saturating_mul(frames.into());
    exec.film = Some(FilmPlan {
        frames,
        outputs,
        players,
        frames_at_once: u32::try_from(at_once).unwrap_or(1),
    });
}

pub(super) fn film_memory(exec: &ExecPlan, output: &FilmOutput) -> FilmMemory {
    formats::writer(&output.encode).film_memory(&frame(exec, output.node), &output.motion)
}

/// A frame as its encoder gets it.
pub(crate) fn frame(exec: &ExecPlan, node: usize) -> EncodeInput {
    let node = &exec.nodes[node];
    let (size, layout) = (node.shape.size, node.shape.layout);
    EncodeInput { size, layout, threads: 1, band_rows: size.height }
}

/// The inputs of decodes that move, each once.
fn players(exec: &ExecPlan) -> Vec<usize> {
    let input = |op: &ExecOp| match op {
        ExecOp::Decode { input, .. } if exec.inputs[*input].film.is_some() => Some(*input),
        _ => None,
    };
    let mut seen = HashSet::new();
    let inputs = exec.nodes.iter().filter_map(|node| input(&node.op));
    inputs.filter(|&input| seen.insert(input)).collect()
}
