//! Bounds the memory that an encoder takes.
//!
//! No useful bound holds for every picture: one made for the purpose, coefficient by coefficient,
//! might take up to 1.6 times as much as noise. So the bound is that of the worst noise (each
//! sample 0 or 255 by chance) with a margin, and it is enforced: an encoder that would need more
//! gives [`Error::Memory`](crate::Error::Memory). It counts bytes asked for and not given back. An
//! allocation that is enlarged counts with its new size, as large ones are moved by remapping
//! pages.

use super::frame::Frame;
use super::quantisation::as_fine;
use super::settings::EncoderSettings;
use crate::samples::Format;

/// Bytes that the buffers for bits and tokens grow by at least.
pub(crate) const GROWTH: usize = 8192;

/// Bytes of the headers and tables of a file at most, beside metadata.
const HEADERS: u64 = 4096;
/// Bytes that chance adds to the mean of noise in a small picture, with the steps by which buffers
/// grow.
const SLACK: u64 = 16 << 10;
/// The same bytes for a row of MCUs, whose buffers are smaller.
const ROW_SLACK: u64 = 16 << 10;

/// Bytes that noise takes with the standard's tables, in thousandths a sample, by quality: luma,
/// chroma made from RGB, chroma that is noise itself. A test measures them anew.
const NOISE: [[u16; 100]; 3] = [
    [
        226, 226, 230, 239, 248, 256, 264, 272, 279, 286, 293, 301, 309, 316, 324, 332, 339, 347,
        355, 362, 370, 379, 386, 394, 401, 408, 415, 422, 428, 434, 440, 445, 452, 456, 462, 468,
        471, 478, 482, 485, 491, 495, 500, 506, 509, 514, 517, 521, 527, 529, 532, 538, 542, 546,
        550, 556, 561, 566, 570, 574, 581, 586, 592, 597, 604, 610, 617, 625, 631, 640, 648, 655,
        664, 677, 682, 693, 708, 720, 730, 743, 760, 773, 793, 810, 825, 850, 869, 899, 923, 958,
        989, 1024, 1076, 1141, 1216, 1308, 1420, 1548, 1762, 1885,
    ],
    [
        94, 94, 94, 95, 98, 102, 105, 108, 111, 113, 116, 118, 121, 124, 126, 128, 131, 133, 135,
        141, 150, 159, 168, 177, 184, 192, 200, 207, 214, 221, 227, 234, 240, 245, 251, 257, 262,
        267, 272, 277, 284, 287, 292, 297, 300, 306, 310, 314, 318, 322, 325, 330, 334, 338, 343,
        347, 352, 358, 362, 367, 373, 377, 383, 389, 394, 401, 406, 412, 419, 426, 433, 440, 448,
        456, 460, 469, 477, 487, 497, 508, 519, 532, 544, 558, 574, 588, 606, 625, 645, 670, 697,
        726, 760, 798, 842, 905, 974, 1071, 1244, 1427,
    ],
    [
        215, 215, 215, 216, 218, 222, 226, 229, 232, 235, 238, 241, 244, 247, 249, 252, 255, 258,
        260, 266, 275, 285, 294, 302, 310, 320, 327, 334, 341, 349, 355, 361, 368, 373, 380, 386,
        391, 397, 404, 408, 415, 418, 424, 430, 433, 439, 444, 448, 452, 456, 460, 466, 470, 474,
        479, 484, 490, 496, 501, 506, 512, 517, 523, 530, 536, 543, 549, 559, 567, 574, 583, 591,
        600, 609, 614, 624, 635, 647, 659, 671, 685, 700, 713, 729, 746, 763, 786, 808, 829, 859,
        890, 920, 956, 998, 1045, 1119, 1199, 1312, 1520, 1741,
    ],
];

/// The parts of the bound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The file and the tokens between the passes together.
    pub(crate) file: u64,
    /// The tokens that may lie between the passes; with more, the standard's tables serve.
    pub(crate) tokens: u64,
    /// Coefficients stored for several scans.
    coefficients: u64,
    /// The number of buffers for the results of workers.
    pub(crate) buffers: usize,
    /// The bits of a row of MCUs, which a worker makes at a time.
    pub(crate) row_bits: u64,
    /// A row of MCUs as tokens, and the buffer that they come from, each half of it.
    pub(crate) row_tokens: u64,
    /// Rows that wait for more, before and after a push that ends within a row of MCUs.
    waiting: u64,
    /// The lists of rows.
    lists: u64,
}

impl Bounds {
    /// The bounds of a picture.
    pub(crate) fn new(frame: &Frame, settings: &EncoderSettings, workers: usize) -> Self {
        let progressive = settings.progressive;
        let file = file_bytes(frame, settings);
        let row_bits = worst(frame, settings, 2) + markers(frame, 2) * 16 + ROW_SLACK;
        let stored =
            if progressive { frame.across * frame.down * frame.mcu_blocks() * 128 } else { 0 };
        let two_passes = settings.optimize_coding && !progressive;
        Self {
            file,
            // A scan of a progressive file is too large to have more of them waiting than workers.
            buffers: match workers == 1 || progressive {
                true => workers,
                false => workers + workers.div_ceil(2),
            },
            tokens: if two_passes { file / 8 * 5 } else { 0 },
            coefficients: stored as u64,
            // Tokens of noise take up to 1.6 times the bytes of its bits; a row waits in its
            // buffer. In a progressive file a whole scan is made at a time; the largest of noise is
            // below the limit.
            row_bits: if progressive { file / 8 * 5 } else { row_bits },
            row_tokens: if progressive { file / 8 * 5 } else { row_bits * 8 / 5 },
            waiting: 2 * most_waiting(frame),
            lists: (frame.down * 2 * size_of::<Vec<u8>>()) as u64 + HEADERS,
        }
    }

    /// The bound of all together but for the workers themselves. `whole` says that pushes end with
    /// rows of MCUs.
    pub(crate) fn total(&self, workers: usize, whole: bool) -> u64 {
        let (workers, buffers) = (workers as u64, self.buffers as u64);
        let waiting = workers * self.row_tokens + (buffers - workers) * self.row_tokens / 2;
        // Too many tokens become bits after the row that brings them, while other rows wait.
        let tokens = self.tokens + self.row_tokens + waiting;
        let most = (self.file + buffers * self.row_bits).max(tokens);
        most + self.coefficients + if whole { 0 } else { self.waiting } + self.lists
    }
}

/// Bytes that a file of noise takes, with its metadata.
fn file_bytes(frame: &Frame, settings: &EncoderSettings) -> u64 {
    let icc = settings.icc.as_ref().map_or(0, |icc| icc.len() + icc.len() / 1000 + 64);
    let exif = settings.exif.as_ref().map_or(0, Vec::len);
    let scan = worst(frame, settings, frame.down) + markers(frame, frame.down) * 4;
    // Several scans take up to a tenth more.
    let scans = scan + if settings.progressive { scan / 8 } else { 0 };
    scans + (icc + exif) as u64 + HEADERS + SLACK
}

/// Bytes of rows that do not make a row of MCUs yet, at most.
fn most_waiting(frame: &Frame) -> u64 {
    let rows = |plane| (frame.mcu().1 - 1).div_ceil(frame.luma_rows(plane));
    (0..3).map(|plane| frame.rows()[plane] * rows(plane)).sum::<usize>() as u64
}

/// Restart markers in this many rows of MCUs.
fn markers(frame: &Frame, rows: usize) -> u64 {
    (frame.across * rows).checked_div(frame.restart_interval).map_or(0, |count| count as u64 + 1)
}

/// Bytes that noise takes in this many rows of MCUs, and a margin.
pub(crate) fn worst(frame: &Frame, settings: &EncoderSettings, rows: usize) -> u64 {
    let [quality, of_chroma] = [0, 1].map(|class| usize::from(as_fine(settings, class)) - 1);
    let samples = (frame.across * rows * 64) as u64;
    let luma = samples * (frame.factors.0 * frame.factors.1) as u64;
    let chroma = samples * (frame.components() - 1) as u64;
    let kind = if frame.format == Format::Planes { 2 } else { 1 };
    let sum = luma * u64::from(NOISE[0][quality]) + chroma * u64::from(NOISE[kind][of_chroma]);
    sum / 1000 * 129 / 128 + 1
}
