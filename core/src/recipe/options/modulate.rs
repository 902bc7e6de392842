//! Options of modulate, and the channels of a picture.

use super::Real;
use super::real::setters;
use super::table::options;
use crate::picture::words::words;

options! {
    /// Changes of colours as eyes see them: how light, how strong, of which hue (CIE LCh).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub struct Modulate {
        /// The factor of how light pixels are.
        brightness (with_brightness): Real = Real::new(1.0);
        /// The factor of how strong colours are: 0 for shades of gray.
        saturation (with_saturation): Real = Real::new(1.0);
        /// Degrees by which hues are turned.
        hue (with_hue): Real = Real::new(0.0);
        /// The number that is added to how light pixels are, which is 0 to 100.
        lightness (with_lightness): Real = Real::new(0.0);
    }
}

setters! {
    Modulate;
    brightness: with_brightness = 1.2,
    saturation: with_saturation = 0.5,
    hue: with_hue = 90.0,
    lightness: with_lightness = 10.0
}

words! {
    /// A channel of a picture.
    pub enum Channel as "channel" {
        /// Red, or the shade of a picture in gray.
        #[default]
        Red = "red",
        /// Green, or the shade of a picture in gray.
        Green = "green",
        /// Blue, or the shade of a picture in gray.
        Blue = "blue",
        /// Alpha, which a picture without it does not have.
        Alpha = "alpha",
    }
}
