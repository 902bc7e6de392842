//! The density of a picture: dots an inch across.

/// Centimetres of an inch.
pub(crate) const INCH: f64 = 2.54;

/// Whole dots an inch, as sharp tells them: 11,811 dots a metre are the 300 an inch that were asked for. None where
/// there would be none.
pub(crate) fn whole(dots_per_inch: f64) -> Option<u32> {
    let dots = dots_per_inch.round();
    #[allow(clippy::cast_possible_truncation, reason = "whole and in range")]
    #[allow(clippy::cast_sign_loss, reason = "1 or more")]
    (1.0..=f64::from(u32::MAX)).contains(&dots).then_some(dots as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_whole_or_none() {
        let rows = [
            (299.9994, Some(300)),
            (0.5, Some(1)),
            (0.4, None),
            (0.0, None),
            (-72.0, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (4_294_967_295.0, Some(u32::MAX)),
            (4_294_967_296.0, None),
        ];
        for (dots, expected) in rows {
            assert_eq!(whole(dots), expected, "{dots}");
        }
    }
}
