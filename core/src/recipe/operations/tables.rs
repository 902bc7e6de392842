//! Tables of the options of operations that have few.

use crate::error::Result;
use crate::picture::image::Colour;
use crate::recipe::options::table::options;
use crate::recipe::options::{
    Channel, Edges, ExtendMode, Extension, Matrix, Numbers, Real, Strength,
};

options! {
    /// An opaque ground.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Flatten {
        /// An opaque colour.
        background: Colour = Colour::BLACK;
    }
}

options! {
    /// Edges and their colour.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Extend {
        /// Their widths.
        edges [group]: Edges = Edges::default();
        /// The picture in the edges.
        mode: ExtendMode = ExtendMode::Background;
        /// The colour of the edges; with an alpha below 255 the output has alpha.
        background: Colour = Colour::BLACK;
    }
}

impl Extend {
    /// Edges of no width, filled in this way.
    pub(crate) fn with(fill: impl Into<Extension>) -> Self {
        let Extension { mode, background } = fill.into();
        Self { mode, background, ..Self::default() }
    }
}

options! {
    /// Shades of gray.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Grayscale {}
}

options! {
    /// Opposite colours.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Negate {
        /// Turns alpha into its opposite too.
        alpha: bool = false;
    }
}

options! {
    /// One hue.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Tint {
        /// A colour of this hue.
        colour: Colour;
    }
}

options! {
    /// Lighter or darker middle tones.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Gamma {
        /// The factor, of 0.1 to 10: a sample of 0 to 1 becomes its power of 1 by this.
        gamma: Real = Real::new(2.2);
    }
}

options! {
    /// Samples by a straight line.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Linear {
        /// The factor of samples of 0 to 255.
        a: Numbers = Numbers::from(1.0);
        /// The number that is added.
        b: Numbers = Numbers::from(0.0);
    }
}

options! {
    /// Colours of colours.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Recomb {
        /// A row of three numbers for each of red, green and blue: the factors of red, green and blue.
        matrix: Matrix<3>;
    }
}

options! {
    /// Black and white.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Threshold {
        /// The least shade of gray, of 0 to 255, that becomes white.
        level: u8 = 128;
    }
}

options! {
    /// No alpha.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct RemoveAlpha {}
}

options! {
    /// Alpha where there is none.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct EnsureAlpha {
        /// How opaque pixels are that had no alpha.
        opacity: Strength = Strength::FULL, 0..=1;
    }
}

options! {
    /// One channel.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct ExtractChannel {
        /// The channel; of a picture in gray all colours are the same.
        channel: Channel;
    }
}

options! {
    /// A Gaussian blur.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Blur {
        /// The standard deviation of the curve, of 0.3 to 1,000 pixels; it reaches four times as far.
        sigma: Real;
    }
}

options! {
    /// The middle of samples.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Median {
        /// The pixels of a side of the square that a sample is the middle of, an odd number.
        size: u32 = 3, 1..=31;
    }
}

options! {
    /// Rows and columns moved along themselves.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Shear {
        /// Degrees, of -89 to 89, by which columns lean: above 0 what is below the middle goes to the right.
        x: Real = Real::new(0.0);
        /// Degrees, of -89 to 89, by which rows lean: above 0 what is on the right goes down.
        y: Real = Real::new(0.0);
        /// The colour of what the picture does not cover; with an alpha below 255 the output has alpha.
        background: Colour = Colour::BLACK;
    }
}
