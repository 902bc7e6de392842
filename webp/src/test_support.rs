//! The picture that a decoder makes, from the encoder's own reconstruction: tests compare both.

use crate::macroblock::Workspace;

/// How a macroblock is filtered.
#[derive(Debug, Clone, Copy)]
struct Filter {
    level: u8,
    inner: bool,
}

/// A row of macroblocks before the loop filter.
#[derive(Debug)]
pub(crate) struct RowPicture {
    planes: [Vec<u8>; 3],
    filters: Vec<Filter>,
    across: usize,
}

impl RowPicture {
    pub(crate) fn new(across: usize) -> Self {
        let planes = [256, 64, 64].map(|size| vec![0; size * across]);
        Self { planes, filters: Vec::new(), across }
    }

    pub(crate) fn push(&mut self, work: &Workspace, level: u8, skip: bool) {
        let x = self.filters.len();
        for (y, row) in work.luma.iter().enumerate() {
            self.planes[0][(y * self.across + x) * 16..][..16].copy_from_slice(row);
        }
        for (plane, rows) in self.planes[1..].iter_mut().zip(&work.chroma) {
            for (y, row) in rows.iter().enumerate() {
                plane[(y * self.across + x) * 8..][..8].copy_from_slice(row);
            }
        }
        self.filters.push(Filter { level, inner: !skip || work.modes.luma.is_none() });
    }
}

/// The three planes of whole macroblocks after the loop filter: RFC 6386, section 15.
pub(crate) fn filtered(rows: &[RowPicture], sharpness: u8) -> [Vec<u8>; 3] {
    let across = rows[0].across;
    let mut planes: [Vec<u8>; 3] = std::array::from_fn(|plane| {
        rows.iter().flat_map(|row| row.planes[plane].clone()).collect()
    });
    for (y, row) in rows.iter().enumerate() {
        for (x, filter) in row.filters.iter().enumerate().filter(|(_, it)| it.level > 0) {
            let level = i32::from(filter.level);
            let mut interior = level;
            if sharpness > 0 {
                interior >>= if sharpness > 4 { 2 } else { 1 };
                interior = interior.min(9 - i32::from(sharpness));
            }
            let interior = interior.max(1);
            let hev = if level >= 40 { 2 } else { i32::from(level >= 15) };
            for (plane, samples) in planes.iter_mut().enumerate() {
                let size = if plane == 0 { 16 } else { 8 };
                let stride = across * size;
                let origin = y * size * stride + x * size;
                let mut edge = |start: usize, across: usize, along: usize, outer: bool| {
                    let limit =
                        if outer { (level + 2) * 2 + interior } else { level * 2 + interior };
                    for at in 0..size {
                        let place = start + at * along;
                        filter_edge(samples, place, across, [limit, interior, hev], outer);
                    }
                };
                if x > 0 {
                    edge(origin, 1, stride, true);
                }
                if filter.inner {
                    (4..size).step_by(4).for_each(|at| edge(origin + at, 1, stride, false));
                }
                if y > 0 {
                    edge(origin, stride, 1, true);
                }
                if filter.inner {
                    (4..size)
                        .step_by(4)
                        .for_each(|at| edge(origin + at * stride, stride, 1, false));
                }
            }
        }
    }
    planes
}

/// The normal filter across one place of an edge: RFC 6386, section 15.3.
fn filter_edge(
    samples: &mut [u8],
    at: usize,
    step: usize,
    [limit, interior, hev]: [i32; 3],
    outer: bool,
) {
    let value =
        |offset: isize| i32::from(samples[at.wrapping_add_signed(offset * step.cast_signed())]);
    let [p3, p2, p1, p0] = [-4, -3, -2, -1].map(value);
    let [q0, q1, q2, q3] = [0, 1, 2, 3].map(value);
    let far = [p3 - p2, p2 - p1, p1 - p0, q3 - q2, q2 - q1, q1 - q0];
    if (p0 - q0).abs() * 2 + (p1 - q1).abs() / 2 > limit
        || far.iter().any(|difference| difference.abs() > interior)
    {
        return;
    }
    let clamp = |value: i32| value.clamp(-128, 127);
    let signed = |value: i32| value - 128;
    let mut set = |offset: isize, value: i32| {
        let place = at.wrapping_add_signed(offset * step.cast_signed());
        samples[place] = u8::try_from(clamp(value) + 128).expect("a sample");
    };
    let high_variance = (p1 - p0).abs() > hev || (q1 - q0).abs() > hev;
    let [p2, p1, p0, q0, q1, q2] = [p2, p1, p0, q0, q1, q2].map(signed);
    let taps = clamp(p1 - q1);
    if high_variance || !outer {
        let a = clamp((if high_variance { taps } else { 0 }) + 3 * (q0 - p0));
        let (up, down) = (clamp(a + 4) >> 3, clamp(a + 3) >> 3);
        set(0, q0 - up);
        set(-1, p0 + down);
        if !high_variance {
            let a = (up + 1) >> 1;
            set(1, q1 - a);
            set(-2, p1 + a);
        }
    } else {
        let w = clamp(taps + 3 * (q0 - p0));
        for (offset, factor, [p, q]) in [(0, 27, [p0, q0]), (1, 18, [p1, q1]), (2, 9, [p2, q2])] {
            let a = clamp((factor * w + 63) >> 7);
            set(offset, q - a);
            set(-1 - offset, p + a);
        }
    }
}
