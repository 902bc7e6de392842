//! The fields that people sort pictures by.

use super::{Directory, Entry};

const MAKE: u16 = 0x010F;
const MODEL: u16 = 0x0110;
/// The entry that tells where the directory of the exposure stands.
const EXPOSURE: u16 = 0x8769;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
/// The entry that tells where the directory of the place stands.
const GPS: u16 = 0x8825;
const LATITUDE_REF: u16 = 1;
const LATITUDE: u16 = 2;
const LONGITUDE_REF: u16 = 3;
const LONGITUDE: u16 = 4;
const ALTITUDE_REF: u16 = 5;
const ALTITUDE: u16 = 6;

/// The longest text that is told, in characters.
const MOST_TEXT: usize = 200;

/// The EXIF fields that people sort pictures by, as far as a file has them and they make sense.
///
/// ```
/// use makeready::{Limits, probe_exif};
///
/// let probe = probe_exif("../tests/images/exif/place.jpg", &Limits::default())?;
/// let exif = probe.exif.expect("it has EXIF data");
/// assert_eq!(exif.taken.as_deref(), Some("2026-05-17T16:30:05+02:00"));
/// assert_eq!((exif.make.as_deref(), exif.altitude), (Some("Maker"), Some(35.5)));
/// # Ok::<(), makeready::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Exif {
    /// Local time at which it was taken, as `2026-05-17T16:30:05`; with the offset, `+02:00`, where the file has it.
    pub taken: Option<String>,
    /// The maker of the camera, 200 characters at the most.
    pub make: Option<String>,
    /// The model of the camera, 200 characters at the most.
    pub model: Option<String>,
    /// Degrees north, -90 to 90.
    pub latitude: Option<f64>,
    /// Degrees east, -180 to 180.
    pub longitude: Option<f64>,
    /// Metres above the sea, or below 0 beneath it.
    pub altitude: Option<f64>,
}

impl Exif {
    /// Reads the fields within the first `most` bytes.
    pub(crate) fn read(exif: &[u8], most: u64) -> Self {
        let Some(first) = Directory::first(exif, most) else { return Self::default() };
        let text = |tag| first.entry(tag).and_then(|entry| plain(entry.text()?));
        let gps = first.below(GPS);
        let angle = |to, tag, signs, most| angle(gps?, to, tag, signs, most);
        Self {
            taken: first.below(EXPOSURE).and_then(taken),
            make: text(MAKE),
            model: text(MODEL),
            latitude: angle(LATITUDE_REF, LATITUDE, *b"NS", 90.0),
            longitude: angle(LONGITUDE_REF, LONGITUDE, *b"EW", 180.0),
            altitude: gps.and_then(altitude),
        }
    }
}

/// A text without control characters and without space around it; `None` where nothing is left.
fn plain(text: &[u8]) -> Option<String> {
    // A character has at most four bytes.
    let text = String::from_utf8_lossy(&text[..text.len().min(4 * MOST_TEXT)]);
    let text: String = text.chars().filter(|c| !c.is_control()).take(MOST_TEXT).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The time, if it is one.
fn taken(exposure: Directory<'_>) -> Option<String> {
    let time = exposure.entry(DATE_TIME_ORIGINAL)?;
    let time = shaped(time.text()?, "0000:00:00 00:00:00")?;
    let number = |from: usize| time[from..from + 2].parse::<u8>().ok();
    let is_time = (1..=12).contains(&number(5)?)
        && (1..=31).contains(&number(8)?)
        && is_clock(&time[11..16])
        && number(17)? < 60;
    let offset = exposure.entry(OFFSET_TIME_ORIGINAL);
    let offset = offset.and_then(|entry| offset_of(entry.text()?)).unwrap_or_default();
    let (year, month, day, clock) = (&time[..4], &time[5..7], &time[8..10], &time[11..]);
    is_time.then(|| format!("{year}-{month}-{day}T{clock}{offset}"))
}

/// The offset of local time, as `+02:00`.
fn offset_of(text: &[u8]) -> Option<&str> {
    let offset = shaped(text, "+00:00").or_else(|| shaped(text, "-00:00"))?;
    is_clock(&offset[1..]).then_some(offset)
}

/// Tells whether two numbers of two digits are hours and minutes.
fn is_clock(text: &str) -> bool {
    let clock = text.split_once(':');
    clock.is_some_and(|(hours, minutes)| hours < "24" && minutes < "60")
}

/// A text in which digits stand where `shape` has zeros, and all else is as there.
fn shaped<'a>(text: &'a [u8], shape: &str) -> Option<&'a str> {
    let text = text.trim_ascii_end();
    let fits = |(byte, shape): (&u8, u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        _ => *byte == shape,
    };
    let fits = text.len() == shape.len() && text.iter().zip(shape.bytes()).all(fits);
    std::str::from_utf8(text).ok().filter(|_| fits)
}

/// Degrees out of degrees, minutes and seconds, up to `most` either way. Of two letters the first is the positive way.
fn angle(gps: Directory<'_>, to: u16, tag: u16, ways: [u8; 2], most: f64) -> Option<f64> {
    let way = *gps.entry(to)?.text()?.first()?;
    let [degrees, minutes, seconds] = gps.entry(tag)?.rationals()?;
    let angle = degrees + minutes / 60.0 + seconds / 3600.0;
    let sign = match ways.iter().position(|&letter| letter == way)? {
        0 => 1.0,
        _ => -1.0,
    };
    (angle <= most).then_some(sign * angle)
}

/// Metres above the sea, which is where they count from unless the file says below.
fn altitude(gps: Directory<'_>) -> Option<f64> {
    let [metres] = gps.entry(ALTITUDE)?.rationals()?;
    match gps.entry(ALTITUDE_REF).as_ref().map_or(Some(0), Entry::byte)? {
        0 => Some(metres),
        1 => Some(-metres),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
