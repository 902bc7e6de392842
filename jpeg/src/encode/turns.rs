//! Makes pieces side by side, and takes their results over in order.

use std::collections::VecDeque;
use std::iter::Enumerate;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::error::Error;

/// Calls `make` for every piece, each into a buffer, and hands the buffers to `take` in the order
/// of the pieces.
///
/// Each worker claims a piece and a free buffer, makes the piece, and claims the next: on the
/// current pool of rayon, or here if there is but one worker. A buffer whose turn has not come is
/// left behind; the worker that finishes the piece before it takes both over. So a worker waits
/// only while no buffer is free, which is rare with one buffer more than workers. Sleep is best
/// avoided: a worker woken by another may find itself on that one's processor.
///
/// `make` and `take` must not wait for the pool. Then the worker whose piece is in turn is running,
/// and nobody waits for ever. `take` gives false to stop; pieces made after that stay in the
/// buffers.
///
/// # Errors
/// The first error of `make` or `take`; no piece is claimed after it.
pub(crate) fn in_turns<W: Send, B: Send, P: Send, S: Send>(
    workers: &mut [W],
    buffers: &mut [B],
    pieces: impl Iterator<Item = P> + Send,
    shared: &mut S,
    make: impl Fn(&mut W, &mut B, P) -> Result<(), Error> + Sync,
    take: impl Fn(&mut S, &mut B) -> Result<bool, Error> + Sync,
) -> Result<(), Error> {
    if let ([worker], [buffer, ..]) = (&mut *workers, &mut *buffers) {
        for piece in pieces {
            make(worker, buffer, piece)?;
            if !take(shared, buffer)? {
                break;
            }
        }
        return Ok(());
    }
    let state = TurnState {
        pieces: pieces.enumerate(),
        free: buffers.iter_mut().collect(),
        full: VecDeque::new(),
        turn: 0,
        shared: Some(shared),
        waiting: 0,
        stopped: false,
    };
    let turns = Turns { state: Mutex::new(state), freed: Condvar::new() };
    workers.par_iter_mut().with_max_len(1).try_for_each(|worker| turns.run(worker, &make, &take))
}

/// The part that all workers share.
struct Turns<'a, P, B, S> {
    state: Mutex<TurnState<'a, P, B, S>>,
    /// A buffer is free again, or all has stopped.
    freed: Condvar,
}

struct TurnState<'a, P, B, S> {
    /// The pieces that nobody has claimed.
    pieces: Enumerate<P>,
    free: Vec<&'a mut B>,
    /// Pieces made and not taken over, from piece `turn` on; `None` for pieces that are still being
    /// made.
    full: VecDeque<Option<&'a mut B>>,
    /// The first piece that nobody has begun to take over.
    turn: usize,
    /// `None` while a worker takes over.
    shared: Option<&'a mut S>,
    /// The number of workers that wait for a buffer.
    waiting: usize,
    stopped: bool,
}

impl<'a, P: Iterator, B, S> TurnState<'a, P, B, S> {
    /// Takes the buffer to be taken over next, if it is made.
    fn next_full(&mut self) -> Option<&'a mut B> {
        let stopped = self.stopped;
        let buffer = self.full.pop_front_if(|buffer| buffer.is_some() && !stopped).flatten();
        self.turn += usize::from(buffer.is_some());
        buffer
    }

    /// Leaves a buffer with a piece in it.
    fn leave(&mut self, number: usize, buffer: &'a mut B) {
        let at = number - self.turn;
        while self.full.len() <= at {
            self.full.push_back(None);
        }
        self.full[at] = Some(buffer);
    }
}

impl<'a, P: Iterator, B, S> Turns<'a, P, B, S> {
    /// Makes pieces as one worker.
    fn run<W>(
        &self,
        worker: &mut W,
        make: impl Fn(&mut W, &mut B, P::Item) -> Result<(), Error>,
        take: impl Fn(&mut S, &mut B) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let stop = Stop(self);
        while let Some((number, piece, buffer)) = self.claim() {
            make(worker, buffer, piece)?;
            let mut state = self.lock();
            state.leave(number, buffer);
            let Some(shared) = state.shared.take() else { continue };
            while let Some(buffer) = state.next_full() {
                drop(state);
                let go_on = take(shared, buffer)?;
                state = self.lock();
                state.free.push(buffer);
                state.stopped |= !go_on;
                if state.waiting > 0 {
                    self.freed.notify_all();
                }
            }
            state.shared = Some(shared);
        }
        std::mem::forget(stop);
        Ok(())
    }

    /// Claims the next piece with its number, and a buffer for it; `None` if there are no more.
    fn claim(&self) -> Option<(usize, P::Item, &'a mut B)> {
        let mut state = self.lock();
        while !state.stopped && state.free.is_empty() {
            state.waiting += 1;
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        if state.stopped {
            return None;
        }
        let (number, piece) = state.pieces.next()?;
        state.free.pop().map(|buffer| (number, piece, buffer))
    }

    fn lock(&self) -> MutexGuard<'_, TurnState<'a, P, B, S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops all workers when one ends early, with an error or a panic. The others would wait for its
/// buffer for ever.
struct Stop<'s, 'a, P: Iterator, B, S>(&'s Turns<'a, P, B, S>);

impl<P: Iterator, B, S> Drop for Stop<'_, '_, P, B, S> {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Sleeps longer the earlier a piece comes, so that buffers are left behind and workers wait.
    fn slow(piece: usize) {
        std::thread::sleep(Duration::from_micros(200 * (7 - piece as u64 % 8)));
    }

    const COUNTS: [(usize, usize); 6] = [(1, 1), (2, 2), (2, 3), (3, 5), (8, 8), (8, 12)];

    #[test]
    fn results_come_in_order_until_it_is_enough() {
        for (workers, buffers) in COUNTS {
            for enough in [1, 33, 40, 50] {
                let mut taken = Vec::new();
                let make = |done: &mut usize, buffer: &mut usize, piece| {
                    slow(piece);
                    *done += 1;
                    *buffer = piece * 3;
                    Ok(())
                };
                let take = |taken: &mut Vec<usize>, buffer: &mut usize| {
                    taken.push(*buffer);
                    Ok(taken.len() < enough)
                };
                let (mut done, mut results) = (vec![0; workers], vec![0; buffers]);
                in_turns(&mut done, &mut results, 0..40, &mut taken, make, take).expect("no error");
                let count = enough.min(40);
                assert_eq!(taken, (0..count).map(|piece| piece * 3).collect::<Vec<_>>());
                assert!((count..=count + buffers).contains(&done.iter().sum()), "{done:?}");
            }
        }
    }

    /// An error or a panic in any piece, when it is made or when it is taken, leaves no worker
    /// waiting.
    #[test]
    fn whatever_ends_a_worker_ends_all() {
        for ((workers, buffers), bad) in COUNTS.into_iter().zip([5, 0, 5, 13, 39, 20]) {
            for (panics, when_taken) in [(false, false), (false, true), (true, false), (true, true)]
            {
                let fail = |piece| match panics {
                    _ if piece != bad => Ok(()),
                    true => panic!("piece {piece}"),
                    false => Err(Error::Stopped),
                };
                let mut taken = 0;
                let run = || {
                    let make = |(): &mut (), buffer: &mut usize, piece| {
                        slow(piece);
                        *buffer = piece;
                        if when_taken { Ok(()) } else { fail(piece) }
                    };
                    let take = |taken: &mut usize, piece: &mut usize| {
                        if when_taken {
                            fail(*piece)?;
                        }
                        *taken += 1;
                        Ok(true)
                    };
                    let (mut workers, mut buffers) = (vec![(); workers], vec![0; buffers]);
                    in_turns(&mut workers, &mut buffers, 0..40, &mut taken, make, take)
                };
                let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
                assert_eq!(ended.is_err(), panics);
                if let Ok(ended) = ended {
                    assert!(matches!(ended, Err(Error::Stopped)));
                }
                assert!(taken <= bad, "{taken} taken, piece {bad} is bad");
            }
        }
    }
}
