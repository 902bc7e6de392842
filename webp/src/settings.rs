//! Options of the encoder.

/// How a picture is encoded.
///
/// ```
/// use makeready_webp::Settings;
///
/// let settings = Settings { effort: 6, ..Settings::new(75.0) };
/// assert_eq!(settings.quality, 75.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Quality, 0 to 100, on the scale of libwebp. Values outside are held to it.
    pub quality: f32,
    /// Time against size: 0 is fastest, 6 smallest. The default is 4, and values above 6 are 6.
    pub effort: u8,
    /// How far quantisers differ between busy and smooth parts of the picture, 0 to 100 percent.
    /// The default is 50; 0 gives all parts the same quantiser.
    pub spatial_shaping: u8,
    /// Strength of the loop filter, 0 (off) to 100. The default is 60.
    pub filter_strength: u8,
    /// Sharpness of the loop filter, 0 to 7. The default is 0.
    pub filter_sharpness: u8,
    /// Pixels that are held, 1.5 bytes each, before the first is coded: busy and smooth parts are
    /// told apart by them. A picture that is larger may get other quantisers than libwebp gives
    /// it, and follows in what comes. The default is 2,097,152.
    pub lookahead: u32,
    /// Streams that the tokens are divided into, to be written and read side by side: 1, 2, 4 or
    /// 8, else the next lower of these. 0, the default, chooses by their length.
    pub partitions: u8,
}

impl Settings {
    /// The default settings at a quality.
    #[must_use]
    pub const fn new(quality: f32) -> Self {
        Self {
            quality,
            effort: 4,
            spatial_shaping: 50,
            filter_strength: 60,
            filter_sharpness: 0,
            lookahead: 1 << 21,
            partitions: 0,
        }
    }

    /// The binary logarithm of the number of partitions.
    pub(crate) fn log_partitions(&self) -> Option<u32> {
        self.partitions.min(8).checked_ilog2()
    }
}
