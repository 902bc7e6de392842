//! Levels, curves and numbers of a profile's table of inks, in the same words for both kinds of tables.

use moxcms::{
    ColorProfile, LutDataType, LutMultidimensionalType, LutStore, LutType, LutWarehouse,
    ToneReprCurve,
};

use super::super::parsed::{fault, unusable};
use super::between;
use crate::error::Result;
use crate::picture::reserve::reserved;

/// Numbers that a curve of a formula is taken at.
const POINTS: usize = 4096;

/// Levels, curves and numbers of a table.
pub(super) struct Told<'a> {
    /// Levels of each ink.
    pub(super) levels: usize,
    /// Each sample of an ink as it comes to the table, 0 to 1.
    pub(super) inks: [Vec<f32>; 4],
    /// Three numbers of each mix of levels, the last ink the fastest.
    pub(super) numbers: &'a LutStore,
    /// Curves behind the table, 0 to 1.
    pub(super) curves: [Vec<f32>; 3],
    /// 65,280 is what 65,535 is in other tables, of Lab.
    pub(super) is_old_lab: bool,
}

impl<'a> Told<'a> {
    /// Reads a profile; `None` of a table with more steps than inks, levels and curves.
    pub(super) fn new(profile: &'a ColorProfile) -> Result<Option<Self>> {
        match &profile.lut_a_to_b_perceptual {
            Some(LutWarehouse::Lut(table)) => Self::of_first(table).map(Some),
            Some(LutWarehouse::Multidimensional(table)) => Self::of_second(table),
            None => Ok(None),
        }
    }

    /// Of a table of the first kind (`lut8Type`, `lut16Type`).
    fn of_first(table: &'a LutDataType) -> Result<Self> {
        let levels = usize::from(table.num_clut_grid_points);
        let entries = [table.num_input_table_entries, table.num_output_table_entries];
        let [input, output] = entries.map(usize::from);
        let lengths = [
            (&table.input_table, 4 * input),
            (&table.clut_table, 3 * levels.pow(4)),
            (&table.output_table, 3 * output),
        ];
        let is_whole = lengths.iter().all(|(store, expected)| len(store) == *expected)
            && (table.num_input_channels, table.num_output_channels) == (4, 3)
            && levels.min(input).min(output) >= 2;
        if !is_whole {
            return Err(unusable("its table of inks is not whole"));
        }
        let ink = |ink: usize| {
            let number = |index| unit(&table.input_table, ink * input + index);
            sampled(256, |value| between(input, value, number))
        };
        let curve = |channel: usize| {
            let number = |index| unit(&table.output_table, channel * output + index);
            collected(output, number)
        };
        Ok(Self {
            levels,
            inks: [ink(0)?, ink(1)?, ink(2)?, ink(3)?],
            numbers: &table.clut_table,
            curves: [curve(0)?, curve(1)?, curve(2)?],
            is_old_lab: table.lut_type == LutType::Lut16,
        })
    }

    /// Of a table of the second kind (`lutAToBType`) that has no matrix and as many levels of each ink.
    fn of_second(table: &'a LutMultidimensionalType) -> Result<Option<Self>> {
        let levels = usize::from(table.grid_points[0]);
        let (Some(clut), [a, b, c, d], [x, y, z]) =
            (&table.clut, &table.a_curves[..], &table.b_curves[..])
        else {
            return Ok(None);
        };
        let is_alike = table.grid_points[..4].iter().all(|points| usize::from(*points) == levels);
        if !is_alike
            || levels < 2
            || len(clut) != 3 * levels.pow(4)
            || !table.m_curves.is_empty()
            || (table.num_input_channels, table.num_output_channels) != (4, 3)
        {
            return Ok(None);
        }
        let curve = |curve: &ToneReprCurve, count| {
            let curve = curve.make_linear_evaluator().map_err(fault)?;
            sampled(count, |value| curve.evaluate_value(value))
        };
        Ok(Some(Self {
            levels,
            inks: [curve(a, 256)?, curve(b, 256)?, curve(c, 256)?, curve(d, 256)?],
            numbers: clut,
            curves: [curve(x, POINTS)?, curve(y, POINTS)?, curve(z, POINTS)?],
            is_old_lab: false,
        }))
    }

    /// The numbers of a mix of levels, 0 to 1.
    pub(super) fn numbers(&self, mix: usize) -> [f32; 3] {
        [0, 1, 2].map(|channel| unit(self.numbers, 3 * mix + channel))
    }
}

/// A curve, at so many places from 0 to 1.
fn sampled(count: usize, curve: impl Fn(f32) -> f32) -> Result<Vec<f32>> {
    collected(count, |at| curve(at as f32 / (count - 1) as f32))
}

fn collected(count: usize, number: impl Fn(usize) -> f32) -> Result<Vec<f32>> {
    let mut numbers = reserved(count)?;
    numbers.extend((0..count).map(number));
    Ok(numbers)
}

fn len(store: &LutStore) -> usize {
    match store {
        LutStore::Store8(numbers) => numbers.len(),
        LutStore::Store16(numbers) => numbers.len(),
    }
}

/// A number as 0 to 1.
fn unit(store: &LutStore, index: usize) -> f32 {
    match store {
        LutStore::Store8(numbers) => f32::from(numbers[index]) / 255.0,
        LutStore::Store16(numbers) => f32::from(numbers[index]) / 65_535.0,
    }
}
