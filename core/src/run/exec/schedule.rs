//! Picks the next band of each node: the progress of a run, without its pixels.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::picture::image::band::Band;
use crate::run::lower::{ExecNode, ExecPlan};

/// The rows that a node is to make, and the bands it makes them from.
pub(super) struct Task {
    pub(super) node: usize,
    pub(super) rows: Range<u32>,
    /// The bands of each input that hold the rows needed; none if no row is.
    pub(super) inputs: Vec<Vec<Arc<Band>>>,
}

/// A band that is made or in the making.
struct BandSlot {
    rows: Range<u32>,
    band: Option<Arc<Band>>,
}

/// The progress of a node.
struct Progress {
    /// The first row that is not in the making yet.
    next: u32,
    /// The first rows of the bands in the making.
    running: Vec<u32>,
    /// Bands that a user may still need, in order, without gaps.
    slots: VecDeque<BandSlot>,
}

/// The progress of all nodes.
pub(super) struct Schedule<'a> {
    plan: &'a ExecPlan,
    nodes: Vec<Progress>,
    workers: usize,
    error: Option<Error>,
}

impl<'a> Schedule<'a> {
    /// Runs those outputs alone that are `wanted`: the others count as made.
    pub(super) fn new(plan: &'a ExecPlan, workers: usize, wanted: impl Fn(usize) -> bool) -> Self {
        let fresh = |(id, node): (usize, &ExecNode)| {
            let made = node.is_sink() && !wanted(id);
            let next = if made { node.rows_needed } else { 0 };
            Progress { next, running: Vec::new(), slots: VecDeque::new() }
        };
        let nodes = plan.nodes.iter().enumerate().map(fresh).collect();
        Self { plan, nodes, workers, error: None }
    }

    /// The tasks that can run now; they count as running from here on.
    pub(super) fn ready(&mut self) -> Vec<Task> {
        if self.error.is_some() {
            return Vec::new();
        }
        let tasks = self.ready_within(Ahead::Bounded);
        let idle = tasks.is_empty() && self.nodes.iter().all(|node| node.running.is_empty());
        // The outputs wait for one another: shared nodes may run as far ahead as it takes. The
        // bound counts all their rows in that case.
        if idle { self.ready_within(Ahead::Free) } else { tasks }
    }

    fn ready_within(&mut self, ahead: Ahead) -> Vec<Task> {
        let wanted = self.wanted();
        let mut tasks = Vec::new();
        // Inputs first, so that the last task is nearest to an output: the calling thread takes it.
        for (index, &wanted) in wanted.iter().enumerate() {
            while let Some(task) = self.take(index, wanted, ahead) {
                tasks.push(task);
            }
        }
        // Each input once: to look at all its users for each of them is quadratic.
        let taken = tasks.iter().flat_map(|task| &self.plan.nodes[task.node].inputs);
        for input in taken.copied().collect::<BTreeSet<_>>() {
            self.let_go(input);
        }
        tasks
    }

    /// Finds the end of the rows that are wanted of each node.
    fn wanted(&self) -> Vec<u32> {
        let mut wanted: Vec<u32> = self.nodes.iter().map(|_| 0).collect();
        for index in (0..self.nodes.len()).rev() {
            let node = &self.plan.nodes[index];
            let next = self.nodes[index].next;
            let running = u32::try_from(self.nodes[index].running.len()).unwrap_or(u32::MAX);
            let more = node.bands_under_way(self.workers).saturating_sub(running);
            if node.is_sink() {
                wanted[index] = node.after_bands(next, more);
            }
            if wanted[index] <= next {
                continue;
            }
            let mut rows = next..node.whole_bands(next..wanted[index]).end;
            if node.is_shared() {
                rows.end = rows.end.min(node.after_bands(next, more));
            }
            for (port, &input) in node.inputs.iter().enumerate() {
                let need = node.needs(rows.clone(), port);
                if !need.is_empty() {
                    wanted[input] = wanted[input].max(need.end);
                }
            }
        }
        wanted
    }

    /// The next band of a node, if it is wanted and can be made now.
    fn take(&mut self, index: usize, wanted: u32, ahead: Ahead) -> Option<Task> {
        let node = &self.plan.nodes[index];
        let next = self.nodes[index].next;
        if next >= wanted.min(node.rows_needed)
            || self.nodes[index].running.len() >= node.most_running(self.workers)
        {
            return None;
        }
        let rows = next..node.band_end(next);
        if let (Ahead::Bounded, Some(most)) = (ahead, node.ahead) {
            let slowest = self.first_used(index);
            if rows.end > slowest.saturating_add(most) && rows.start >= slowest {
                return None;
            }
        }
        let mut inputs = Vec::new();
        for (port, &input) in node.inputs.iter().enumerate() {
            inputs.push(self.bands(input, node.needs(rows.clone(), port))?);
        }
        let progress = &mut self.nodes[index];
        progress.next = rows.end;
        progress.running.push(rows.start);
        progress.slots.push_back(BandSlot { rows: rows.clone(), band: None });
        Some(Task { node: index, rows, inputs })
    }

    /// The made bands of a node that hold `rows`; `None` while one is missing.
    fn bands(&self, index: usize, rows: Range<u32>) -> Option<Vec<Arc<Band>>> {
        if rows.is_empty() {
            return Some(Vec::new());
        }
        // The last band is looked at first. A turn of a tall picture needs all its bands, and asks
        // again and again until the last is made.
        let slots = &self.nodes[index].slots;
        let slot_of = |row: u32| slots.partition_point(|slot| slot.rows.end <= row);
        let last = slots.get(slot_of(rows.end - 1))?;
        last.band.as_ref()?;
        let held = slots.range(slot_of(rows.start)..).take_while(|slot| slot.rows.start < rows.end);
        held.map(|slot| slot.band.clone()).collect()
    }

    /// The first row of a node that one of its users may still ask for.
    fn first_needed(&self, index: usize) -> u32 {
        self.first_row(index, |user| self.nodes[user].next)
    }

    /// The first row of a node that one of its users may still ask for or is using.
    fn first_used(&self, index: usize) -> u32 {
        self.first_row(index, |user| {
            let Progress { next, running, .. } = &self.nodes[user];
            running.iter().copied().min().unwrap_or(*next)
        })
    }

    /// The first row of a node that its users need from their rows `from` on.
    fn first_row(&self, index: usize, from: impl Fn(usize) -> u32) -> u32 {
        let first = |&(user, port): &(usize, usize)| {
            let (node, row) = (&self.plan.nodes[user], from(user));
            if row >= node.rows_needed {
                return u32::MAX;
            }
            node.needs(row..node.band_end(row), port).start
        };
        self.plan.nodes[index].users.iter().map(first).min().unwrap_or(u32::MAX)
    }

    /// Drops the bands of a node that no user needs any more.
    fn let_go(&mut self, index: usize) {
        let first = self.first_needed(index);
        let slots = &mut self.nodes[index].slots;
        while slots.front().is_some_and(|slot| slot.rows.end <= first && slot.band.is_some()) {
            slots.pop_front();
        }
    }

    /// Takes in the result of a task.
    pub(super) fn done(&mut self, task: Task, result: Result<Option<Band>>) {
        let progress = &mut self.nodes[task.node];
        progress.running.retain(|&first| first != task.rows.start);
        match result {
            Ok(band) => {
                let band = band.map(Arc::new);
                let first = |slot: &BandSlot| slot.rows.start;
                if let Ok(at) = progress.slots.binary_search_by_key(&task.rows.start, first) {
                    progress.slots[at].band = band;
                }
                if self.plan.nodes[task.node].is_sink() {
                    progress.slots.clear();
                } else {
                    // Rows above a crop are made and needed by nobody.
                    self.let_go(task.node);
                }
            }
            Err(error) => self.fail(error),
        }
    }

    /// Keeps the error of the first input at fault, so that the error depends less on the speed of
    /// threads.
    fn fail(&mut self, error: Error) {
        let place = |error: &Error| error.input().unwrap_or(usize::MAX);
        if self.error.as_ref().is_none_or(|kept| place(&error) < place(kept)) {
            self.error = Some(error);
        }
    }

    /// Whether nothing is left to do.
    pub(super) fn is_done(&self) -> bool {
        let done = |(node, progress): (&ExecNode, &Progress)| {
            !node.is_sink() || (progress.next >= node.rows_needed && progress.running.is_empty())
        };
        self.error.is_some() || self.plan.nodes.iter().zip(&self.nodes).all(done)
    }

    /// The error of the run, if it had one.
    pub(super) fn end(self) -> Result<()> {
        self.error.map_or(Ok(()), Err)
    }
}

/// Whether the bound on running ahead holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Bounded,
    Free,
}
