//! The work of a resize, from its geometry.

use super::weights::Form;
use super::{Axes, Planes, Resample, weights};
use crate::picture::geometry::Size;
use crate::picture::work::{Work, WorkKind};

impl Resample {
    /// Adds the work of the first rows of a plane, of which a picture of `made` is made in bands.
    pub(super) fn plane_work(&self, planes: Planes, made: Size, band_rows: u32, work: &mut Work) {
        let Axes { across, down } = self.axes(planes);
        let form = match (self.form(), self.op.linear) {
            (Form::Fixed, _) => 0,
            (Form::Float, false) => 1,
            (Form::Float, true) => 2,
        };
        let channels = f64::from(planes.source.channels);
        let rows = f64::from(made.height.div_ceil(planes.made.sub_y));
        let window = across.window.len() as f64;
        let columns = across.reached(across.window.clone()).len() as f64;
        let taps_down = f64::from(down.most_taps());
        // In floating point the rows of the source are widened anew for each band.
        let source_rows = if form == 0 {
            rows
        } else {
            let bands = f64::from(made.height.div_ceil(band_rows.max(1)));
            rows * down.ratio + bands * taps_down
        };
        let made_weights = |axis: &super::Axis| {
            axis.window.len() as f64
                + f64::from(axis.period().min(axis.limit)) * f64::from(axis.most_taps())
        };
        work.add(WorkKind::Weigh, made_weights(&across) + made_weights(&down));
        work.add_at(WorkKind::ResampleSource, form, source_rows * columns * channels);
        work.add_at(WorkKind::ResampleDown, form, rows * columns * channels * taps_down);
        if !across.is_identity() {
            // Taps are read in whole vectors.
            let taps_across = weights::stride(&across) as f64;
            work.add_at(WorkKind::ResampleAcross, form, rows * window * channels * taps_across);
        }
        work.add_at(WorkKind::ResampleOut, form, rows * window * channels);
    }
}
