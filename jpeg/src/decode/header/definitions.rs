//! The tables that segments define: quantisation (DQT), Huffman codes (DHT), the restart interval
//! (DRI).

use super::segments::{Segment, too_short};
use crate::decode::block::Block;
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::zigzag::ZIGZAG;
use crate::{markers, standard};

/// The tables that markers define and redefine between scans.
#[derive(Debug, Clone)]
pub(crate) struct Definitions {
    /// Quantisation tables in zigzag order.
    pub(crate) quantisation: [Option<[u16; 64]>; 4],
    /// Huffman tables of DC differences.
    pub(crate) dc: [Option<HuffmanSpec>; 4],
    /// Huffman tables of AC coefficients.
    pub(crate) ac: [Option<HuffmanSpec>; 4],
    /// MCUs between restart markers, 0 for none.
    pub(crate) restart_interval: u32,
}

impl Definitions {
    /// The tables before any segment: only the typical Huffman tables, which Motion JPEG leaves
    /// out.
    pub(crate) fn new() -> Self {
        Self {
            quantisation: [None; 4],
            dc: [Some(standard::DC[0]), Some(standard::DC[1]), None, None],
            ac: [Some(standard::AC[0]), Some(standard::AC[1]), None, None],
            restart_interval: 0,
        }
    }

    /// The quantisation table with this number, in rows of eight and 16 bits with a sign, as the
    /// kernels take it. Their products wrap at 16 bits, so that signs do not matter.
    ///
    /// # Errors
    /// [`Error::Malformed`] where the file has none.
    pub(crate) fn quantisation_in_rows(&self, number: u8) -> Result<Block, Error> {
        let Some(Some(table)) = self.quantisation.get(usize::from(number)) else {
            return Err(Error::Malformed(format!("no quantisation table {number} (DQT)")));
        };
        let mut rows = [0; 64];
        for (value, &place) in table.iter().zip(&ZIGZAG) {
            rows[usize::from(place & 63)] = value.cast_signed();
        }
        Ok(rows)
    }
}

/// Reads a segment that defines tables; any other segment is passed over.
pub(crate) fn definition(
    data: &[u8],
    segment: &Segment,
    into: &mut Definitions,
) -> Result<(), Error> {
    let body = segment.body(data);
    match segment.marker {
        markers::DQT => quantisation_tables(body, into),
        markers::DHT => huffman_tables(body, into),
        markers::DRI => match body {
            &[high, low, ..] => {
                into.restart_interval = u32::from(u16::from_be_bytes([high, low]));
                Ok(())
            }
            _ => Err(too_short("restart interval (DRI)", 2, body.len())),
        },
        _ => Ok(()),
    }
}

/// Reads DQT: any number of tables of 8 or 16 bits.
fn quantisation_tables(mut body: &[u8], into: &mut Definitions) -> Result<(), Error> {
    while let [spec, rest @ ..] = body {
        let (wide, number) = (spec >> 4 != 0, usize::from(spec & 15));
        let size = if wide { 128 } else { 64 };
        let Some((values, rest)) = rest.split_at_checked(size) else {
            return Err(too_short("quantisation table (DQT)", size, rest.len()));
        };
        let Some(slot) = into.quantisation.get_mut(number) else {
            let text = format!("quantisation table {number}, expected 0 to 3");
            return Err(Error::Malformed(text));
        };
        let mut table = [0; 64];
        for (place, value) in table.iter_mut().enumerate() {
            *value = match wide {
                true => u16::from_be_bytes([values[place * 2], values[place * 2 + 1]]),
                false => u16::from(values[place]),
            };
        }
        *slot = Some(table);
        body = rest;
    }
    Ok(())
}

/// Reads DHT: any number of tables.
fn huffman_tables(mut body: &[u8], into: &mut Definitions) -> Result<(), Error> {
    while let [spec, rest @ ..] = body {
        let Some((counts, rest)) = rest.split_first_chunk::<16>() else {
            return Err(too_short("Huffman table (DHT)", 17, body.len()));
        };
        let size = counts.iter().map(|&count| usize::from(count)).sum::<usize>();
        if size > 256 {
            return Err(Error::Malformed(format!("a Huffman table of {size} codes, 256 at most")));
        }
        let Some((values, rest)) = rest.split_at_checked(size) else {
            return Err(too_short("Huffman table (DHT)", 17 + size, body.len()));
        };
        let tables = if spec >> 4 == 0 { &mut into.dc } else { &mut into.ac };
        let Some(slot) = tables.get_mut(usize::from(spec & 15)).filter(|_| spec >> 4 < 2) else {
            return Err(Error::Malformed(format!("Huffman table {spec:02X}, expected 00 to 13")));
        };
        *slot = Some(HuffmanSpec::new(*counts, values));
        body = rest;
    }
    Ok(())
}
