//! Pictures that have few enough colours are taken as they are.

use super::{Entry, Pixels, sort};
use crate::error::Result;
use crate::recipe::job::Watch;

/// Slots of the table, four times as many as there are colours at most.
const SLOTS: usize = 1024;

/// The colours of the picture and one that is `kept` in any case, or `None` if those are more than `most`.
pub(super) fn palette(
    pixels: Pixels<'_>,
    kept: Option<Entry>,
    most: u32,
    watch: &Watch,
) -> Result<Option<Vec<Entry>>> {
    let mut table = Table::default();
    kept.into_iter().for_each(|entry| table.add(entry));
    for row in pixels.rows() {
        watch.check()?;
        for entry in row {
            if table.index(entry).is_none() {
                if table.colours.len() == most as usize {
                    return Ok(None);
                }
                table.add(entry);
            }
        }
    }
    sort(&mut table.colours);
    Ok(Some(table.colours))
}

/// Adds the index of every pixel; all their colours are in the palette.
pub(super) fn map(
    pixels: Pixels<'_>,
    palette: &[Entry],
    indices: &mut Vec<u8>,
    watch: &Watch,
) -> Result<()> {
    let mut table = Table::default();
    palette.iter().for_each(|&entry| table.add(entry));
    for row in pixels.rows() {
        watch.check()?;
        indices.extend(row.map(|entry| table.index(entry).unwrap_or(0)));
    }
    Ok(())
}

/// Colours and where they are in their list, by open addressing.
struct Table {
    colours: Vec<Entry>,
    /// One more than the index of a colour, or 0.
    slots: [u16; SLOTS],
}

impl Default for Table {
    fn default() -> Self {
        Self { colours: Vec::new(), slots: [0; SLOTS] }
    }
}

impl Table {
    fn index(&self, entry: Entry) -> Option<u8> {
        let at = self.slots[self.slot(entry)].checked_sub(1)?;
        u8::try_from(at).ok()
    }

    /// Adds a colour that is not there.
    fn add(&mut self, entry: Entry) {
        let slot = self.slot(entry);
        self.colours.push(entry);
        self.slots[slot] = u16::try_from(self.colours.len()).unwrap_or(0);
    }

    /// The slot that has the colour, or that is free for it.
    fn slot(&self, entry: Entry) -> usize {
        let mut slot = u32::from_le_bytes(entry).wrapping_mul(0x9E37_79B1) as usize >> 22;
        while let Some(at) = self.slots[slot].checked_sub(1)
            && self.colours[usize::from(at)] != entry
        {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }
}
