//! How fast this machine is now, against what the plans predict: by what the workers get done while they have enough to do.

use std::time::{Duration, Instant};

/// For so long the workers have enough to do before the pace is told anew.
const WINDOW: Duration = Duration::from_millis(250);

/// How far predictions may be off; beyond that something else is wrong.
const MOST: f64 = 8.0;

/// The time of work against the predicted one.
pub(super) struct Pace {
    factor: f64,
    /// Since when all workers have had something to do, and the predicted time of what was done since.
    busy: Option<(Instant, Duration)>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { factor: 1.0, busy: None }
    }
}

impl Pace {
    /// The time that work of this predicted time takes.
    pub(super) fn of(&self, predicted: Duration) -> Duration {
        Duration::try_from_secs_f64(predicted.as_secs_f64() * self.factor).unwrap_or(Duration::MAX)
    }

    /// Tells whether all workers have something to do from now on, as a job begins or ends.
    pub(super) fn busy(&mut self, busy: bool, now: Instant) {
        self.busy = busy.then(|| self.busy.unwrap_or((now, Duration::ZERO)));
    }

    /// Counts work that was done.
    pub(super) fn done(&mut self, predicted: Duration, workers: usize, now: Instant) {
        let Some((since, sum)) = &mut self.busy else { return };
        *sum += predicted;
        let took = now - *since;
        if took < WINDOW || sum.is_zero() {
            return;
        }
        let found = took.as_secs_f64() * workers as f64 / sum.as_secs_f64();
        // Half of what it was before: single jobs are off by more than all together.
        self.factor = f64::midpoint(self.factor, found.clamp(1.0 / MOST, MOST));
        self.busy = Some((now, Duration::ZERO));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_takes_twice_as_long_as_predicted_is_predicted_so() {
        let (mut pace, ms) = (Pace::default(), Duration::from_millis);
        let mut now = Instant::now();
        assert_eq!(pace.of(ms(100)), ms(100));
        pace.busy(true, now);
        for _ in 0..100 {
            now += ms(100);
            pace.done(ms(50), 1, now);
        }
        assert!((ms(199)..=ms(200)).contains(&pace.of(ms(100))), "{:?}", pace.of(ms(100)));
        // Where workers have nothing to do, what is done tells nothing.
        pace.busy(false, now);
        pace.done(ms(1), 1, now + ms(5000));
        pace.busy(true, now + ms(9000));
        pace.done(ms(50), 1, now + ms(9100));
        assert!(pace.of(ms(100)) > ms(190));
    }
}
