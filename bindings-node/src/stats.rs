//! Figures of what a picture shows.

use napi_derive::napi;

/// Figures of a picture.
#[napi(object, object_from_js = false)]
pub struct Stats {
    /// Of each channel, alpha the last.
    pub channels: Vec<ChannelStats>,
    /// Tells whether alpha, if there is any, is 255 everywhere.
    pub is_opaque: bool,
    /// Bits of the luma of a pixel.
    pub entropy: f64,
    /// The standard deviation of the Laplacian of the luma.
    pub sharpness: f64,
    /// The most frequent colour.
    pub dominant: String,
}

/// Figures of a channel.
#[napi(object, object_from_js = false)]
pub struct ChannelStats {
    /// The least sample.
    pub min: u8,
    /// The greatest sample.
    pub max: u8,
    /// The mean of the samples.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
}

impl From<makeready::Stats> for Stats {
    fn from(stats: makeready::Stats) -> Self {
        let channel = |it: makeready::ChannelStats| ChannelStats {
            min: it.min,
            max: it.max,
            mean: it.mean,
            deviation: it.deviation,
        };
        Self {
            channels: stats.channels.into_iter().map(channel).collect(),
            is_opaque: stats.is_opaque,
            entropy: stats.entropy,
            sharpness: stats.sharpness,
            dominant: stats.dominant.to_string(),
        }
    }
}
