//! A colour with alpha.

use crate::error::{Error, Result};

/// An sRGB colour with straight alpha, 8 bits a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
    /// 0 is clear, 255 opaque.
    pub alpha: u8,
}

/// Opaque black.
impl Default for Colour {
    fn default() -> Self {
        Self::BLACK
    }
}

impl Colour {
    /// Opaque black, the default of every background.
    pub const BLACK: Self = Self::rgb(0, 0, 0);
    /// Opaque white.
    pub const WHITE: Self = Self::rgb(255, 255, 255);
    /// Black that is fully clear.
    pub const TRANSPARENT: Self = Self::rgba(0, 0, 0, 0);

    /// An opaque colour.
    ///
    /// ```
    /// use makeready::Colour;
    ///
    /// assert_eq!(Colour::rgb(255, 128, 0).alpha, 255);
    /// assert_eq!(Colour::rgb(255, 128, 0).to_string(), "#ff8000");
    /// ```
    #[must_use]
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self::rgba(red, green, blue, 255)
    }

    /// A colour with straight alpha.
    ///
    /// ```
    /// use makeready::Colour;
    ///
    /// assert_eq!(Colour::rgba(255, 128, 0, 64), Colour { alpha: 64, ..Colour::rgb(255, 128, 0) });
    /// assert_eq!(Colour::rgba(255, 128, 0, 64).to_string(), "#ff800040");
    /// ```
    #[must_use]
    pub const fn rgba(red: u8, green: u8, blue: u8, alpha: u8) -> Self {
        Self { red, green, blue, alpha }
    }

    /// Reads `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`, the hexadecimal forms of CSS.
    ///
    /// ```
    /// use makeready::Colour;
    ///
    /// assert_eq!(Colour::parse("#fff")?, Colour::WHITE);
    /// assert_eq!(Colour::parse("#11223380")?, Colour::rgba(0x11, 0x22, 0x33, 0x80));
    /// assert_eq!(Colour::parse("white").unwrap_err().code(), "invalid_option");
    /// # Ok::<(), makeready::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let digits: Option<Vec<u8>> = text.strip_prefix('#').and_then(|hex| {
            hex.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect()
        });
        match digits.as_deref() {
            Some(&[r, g, b]) => Ok(Self::rgb(r * 17, g * 17, b * 17)),
            Some(&[r, g, b, a]) => Ok(Self::rgba(r * 17, g * 17, b * 17, a * 17)),
            Some(&[r, s, g, h, b, c]) => Ok(Self::rgb(r * 16 + s, g * 16 + h, b * 16 + c)),
            Some(&[r, s, g, h, b, c, a, d]) => {
                Ok(Self::rgba(r * 16 + s, g * 16 + h, b * 16 + c, a * 16 + d))
            }
            _ => Err(Error::invalid_option(format!(
                "a colour is #rgb, #rgba, #rrggbb or #rrggbbaa, found {text:?}"
            ))),
        }
    }

    /// Tells whether it hides all below it.
    ///
    /// ```
    /// use makeready::Colour;
    ///
    /// assert!(Colour::rgba(0, 0, 0, 255).is_opaque());
    /// assert!(!Colour::rgba(0, 0, 0, 254).is_opaque());
    /// ```
    #[must_use]
    pub const fn is_opaque(self) -> bool {
        self.alpha == 255
    }

    /// Tells whether it is gray.
    pub(crate) const fn is_gray(self) -> bool {
        self.red == self.green && self.green == self.blue
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)?;
        if !self.is_opaque() {
            write!(f, "{:02x}", self.alpha)?;
        }
        Ok(())
    }
}
