//! Codecs of others that do not give an error for each allocation that is refused.

/// Allocations above 4 KB of one decode or encode by a crate of others that does not give an error where it gets none.
///
/// All that a codec takes is probed before it begins, so that only memory which goes in the moment between can lead
/// here: `less_and_less_memory_is_an_error` has no exception.
pub(crate) struct ThirdParty {
    pub(crate) verb: &'static str,
    pub(crate) format: &'static str,
    pub(crate) alpha: bool,
    /// True where the process ends, unless its allocator has a reserve.
    pub(crate) aborts: bool,
    /// The most of them.
    pub(crate) count: usize,
    /// The way it fails.
    pub(crate) why: &'static str,
}

pub(crate) const THIRD_PARTY: [ThirdParty; 17] = [
    ThirdParty {
        verb: "decode",
        format: "png",
        alpha: false,
        aborts: true,
        count: 3,
        why: "png ends the process: buffers of the inflater, of rows, and of an interlace pass",
    },
    ThirdParty {
        verb: "profile of",
        format: "png",
        alpha: false,
        aborts: true,
        count: 1,
        why: "flate2 ends the process: its inflater",
    },
    ThirdParty {
        verb: "encode",
        format: "png",
        alpha: false,
        aborts: true,
        count: 3,
        why: "png and flate2 end the process, for rows and buffers, and panic for the deflater",
    },
    ThirdParty {
        verb: "decode",
        format: "gif",
        alpha: false,
        aborts: true,
        count: 2,
        why: "weezl ends the process: its code tables",
    },
    ThirdParty {
        verb: "encode",
        format: "gif",
        alpha: false,
        aborts: true,
        count: 10,
        why: "weezl ends the process: its code trees, as they grow",
    },
    ThirdParty {
        verb: "encode",
        format: "webp quality=80 lossless",
        alpha: false,
        aborts: false,
        count: 1,
        why: "libwebp writes a file with a palette that is corrupt",
    },
    ThirdParty {
        verb: "encode",
        format: "webp quality=40 near_lossless",
        alpha: false,
        aborts: false,
        count: 1,
        why: "libwebp does not tell of modes of prediction that it has no memory for, and writes a corrupt file",
    },
    ThirdParty {
        verb: "decode",
        format: "webp",
        alpha: true,
        aborts: false,
        count: 4,
        why: "libwebp takes alpha for corrupt that it has no memory for",
    },
    ThirdParty {
        verb: "decode",
        format: "tiff",
        alpha: false,
        aborts: true,
        count: 14,
        why: "weezl ends the process: its code tables, for each strip; flate2 panics for the inflater",
    },
    ThirdParty {
        verb: "decode",
        format: "bmp",
        alpha: false,
        aborts: true,
        count: 2,
        why: "the standard library ends the process: buffers of the stream, of its head too",
    },
    ThirdParty {
        verb: "decode",
        format: "ico",
        alpha: false,
        aborts: true,
        count: 3,
        why: "png ends the process, as for a PNG",
    },
    ThirdParty {
        verb: "decode",
        format: "pnm",
        alpha: false,
        aborts: true,
        count: 2,
        why: "the standard library ends the process: buffers of the stream, of its head too",
    },
    ThirdParty {
        verb: "decode",
        format: "qoi",
        alpha: false,
        aborts: true,
        count: 2,
        why: "the standard library ends the process: buffers of the stream, of its head too",
    },
    ThirdParty {
        verb: "decode",
        format: "tga",
        alpha: false,
        aborts: true,
        count: 2,
        why: "the standard library ends the process: buffers of the stream, of its head too",
    },
    ThirdParty {
        verb: "decode",
        format: "jxl",
        alpha: false,
        aborts: true,
        count: 6,
        why: "jxl ends the process: tables of the head, which is read twice, and of a frame",
    },
    ThirdParty {
        verb: "decode",
        format: "svg",
        alpha: false,
        aborts: true,
        count: 6,
        why: "usvg and tiny-skia end the process: their trees, paths and the layers of filters",
    },
    ThirdParty {
        verb: "decode",
        format: "pdf",
        alpha: false,
        aborts: true,
        count: 4,
        why: "hayro and vello_cpu end the process: tables, streams, glyphs and the page",
    },
];
