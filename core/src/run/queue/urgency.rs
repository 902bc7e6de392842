//! The order of jobs: which of two is more urgent.

use std::cmp::Ordering;
use std::time::{Duration, Instant};

/// The urgency of a job. A shorter one goes before longer ones, and those that are due before all others, so that none is
/// passed by for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Urgency {
    /// The predicted time on one core.
    pub(crate) cost: Duration,
    /// The time that it counts as, which is another by its priority.
    counts: Duration,
    pub(crate) due: Instant,
}

/// A job is due so many times its cost after it was handed in.
const DUE_AFTER: u32 = 20;

impl Urgency {
    /// The urgency of a job that waits since then.
    pub(crate) fn new(cost: Duration, since: Instant) -> Self {
        Self::counting(cost, cost, since)
    }

    /// The same of one that counts as longer or shorter than it is.
    pub(crate) fn counting(counts: Duration, cost: Duration, since: Instant) -> Self {
        // A job of more than that waits for all others.
        let after = counts.saturating_mul(DUE_AFTER).min(Duration::from_secs(1 << 31));
        Self { cost, counts, due: since + after }
    }

    /// Orders the more urgent one first: jobs that are due by now, in the order in which they were, and then the shortest.
    pub(crate) fn compare(&self, other: &Self, now: Instant) -> Ordering {
        match (self.due <= now, other.due <= now) {
            (false, false) => self.counts.cmp(&other.counts).then(self.due.cmp(&other.due)),
            (true, true) => self.due.cmp(&other.due),
            (mine, _) => {
                if mine {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_job_is_first_until_the_longer_one_is_due() {
        let (ms, start) = (Duration::from_millis, Instant::now());
        let (long, short) = (Urgency::new(ms(100), start), Urgency::new(ms(90), start + ms(1900)));
        assert!(short.compare(&long, start + ms(1900)).is_lt());
        assert!(long.compare(&short, start + ms(2000)).is_lt());
        assert!(short.compare(&long, start + ms(1999)).is_lt());
        // Of two that are due the one that has been for longer.
        assert!(long.compare(&short, start + ms(9000)).is_lt());
        let later = Urgency::new(ms(90), start + ms(1901));
        assert!(short.compare(&later, start + ms(1950)).is_lt());
    }
}
