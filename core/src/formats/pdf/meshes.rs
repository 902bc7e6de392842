//! Shadings by meshes: bytes that their points take when they are read, and their triangles and samples when they are drawn.

use hayro::hayro_interpret::pattern::ShadingPattern;
use hayro::hayro_interpret::shading::{
    CoonsPatch, ShadingType, TensorProductPatch, Triangle, TriangleVertex,
};
use hayro::hayro_syntax::object::{Array, Dict};
use hayro::kurbo::{Point, Rect, Size};

use super::extent::{Extent, grown, length};
use crate::error::{Error, Result};

/// Lines each way of the grid that a patch is drawn as, and triangles in it.
const GRID: u32 = 20;
const PATCH: f64 = 722.0;

/// Triangles of patches are drawn a little larger than they are.
const INFLATED: f64 = 1.05;

/// Components that a point holds without a list of its own, and the bytes of that list besides them.
const INLINE: usize = 4;
const LIST: usize = 16;

/// Bytes of a sample: its place and colours, and a byte of the table, of which an eighth stays free.
const SAMPLE: usize = 41;
const FREE: f64 = 8.0 / 7.0;

/// Bytes that the points of a mesh take, of a stream of so many bytes with this dictionary; none of other streams.
pub(super) fn parsed(dict: &Dict<'_>, bytes: u64) -> Result<u64> {
    let number = |name: &[u8]| dict.get::<u32>(name).unwrap_or(0);
    let bits = |name: &[u8]| u64::from(number(name));
    let decoded = dict.get::<Array<'_>>(b"Decode").map_or(0, |array| array.raw_iter().count());
    let inks = decoded.saturating_sub(4) / 2;
    let read = if dict.contains_key(b"Function") { 1 } else { inks as u64 };
    let (flag, place) = (bits(b"BitsPerFlag"), 2 * bits(b"BitsPerCoordinate"));
    let colour = read * bits(b"BitsPerComponent");
    let (bits, size, points) = match number(b"ShadingType") {
        4 => ((flag + place + colour).next_multiple_of(8), size_of::<Triangle>(), 3),
        5 if number(b"VerticesPerRow") == 0 => {
            return Err(Error::malformed("a mesh whose rows have no points"));
        }
        // A row may be one point, and a list that has room for four.
        5 => {
            let row = 4 * size_of::<TriangleVertex>() + size_of::<Vec<TriangleVertex>>() + LIST;
            ((place + colour).next_multiple_of(8), 2 * size_of::<Triangle>() + row, 10)
        }
        6 => (flag + 8 * place + 2 * colour, size_of::<CoonsPatch>(), 4),
        7 => (flag + 12 * place + 2 * colour, size_of::<TensorProductPatch>(), 4),
        _ => return Ok(0),
    };
    let items = 8.0 * bytes as f64 / bits.max(1) as f64;
    Ok(grown(items + 1.0, size + points * list(inks)))
}

/// Bytes of the list of so many components.
const fn list(components: usize) -> usize {
    if components > INLINE { components * size_of::<f32>() + LIST } else { 0 }
}

/// The largest of the meshes of a page, each of which is gone before the next is drawn.
#[derive(Debug, Default)]
pub(super) struct Meshes {
    triangles: u64,
    /// Bytes of a sample, and the places of samples.
    sample: usize,
    samples: Extent,
    /// Pixels that a point has besides in tiles, which are whole pixels.
    scale: f64,
}

impl Meshes {
    /// Counts a shading in a place that has so many pixels for a point besides those of the page, and tells how many points its
    /// triangles are looked for at.
    pub(super) fn add(&mut self, shading: &ShadingPattern, scale: f64) -> f64 {
        let place = |points: &mut dyn Iterator<Item = Point>| {
            let places =
                points.map(|point| Rect::from_center_size(shading.matrix * point, Size::ZERO));
            places.reduce(|bounds, place| bounds.union(place)).unwrap_or_default()
        };
        let mesh = match &*shading.shading.shading_type {
            ShadingType::TriangleMesh { triangles, .. } => Mesh::of(triangles, |triangle| {
                let points = [&triangle.p0, &triangle.p1, &triangle.p2];
                (place(&mut points.map(|it| it.point).into_iter()), triangle.p0.colors.len(), 0.0)
            }),
            ShadingType::CoonsPatchMesh { patches, .. } => Mesh::of(patches, |patch| {
                let points = &mut grid().map(|at| patch.map_coordinate(at));
                (place(points), patch.colors[0].len(), PATCH)
            }),
            ShadingType::TensorProductPatchMesh { patches, .. } => Mesh::of(patches, |patch| {
                (place(&mut patch.control_points.into_iter()), patch.colors[0].len(), PATCH)
            }),
            _ => return 0.0,
        };
        let triangle = size_of::<Triangle>() + 3 * list(mesh.components);
        self.triangles = self.triangles.max(grown(mesh.triangles, triangle));
        self.sample = self.sample.max(SAMPLE + list(mesh.components));
        let size = Size::new(length(mesh.bounds.width()), length(mesh.bounds.height()));
        self.samples.grow_to(size * INFLATED);
        self.scale = self.scale.max(scale);
        mesh.points
    }

    /// Bytes of the largest, at so many pixels for a point.
    pub(super) fn memory(&self, (across, down): (f64, f64)) -> u64 {
        let samples = self.samples.pixels(across + self.scale, down + self.scale);
        self.triangles.saturating_add(grown(FREE * samples, self.sample))
    }
}

/// Places within a patch, whose corners are 0 and 1.
fn grid() -> impl Iterator<Item = Point> {
    let at = |line: u32| f64::from(line) / f64::from(GRID - 1);
    (0..GRID * GRID).map(move |n| Point::new(at(n / GRID), at(n % GRID)))
}

/// A mesh as it is drawn.
#[derive(Default)]
struct Mesh {
    bounds: Rect,
    components: usize,
    /// Triangles that are made of patches.
    triangles: f64,
    /// Points that its triangles are looked for at.
    points: f64,
}

impl Mesh {
    /// Adds up pieces, each with its bounds, its components, and the triangles that are made of it.
    fn of<T>(pieces: &[T], tell: impl Fn(&T) -> (Rect, usize, f64)) -> Self {
        let mut mesh = Self::default();
        for (n, piece) in pieces.iter().enumerate() {
            let (bounds, components, triangles) = tell(piece);
            mesh.bounds = if n == 0 { bounds } else { mesh.bounds.union(bounds) };
            mesh.components = mesh.components.max(components);
            mesh.triangles += triangles;
            mesh.points += length(2.0 * bounds.area()) + 4.0 * triangles;
        }
        mesh
    }
}
