//! Work done side by side whose results are taken over in order.

use std::iter::Enumerate;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::EncodeError;

/// Does `work` for every piece and hands what it gives to `take`, in the order of the pieces. Each lane claims
/// a piece, works on it, waits for its turn and claims the next: on the current pool of rayon, or here if there is but
/// one lane. No lane holds more than one piece, and none sleeps while there are more. `take` says whether to go on; if
/// not, what was made of later pieces is left with the lanes.
///
/// `work` must not wait for anything itself: the lane whose turn it is would keep the others waiting.
///
/// # Errors
/// One of those that `work` and `take` gave; no piece is claimed after one.
pub(super) fn in_turns<L: Send, P: Send, R, S: Send>(
    lanes: &mut [L],
    pieces: impl Iterator<Item = P> + Send,
    shared: &mut S,
    work: impl Fn(&mut L, P) -> Result<R, EncodeError> + Sync,
    take: impl Fn(&mut S, &mut L, R) -> Result<bool, EncodeError> + Sync,
) -> Result<(), EncodeError> {
    if let [only] = lanes {
        for piece in pieces {
            let made = work(only, piece)?;
            if !take(shared, only, made)? {
                break;
            }
        }
        return Ok(());
    }
    let state = State { pieces: pieces.enumerate(), turn: 0, shared, stopped: false };
    let line = Line { state: Mutex::new(state), moved: Condvar::new() };
    lanes.par_iter_mut().with_max_len(1).try_for_each(|lane| line.run(lane, &work, &take))
}

/// What the lanes share.
struct Line<'a, P, S> {
    state: Mutex<State<'a, P, S>>,
    /// The turn has passed on, or all has stopped.
    moved: Condvar,
}

struct State<'a, P, S> {
    /// Those that nobody has claimed.
    pieces: Enumerate<P>,
    /// The piece to be taken over next.
    turn: usize,
    shared: &'a mut S,
    stopped: bool,
}

impl<'a, P: Iterator, S> Line<'a, P, S> {
    /// Works as one lane.
    fn run<L, R>(
        &self,
        lane: &mut L,
        work: impl Fn(&mut L, P::Item) -> Result<R, EncodeError>,
        take: impl Fn(&mut S, &mut L, R) -> Result<bool, EncodeError>,
    ) -> Result<(), EncodeError> {
        let stop = Stop(self);
        let mut state = self.lock();
        while !state.stopped
            && let Some((number, piece)) = state.pieces.next()
        {
            drop(state);
            let made = work(lane, piece)?;
            let wait = |state: &mut State<'_, P, S>| state.turn != number && !state.stopped;
            state =
                self.moved.wait_while(self.lock(), wait).unwrap_or_else(PoisonError::into_inner);
            if !state.stopped {
                state.stopped = !take(state.shared, lane, made)?;
                state.turn += 1;
                self.moved.notify_all();
            }
        }
        std::mem::forget(stop);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State<'a, P, S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops all lanes where one ends early, with an error or a panic: the others would wait for its turn for ever.
struct Stop<'s, 'a, P: Iterator, S>(&'s Line<'a, P, S>);

impl<P: Iterator, S> Drop for Stop<'_, '_, P, S> {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Pieces that take longer the earlier they come, so that lanes wait.
    fn slow(piece: usize) {
        std::thread::sleep(Duration::from_micros(200 * (7 - piece as u64 % 8)));
    }

    #[test]
    fn results_come_in_order_until_it_is_enough() {
        for lanes in [1, 2, 3, 8] {
            let mut taken = Vec::new();
            let work = |lane: &mut usize, piece| {
                slow(piece);
                *lane += 1;
                Ok(piece * 3)
            };
            let take = |taken: &mut Vec<usize>, _: &mut usize, made| {
                taken.push(made);
                Ok(taken.len() < 33)
            };
            let mut counts = vec![0; lanes];
            in_turns(&mut counts, 0..40, &mut taken, work, take).expect("no error");
            assert_eq!(taken, (0..33).map(|piece| piece * 3).collect::<Vec<_>>(), "{lanes} lanes");
            assert!((33..33 + lanes).contains(&counts.iter().sum()), "{counts:?}");
        }
    }

    /// With an error or a panic in any piece, in the work or when it is taken, no lane is left waiting.
    #[test]
    fn whatever_ends_a_lane_ends_all() {
        for (lanes, bad) in [(1, 5), (2, 0), (2, 5), (3, 13), (8, 39)] {
            for (panics, when_taken) in [(false, false), (false, true), (true, false), (true, true)]
            {
                let fail = |piece| match panics {
                    _ if piece != bad => Ok(piece),
                    true => panic!("piece {piece}"),
                    false => Err(EncodeError::Stopped),
                };
                let mut taken = 0;
                let run = || {
                    let work = |_: &mut (), piece| {
                        slow(piece);
                        if when_taken { Ok(piece) } else { fail(piece) }
                    };
                    let take = |taken: &mut usize, _: &mut (), piece| {
                        if when_taken {
                            fail(piece)?;
                        }
                        *taken += 1;
                        Ok(true)
                    };
                    in_turns(&mut vec![(); lanes], 0..40, &mut taken, work, take)
                };
                let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
                assert_eq!(ended.is_err(), panics);
                if let Ok(ended) = ended {
                    assert!(matches!(ended, Err(EncodeError::Stopped)));
                }
                assert!(taken <= bad, "{taken} taken, piece {bad} is bad");
            }
        }
    }
}
