//! The work that a job does, counted by kinds.
//!
//! Formats and operations say how much of which kind of work they do. They know no times: those are
//! in one table, which [`cost`](crate::run) multiplies the amounts with.

use crate::picture::format::Format;

/// Levels of the kinds that have one a format.
const FORMATS: usize = Format::ALL.len();

/// Makes the kinds of work, each with the number of its levels.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $Kind:ident = $name:literal, $levels:expr;)+) => {
        /// A kind of work. Its levels take different times: those of an encoder by its effort.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum WorkKind {
            $($(#[doc = $doc])+ $Kind,)+
        }

        impl WorkKind {
            /// All of them, each with its name and the number of its levels.
            pub(crate) const ALL: &[(&str, usize)] = &[$(($name, $levels)),+];
        }
    };
}

kinds! {
    /// Jobs: their planning, their threads, their output.
    Job = "job", 1;
    /// Nodes of the plan.
    Node = "node", 1;
    /// Bands that nodes make.
    Band = "band", 1;
    /// Bytes that are moved in rows.
    Copy = "copy", 1;
    /// Samples that are moved one by one: mirrored, and turned by a quarter.
    Turn = "turn", 2;
    /// Samples that are blended: over opaque ones, over ones with alpha, by another blend.
    Blend = "blend", 3;
    /// Samples of a layout that holds more, and of RGB from planes.
    Convert = "convert", 2;
    /// Pixels that are changed one by one: by their samples, and as eyes see them.
    Point = "point", 2;
    /// Samples around a pixel: products of one and a weight, middles of nine, ones that come into a count or leave it.
    Neighbour = "neighbour", 3;
    /// Samples that a colour profile converts: gray, by matrix and curves, by tables.
    ConvertColours = "convert_colours", 3;
    /// Weights of a resize, in taps.
    Weigh = "weigh", 1;
    /// Source samples that become numbers to add: bytes, premultiplied, linear.
    ResampleSource = "resample_source", 3;
    /// Products of a source sample and a weight, down: bytes, premultiplied, linear.
    ResampleDown = "resample_down", 3;
    /// Products along a row: bytes, premultiplied, linear.
    ResampleAcross = "resample_across", 3;
    /// Samples of the output: bytes, premultiplied, linear.
    ResampleOut = "resample_out", 3;
    /// Begun decodes of JPEG, by the tables they make: of one scan, of one of which parts are passed
    /// over, progressive.
    JpegOpen = "jpeg_open", 3;
    /// Bytes of one scan, by scale: 1, 1/2, 1/4, 1/8 to pixels, then the same to planes.
    JpegCode = "jpeg_code", 8;
    /// Bytes of one scan that are passed over.
    JpegSkip = "jpeg_skip", 1;
    /// Bytes of a progressive file, by scale as above.
    JpegScans = "jpeg_scans", 8;
    /// Blocks of one scan, and of a progressive file.
    JpegBlock = "jpeg_block", 2;
    /// Blocks that are transformed, to 8, 4, 2 and 1 samples a side.
    JpegTransform = "jpeg_transform", 4;
    /// Pixels that are made of samples: gray or planes, colour, colour of thinned-out chroma.
    JpegPixel = "jpeg_pixel", 3;
    /// Begun decodes of PNG.
    PngOpen = "png_open", 1;
    /// Compressed bytes of a PNG, and such that are stored.
    PngInflate = "png_inflate", 2;
    /// Bytes of rows before they are samples.
    PngRow = "png_row", 1;
    /// Samples of a PNG: as they are, and from a palette or another depth; those of a GIF too.
    PngSample = "png_sample", 2;
    /// Pixels of interlaced rows.
    PngInterlace = "png_interlace", 1;
    /// Begun decodes of a format that has no kinds of its own, by format.
    FileOpen = "file_open", FORMATS;
    /// Compressed bytes of such a format.
    FileCode = "file_code", FORMATS;
    /// Pixels of such a format, or indices of a palette.
    FilePixel = "file_pixel", FORMATS;
    /// Begun decodes of WebP: lossy, lossless.
    WebpOpen = "webp_open", 2;
    /// Compressed bytes of a WebP: lossy, lossless.
    WebpCode = "webp_code", 2;
    /// Pixels of a WebP before they are cut or scaled: lossy, lossless, alpha beside lossy.
    WebpPixel = "webp_pixel", 3;
    /// Pixels that a WebP is scaled from.
    WebpScale = "webp_scale", 1;
    /// Pixels that a WebP gives.
    WebpOut = "webp_out", 1;
    /// Begun encodes of JPEG: standard tables, fitted tables, progressive.
    JpegBegin = "jpeg_begin", 3;
    /// Pixels that are made ready for their transform: planes, gray, colour at 4:4:4, 4:2:2, 4:2:0.
    JpegTile = "jpeg_tile", 5;
    /// Blocks that are transformed and coded: standard tables, fitted tables, progressive.
    JpegEncode = "jpeg_encode", 3;
    /// Blocks full of detail, by the anchors of quality: standard tables, fitted tables,
    /// progressive.
    JpegDetail = "jpeg_detail", 18;
    /// Blocks full of detail whose coefficients are chosen by cost, by the anchors of quality.
    JpegTrellis = "jpeg_trellis", 6;
    /// Begun encodes of PNG, by level.
    PngBegin = "png_begin", 10;
    /// Bytes that are compressed, by level.
    PngDeflate = "png_deflate", 10;
    /// Bytes full of detail, by level.
    PngDetail = "png_detail", 10;
    /// Pixels that become indices of a palette: of few enough colours, of more.
    PalettePixel = "palette_pixel", 2;
    /// Indices that a GIF is coded of.
    GifCode = "gif_code", 1;
    /// Begun encodes of WebP: lossy, lossless.
    WebpBegin = "webp_begin", 2;
    /// Pixels of a lossy WebP, by effort.
    WebpLossy = "webp_lossy", 7;
    /// Pixels full of detail, by the anchors of quality, for each effort.
    WebpDetail = "webp_detail", 28;
    /// Pixels of a lossless WebP without detail, with little, and with much at a low and at a high
    /// quality, for each effort.
    WebpLossless = "webp_lossless", 28;
    /// Pixels of a lossless WebP that come from a palette, by effort.
    WebpPalette = "webp_palette", 7;
    /// Pixels of alpha beside a lossy WebP, by effort.
    WebpAlpha = "webp_alpha", 7;
}

/// What a picture shows, as far as coders take longer for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Content {
    /// How much detail its pixels have, of 0 to 1: 1 are those of a photograph.
    pub(crate) detail: f64,
    /// Whether its colours are the few of a palette.
    pub(crate) palette: bool,
}

impl Content {
    /// A photograph, as which pixels count that nothing is known of.
    pub(crate) const PHOTOGRAPH: Self = Self { detail: 1.0, palette: false };

    /// The content of a file of so many `bytes`, where one of a photograph takes `usual`.
    pub(crate) fn of_file(bytes: usize, usual: f64) -> Self {
        Self { detail: (bytes as f64 / usual.max(1.0)).min(1.0), palette: false }
    }
}

/// Amounts of all kinds of work together.
pub(crate) const AMOUNTS: usize = offset(WorkKind::ALL.len());

/// The place of the first level of each kind.
const OFFSETS: [usize; WorkKind::ALL.len()] = {
    let mut offsets = [0; WorkKind::ALL.len()];
    let mut kind = 0;
    while kind < offsets.len() {
        offsets[kind] = offset(kind);
        kind += 1;
    }
    offsets
};

const fn offset(kind: usize) -> usize {
    let (mut sum, mut at) = (0, 0);
    while at < kind {
        sum += WorkKind::ALL[at].1;
        at += 1;
    }
    sum
}

/// How much there is to do of each kind of work.
#[derive(Debug, Clone)]
pub(crate) struct Work([f64; AMOUNTS]);

impl Work {
    pub(crate) const fn none() -> Self {
        Self([0.0; AMOUNTS])
    }

    /// Adds work of a kind that has one level.
    pub(crate) fn add(&mut self, kind: WorkKind, amount: f64) {
        self.add_at(kind, 0, amount);
    }

    /// Adds work of a level; one above the last is the last.
    pub(crate) fn add_at(&mut self, kind: WorkKind, level: usize, amount: f64) {
        let levels = WorkKind::ALL[kind as usize].1;
        self.0[OFFSETS[kind as usize] + level.min(levels - 1)] += amount;
    }

    /// Adds work of a kind that has a level a format.
    pub(crate) fn add_for(&mut self, kind: WorkKind, format: Format, amount: f64) {
        self.add_at(kind, format as usize, amount);
    }

    /// Adds work between two of the levels `first..first + anchors.len()`, which are those of
    /// `anchors`, in rising order: to both, by how near `value` is to each.
    pub(crate) fn add_between(
        &mut self,
        kind: WorkKind,
        first: usize,
        anchors: &[u8],
        value: u8,
        amount: f64,
    ) {
        let above = anchors.iter().position(|&anchor| anchor >= value);
        let above = above.unwrap_or(anchors.len() - 1);
        let (low, high) = (anchors[above.saturating_sub(1)], anchors[above]);
        let way = f64::from(high.saturating_sub(low)).max(1.0);
        let share = (f64::from(value.saturating_sub(low)) / way).min(1.0);
        self.add_at(kind, first + above, amount * share);
        self.add_at(kind, first + above.saturating_sub(1), amount * (1.0 - share));
    }

    /// Adds other work.
    pub(crate) fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(amount, other)| *amount += other);
    }

    /// The same so many times.
    pub(crate) fn times(mut self, count: f64) -> Self {
        self.0.iter_mut().for_each(|amount| *amount *= count);
        self
    }

    /// All amounts, in the order of [`WorkKind::ALL`] and its levels.
    pub(crate) const fn amounts(&self) -> &[f64; AMOUNTS] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(work: &Work, kind: WorkKind) -> &[f64] {
        let from = OFFSETS[kind as usize];
        &work.amounts()[from..from + WorkKind::ALL[kind as usize].1]
    }

    #[test]
    fn work_between_two_levels_is_shared_by_both() {
        for (value, expected) in [
            (1, [8.0, 0.0, 0.0]),
            (10, [8.0, 0.0, 0.0]),
            (25, [2.0, 6.0, 0.0]),
            (30, [0.0, 8.0, 0.0]),
            (65, [0.0, 4.0, 4.0]),
            (100, [0.0, 0.0, 8.0]),
        ] {
            let mut work = Work::none();
            work.add_between(WorkKind::JpegEncode, 0, &[10, 30, 100], value, 8.0);
            assert_eq!(at(&work, WorkKind::JpegEncode), expected, "{value}");
        }
    }

    #[test]
    fn a_level_above_the_last_is_the_last() {
        let mut work = Work::none();
        work.add_at(WorkKind::PngDeflate, 12, 3.0);
        work.add(WorkKind::Job, 1.0);
        assert_eq!(at(&work, WorkKind::PngDeflate)[9], 3.0);
        assert_eq!(work.amounts().iter().sum::<f64>(), 4.0);
    }
}
