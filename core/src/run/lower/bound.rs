//! Bounds the memory that a run can hold, from the plan alone.
//!
//! The plan falls into segments. The head of a segment is an output, or a node that several outputs
//! use. Its other nodes are all whose rows reach other segments only through the head. While an
//! output takes one band, its inputs make the rows of that band and of [`AHEAD`](super::AHEAD)
//! more; rows above are let go. A shared head works in the same way, and runs at most
//! [`ahead`](ExecNode::ahead) rows before its slowest user. So the rows of a segment that live at a
//! time are the ones that its head needs for the bands it is making, in whole bands:
//!
//! ```text
//! for every segment, those of outputs first:
//!     for every run of bands that its head can make at a time:
//!         walk up from the head: rows needed of each input, in whole bands
//!         sum: those rows, state of the decoders that give any, scratch of operations
//!     note the largest sum, and how many rows it needs at a time of the shared heads it uses
//! add: the sums, the rows of shared heads, and the bytes of the outputs: while they take rows, or
//!     after their last row, when all their inputs are done and have let their rows go
//! ```

use std::collections::HashSet;
use std::ops::Range;

use super::film::film_memory;
use super::{ExecNode, ExecOp, ExecPlan};
use crate::error::Result;
use crate::formats::{self, EncodeInput, EncodeMemory};
use crate::picture::geometry::Size;
use crate::picture::metadata::Carried;
use crate::picture::reserve::filled;
use crate::picture::shape::Shape;
use crate::plan::PlanOutput;
use crate::recipe::job::Watch;

/// Bytes of a pass besides bands and codecs: plans, tables, small vectors of the pools.
const FIXED: u64 = 8 << 10;
/// Bytes of each node besides its bands.
const FIXED_NODE: u64 = 2 << 10;

/// Bytes of each node of the plan that rules have left out, and of each input of which nothing is needed.
const LEFT_OUT_NODE: u64 = 256;
const LEFT_OUT_INPUT: u64 = 4 << 10;

/// Bytes of the heads of what a file carries, and those that it takes to compress a profile.
const HEADS: u64 = 1 << 10;
const PROFILE: u64 = 640 << 10;

/// Sets how far shared nodes may run ahead, and gives the bound.
pub(super) fn settle(plan: &mut ExecPlan, watch: &Watch) -> Result<u64> {
    let mut total = FIXED + FIXED_NODE * plan.nodes.len() as u64;
    total += held_files(plan);
    total += plan.nodes.iter().map(held).sum::<u64>();
    let heads = heads(plan);
    let apart = segments_form_a_forest(plan, &heads);
    let members = members(&heads);
    let mut rows: Vec<Range<u32>> = filled(0..0, plan.nodes.len())?;
    let mut segments = filled(SegmentNeeds::default(), plan.nodes.len())?;
    for head in (0..plan.nodes.len()).rev() {
        watch.check()?;
        let node = &plan.nodes[head];
        if node.is_sink() {
            let used = measure_segment(plan, &members[head], &mut rows, &mut segments, watch)?;
            let sink = sink_memory(plan, head);
            let working = sink.writing + segments[head].working;
            total += working;
            // When an output has all its rows, only the last band is left of its segment, and all
            // its inputs are done.
            let more = (sink.finishing + last_band(plan, head)).saturating_sub(working);
            match used {
                Some(shared) => segments[shared].users_after += more,
                None => total += more,
            }
        } else if node.is_shared() {
            let all = node.shape.size.height;
            let ahead = segments[head].needed.saturating_add(node.band_rows);
            // Outputs that use two nodes in different orders wait for one another, until the
            // executor lets a node run further ahead, at worst by all its rows.
            let ahead = if apart { ahead.min(all) } else { all };
            plan.nodes[head].ahead = Some(ahead);
            total += node_memory(plan, head, &(0..ahead));
            measure_segment(plan, &members[head], &mut rows, &mut segments, watch)?;
            total += segments[head].working.max(segments[head].users_after);
        }
    }
    Ok(total)
}

/// Bytes of what a plan of so many nodes still holds, and nothing runs of.
pub(super) fn left_out(plan: &ExecPlan, nodes: usize) -> u64 {
    let input = |node: &ExecNode| match node.op {
        ExecOp::Decode { input, .. } | ExecOp::Copy { input } => Some(input),
        _ => None,
    };
    let needed: HashSet<usize> = plan.nodes.iter().filter_map(input).collect();
    let nodes = nodes.saturating_sub(plan.nodes.len()) as u64;
    let inputs = plan.inputs.len().saturating_sub(needed.len()) as u64;
    LEFT_OUT_NODE * nodes + LEFT_OUT_INPUT * inputs
}

/// Bytes of the files that the pass has read, each counted once.
pub(super) fn held_files(plan: &ExecPlan) -> u64 {
    let mut counted = HashSet::new();
    let held = plan.inputs.iter().map(|input| (&input.source, input.source.held_bytes()));
    held.filter(|(source, _)| counted.insert(source.object())).map(|(_, bytes)| bytes).sum()
}

/// The memory that a head and its segment need.
#[derive(Debug, Clone, Copy, Default)]
struct SegmentNeeds {
    /// The most bytes that its nodes hold, without the head, while the head makes its rows.
    working: u64,
    /// Bytes that its outputs hold more once the head has made all its rows.
    users_after: u64,
    /// The most rows of a shared head that one of its users needs at a time.
    needed: u32,
}

/// Fills in the needs of one segment: the bytes of its nodes without the head, and the rows that it
/// needs at a time of each shared head it uses. Gives a shared head that is done when this segment
/// is, if there is one. `members` are the nodes of the segment, its head first and users before
/// inputs; `rows` is scratch space.
fn measure_segment(
    plan: &ExecPlan,
    members: &[usize],
    rows: &mut [Range<u32>],
    segments: &mut [SegmentNeeds],
    watch: &Watch,
) -> Result<Option<usize>> {
    let Some(&head) = members.first() else { return Ok(None) };
    let node = &plan.nodes[head];
    let bands = node.bands_under_way(plan.settings.threads);
    let (mut most, mut used) = (0, None);
    let mut start = 0;
    while start < node.rows_needed {
        watch.check()?;
        rows[head] = start..node.after_bands(start, bands);
        let mut sum = 0;
        for &index in members {
            let needed = std::mem::take(&mut rows[index]);
            if needed.is_empty() {
                continue;
            }
            if index != head {
                sum += node_memory(plan, index, &needed);
            }
            for (port, &input) in plan.nodes[index].inputs.iter().enumerate() {
                let need = plan.nodes[index].needs(needed.clone(), port);
                let need = plan.nodes[input].whole_bands(need);
                if plan.nodes[input].is_shared() {
                    let needed = &mut segments[input].needed;
                    *needed = (*needed).max(need.end - need.start);
                    // The shared head is done with this segment only if this segment needs its last
                    // row.
                    if need.end >= plan.nodes[input].rows_needed {
                        used = Some(input);
                    }
                } else {
                    rows[input] = need;
                }
            }
        }
        most = most.max(sum);
        start = node.band_end(start);
    }
    segments[head].working = most;
    Ok(used)
}

/// Bytes that no machine has. What a file says it needs may be more, and sums of that would overflow.
const ENDLESS: u64 = 1 << 48;

/// The bytes of `rows` of a node, and of the decoder or the scratch space that makes them.
fn node_memory(plan: &ExecPlan, index: usize, rows: &Range<u32>) -> u64 {
    let node = &plan.nodes[index];
    let Shape { size, layout } = node.shape;
    let rows_made = if node.is_lent() { 0 } else { rows.end - rows.start };
    let bands = layout.bytes(Size::new(size.width, rows_made));
    match &node.op {
        ExecOp::Decode { memory, .. } => bands.saturating_add(*memory).min(ENDLESS),
        ExecOp::Rows(op) => {
            let step = node.band_rows;
            let cut = u64::from((rows.end - rows.start).div_ceil(step));
            bands + op.scratch(step) * cut.min(node.most_running(plan.settings.threads) as u64)
        }
        _ => 0,
    }
}

/// Bytes that an operation keeps from its first rows on.
fn held(node: &ExecNode) -> u64 {
    if let ExecOp::Rows(op) = &node.op { op.held() } else { 0 }
}

/// Bytes that metadata take on their way into files. A file that gets some may have to move.
pub(super) fn embedding(plan: &ExecPlan, outputs: &[PlanOutput]) -> u64 {
    let file = |root| match plan.film(root) {
        Some(film) => film_memory(plan, film).file,
        None => sink_memory(plan, root).finishing,
    };
    let carried = outputs.iter().flat_map(|output| &output.carried);
    let carriers = plan.roots.iter().zip(carried).filter(|(_, carried)| !carried.is_empty());
    let more = |carried: &Carried| {
        let profile = if carried.icc.is_some() { PROFILE } else { 0 };
        3 * carried.bytes() as u64 + HEADS + profile
    };
    carriers.map(|(&root, carried)| file(root) + more(carried)).sum()
}

/// Bytes that an output holds besides the bands it takes.
fn sink_memory(plan: &ExecPlan, index: usize) -> EncodeMemory {
    let ExecNode { shape: Shape { size, layout }, band_rows, .. } = plan.nodes[index];
    match &plan.nodes[index].op {
        ExecOp::Encode(encode) => {
            let threads = plan.settings.threads;
            formats::writer(encode).memory(&EncodeInput { size, layout, threads, band_rows })
        }
        ExecOp::Collect => EncodeMemory::always(layout.bytes(size)),
        ExecOp::Copy { input } => {
            let source = &plan.inputs[*input].source;
            EncodeMemory::always(
                source.bytes(u64::MAX).map_or(0, |bytes| (*bytes).as_ref().len() as u64),
            )
        }
        _ => EncodeMemory::always(0),
    }
}

/// The bytes of the last band of an output, which lives on while the output finishes. Rows of a
/// shared node are counted with that node, and lent rows not at all.
fn last_band(plan: &ExecPlan, index: usize) -> u64 {
    let node = &plan.nodes[index];
    if node.inputs.iter().map(|&input| &plan.nodes[input]).any(|i| i.is_shared() || i.is_lent()) {
        return 0;
    }
    let rows = node.band_rows.min(node.shape.size.height);
    node.shape.layout.bytes(Size::new(node.shape.size.width, rows))
}

/// Finds the head of each node's segment.
fn heads(plan: &ExecPlan) -> Vec<usize> {
    let mut heads: Vec<usize> = (0..plan.nodes.len()).collect();
    for index in (0..plan.nodes.len()).rev() {
        let node = &plan.nodes[index];
        if !node.is_sink() && !node.is_shared() {
            heads[index] = node.users.first().map_or(index, |&(user, _)| heads[user]);
        }
    }
    heads
}

/// Lists the nodes of each head's segment, from the last to the first: the head, then inputs behind
/// their users.
fn members(heads: &[usize]) -> Vec<Vec<usize>> {
    let mut members: Vec<Vec<usize>> = heads.iter().map(|_| Vec::new()).collect();
    for (index, &head) in heads.iter().enumerate().rev() {
        members[head].push(index);
    }
    members
}

/// Tells whether segments, joined by the shared heads they use, form no ring. Only in a ring can
/// two outputs wait for one another.
fn segments_form_a_forest(plan: &ExecPlan, head: &[usize]) -> bool {
    // Union-find: `joined[h]` leads towards the head that stands for its component.
    let mut joined: Vec<usize> = (0..plan.nodes.len()).collect();
    fn find(joined: &mut [usize], mut at: usize) -> usize {
        while joined[at] != at {
            // Paths are halved on the way, or many outputs would make them long.
            joined[at] = joined[joined[at]];
            at = joined[at];
        }
        at
    }
    for (index, node) in plan.nodes.iter().enumerate().filter(|(_, node)| node.is_shared()) {
        for &(user, _) in &node.users {
            let (a, b) = (find(&mut joined, index), find(&mut joined, head[user]));
            if a == b {
                return false;
            }
            joined[a] = b;
        }
    }
    true
}
