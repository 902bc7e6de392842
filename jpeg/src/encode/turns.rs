//! Work done side by side whose results are taken over in order.

use std::collections::VecDeque;
use std::iter::Enumerate;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::error::Error;

/// Does `work` for every piece, each into a buffer, and hands the buffers to `take` in the order of the pieces.
///
/// Each lane claims a piece and a buffer that is free, works, and claims the next: on the current pool of rayon, or here
/// if there is but one lane. A buffer whose turn it is not is left behind, and whoever finishes the piece before it
/// takes both over. So a lane waits only while no buffer is free; with one more than lanes that is rare. What a
/// lane that sleeps costs is not the sleep: woken by another, it may find itself on the processor of that one.
///
/// `work` and `take` must not wait for the pool: so whoever has the piece that is in turn is running, and nobody waits for
/// ever. `take` says whether to go on; if not, what was made of later pieces stays in the buffers.
///
/// # Errors
/// One of those that `work` and `take` gave; no piece is claimed after one.
pub(crate) fn in_turns<L: Send, B: Send, P: Send, S: Send>(
    lanes: &mut [L],
    buffers: &mut [B],
    pieces: impl Iterator<Item = P> + Send,
    shared: &mut S,
    work: impl Fn(&mut L, &mut B, P) -> Result<(), Error> + Sync,
    take: impl Fn(&mut S, &mut B) -> Result<bool, Error> + Sync,
) -> Result<(), Error> {
    if let ([lane], [buffer, ..]) = (&mut *lanes, &mut *buffers) {
        for piece in pieces {
            work(lane, buffer, piece)?;
            if !take(shared, buffer)? {
                break;
            }
        }
        return Ok(());
    }
    let state = State {
        pieces: pieces.enumerate(),
        free: buffers.iter_mut().collect(),
        full: VecDeque::new(),
        turn: 0,
        shared: Some(shared),
        waiting: 0,
        stopped: false,
    };
    let line = Line { state: Mutex::new(state), freed: Condvar::new() };
    lanes.par_iter_mut().with_max_len(1).try_for_each(|lane| line.run(lane, &work, &take))
}

/// What the lanes share.
struct Line<'a, P, B, S> {
    state: Mutex<State<'a, P, B, S>>,
    /// A buffer is free again, or all has stopped.
    freed: Condvar,
}

struct State<'a, P, B, S> {
    /// Those that nobody has claimed.
    pieces: Enumerate<P>,
    free: Vec<&'a mut B>,
    /// What was made and not taken over, from piece `turn` on; `None` for what is still in work.
    full: VecDeque<Option<&'a mut B>>,
    /// The first piece that nobody has begun to take over.
    turn: usize,
    /// `None` while a lane takes over.
    shared: Option<&'a mut S>,
    /// How many lanes wait for a buffer.
    waiting: usize,
    stopped: bool,
}

impl<'a, P: Iterator, B, S> State<'a, P, B, S> {
    /// The buffer to be taken over next, if it is there.
    fn next_full(&mut self) -> Option<&'a mut B> {
        let stopped = self.stopped;
        let buffer = self.full.pop_front_if(|buffer| buffer.is_some() && !stopped).flatten();
        self.turn += usize::from(buffer.is_some());
        buffer
    }

    /// Leaves a buffer with what was made of a piece.
    fn leave(&mut self, number: usize, buffer: &'a mut B) {
        let at = number - self.turn;
        while self.full.len() <= at {
            self.full.push_back(None);
        }
        self.full[at] = Some(buffer);
    }
}

impl<'a, P: Iterator, B, S> Line<'a, P, B, S> {
    /// Works as one lane.
    fn run<L>(
        &self,
        lane: &mut L,
        work: impl Fn(&mut L, &mut B, P::Item) -> Result<(), Error>,
        take: impl Fn(&mut S, &mut B) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let stop = Stop(self);
        while let Some((number, piece, buffer)) = self.claim() {
            work(lane, buffer, piece)?;
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

    /// The next piece with its number and a buffer for it; `None` where there are no more.
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

    fn lock(&self) -> MutexGuard<'_, State<'a, P, B, S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops all lanes where one ends early, with an error or a panic: the others would wait for its buffer for ever.
struct Stop<'s, 'a, P: Iterator, B, S>(&'s Line<'a, P, B, S>);

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

    /// Pieces that take longer the earlier they come, so that buffers are left behind and lanes wait.
    fn slow(piece: usize) {
        std::thread::sleep(Duration::from_micros(200 * (7 - piece as u64 % 8)));
    }

    const CREWS: [(usize, usize); 6] = [(1, 1), (2, 2), (2, 3), (3, 5), (8, 8), (8, 12)];

    #[test]
    fn results_come_in_order_until_it_is_enough() {
        for (lanes, buffers) in CREWS {
            for enough in [1, 33, 40, 50] {
                let mut taken = Vec::new();
                let work = |done: &mut usize, buffer: &mut usize, piece| {
                    slow(piece);
                    *done += 1;
                    *buffer = piece * 3;
                    Ok(())
                };
                let take = |taken: &mut Vec<usize>, buffer: &mut usize| {
                    taken.push(*buffer);
                    Ok(taken.len() < enough)
                };
                let (mut done, mut made) = (vec![0; lanes], vec![0; buffers]);
                in_turns(&mut done, &mut made, 0..40, &mut taken, work, take).expect("no error");
                let count = enough.min(40);
                assert_eq!(taken, (0..count).map(|piece| piece * 3).collect::<Vec<_>>());
                assert!((count..=count + buffers).contains(&done.iter().sum()), "{done:?}");
            }
        }
    }

    /// With an error or a panic in any piece, in the work or when it is taken, no lane is left waiting.
    #[test]
    fn whatever_ends_a_lane_ends_all() {
        for ((lanes, buffers), bad) in CREWS.into_iter().zip([5, 0, 5, 13, 39, 20]) {
            for (panics, when_taken) in [(false, false), (false, true), (true, false), (true, true)]
            {
                let fail = |piece| match panics {
                    _ if piece != bad => Ok(()),
                    true => panic!("piece {piece}"),
                    false => Err(Error::Stopped),
                };
                let mut taken = 0;
                let run = || {
                    let work = |(): &mut (), buffer: &mut usize, piece| {
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
                    let (mut lanes, mut buffers) = (vec![(); lanes], vec![0; buffers]);
                    in_turns(&mut lanes, &mut buffers, 0..40, &mut taken, work, take)
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
