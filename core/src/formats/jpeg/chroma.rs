//! The samples of chroma beside those of luma.

use makeready_jpeg::{ColourModel, Header};

use crate::picture::image::Subsampling;

/// The subsampling of a YCbCr file, if the library has a layout for its planes.
pub(super) fn planar(header: &Header) -> Option<Subsampling> {
    let [luma, blue, red] = &header.components[..] else {
        return None;
    };
    let chroma_is_single = [blue, red].iter().all(|c| (c.h, c.v) == (1, 1));
    match (header.colour, chroma_is_single, luma.h, luma.v) {
        (ColourModel::YCbCr, true, 1, 1) => Some(Subsampling::S444),
        (ColourModel::YCbCr, true, 2, 1) => Some(Subsampling::S422),
        (ColourModel::YCbCr, true, 2, 2) => Some(Subsampling::S420),
        _ => None,
    }
}

/// The name of the subsampling, where the file has chroma and the ratio has a name.
pub(super) fn ratio(header: &Header) -> Option<&'static str> {
    let (ColourModel::YCbCr | ColourModel::Ycck, [luma, blue, red, ..]) =
        (header.colour, &header.components[..])
    else {
        return None;
    };
    let times = |luma: u8, chroma: u8| luma.is_multiple_of(chroma).then(|| luma / chroma);
    match (times(luma.h, blue.h)?, times(luma.v, blue.v)?) {
        _ if (blue.h, blue.v) != (red.h, red.v) => None,
        (1, 1) => Some("4:4:4"),
        (2, 1) => Some("4:2:2"),
        (2, 2) => Some("4:2:0"),
        (1, 2) => Some("4:4:0"),
        (4, 1) => Some("4:1:1"),
        (4, 2) => Some("4:1:0"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use makeready_jpeg::{Encoder, EncoderSettings, Error, Format, read_header};

    use super::*;

    /// The factors of the components are changed in a file, of which the header alone is read.
    #[test]
    fn ratios_have_names() -> Result<(), Error> {
        let mut encoder = Encoder::new(8, 8, Format::Rgb, &EncoderSettings::new(75), 1)?;
        encoder.push(&[0; 8 * 8 * 3], 8 * 3, 8, &|| false)?;
        let mut file = encoder.finish(&|| false)?;
        let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame");
        let rows = [
            ([0x11, 0x11, 0x11], Some("4:4:4")),
            ([0x22, 0x22, 0x22], Some("4:4:4")),
            ([0x21, 0x11, 0x11], Some("4:2:2")),
            ([0x22, 0x12, 0x12], Some("4:2:2")),
            ([0x22, 0x11, 0x11], Some("4:2:0")),
            ([0x12, 0x11, 0x11], Some("4:4:0")),
            ([0x41, 0x11, 0x11], Some("4:1:1")),
            ([0x42, 0x11, 0x11], Some("4:1:0")),
            ([0x14, 0x11, 0x11], None),
            ([0x31, 0x21, 0x21], None),
            ([0x21, 0x11, 0x21], None),
        ];
        for (factors, expected) in rows {
            for (component, factor) in factors.into_iter().enumerate() {
                file[frame + 11 + 3 * component] = factor;
            }
            assert_eq!(ratio(&read_header(&file)?), expected, "{factors:02x?}");
        }
        Ok(())
    }
}
