//! The time of a picture that moves.

use std::sync::Arc;

/// How long each frame is shown, and how often all are played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Motion {
    /// Milliseconds of each frame; one or more frames.
    pub(crate) delays: Arc<[u32]>,
    /// How often it is played; 0 for ever.
    pub(crate) plays: u32,
}

impl std::fmt::Display for Motion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} frames of {} ms", self.frames(), self.duration())
    }
}

impl Motion {
    pub(crate) fn frames(&self) -> u32 {
        u32::try_from(self.delays.len()).unwrap_or(u32::MAX)
    }

    /// Milliseconds from the first frame to the end of the last.
    pub(crate) fn duration(&self) -> u64 {
        self.delays.iter().map(|&delay| u64::from(delay)).sum()
    }

    /// The same with other settings, where they are given: milliseconds of every frame, and how often it is played.
    pub(crate) fn with(&self, delay: Option<u32>, plays: Option<u32>) -> Self {
        let delays = match delay {
            Some(delay) => self.delays.iter().map(|_| delay).collect(),
            None => Arc::clone(&self.delays),
        };
        Self { delays, plays: plays.unwrap_or(self.plays) }
    }
}
