//! The scans of a progressive file.

use crate::encode::frame::Frame;
use crate::encode::segments::ScanParameters;

/// The scans of a file: libjpeg's `jpeg_simple_progression`.
pub(crate) fn script(frame: &Frame) -> Vec<ScanParameters> {
    let scan = |components, spectral, bits| ScanParameters { components, spectral, bits };
    if frame.components() == 1 {
        return vec![
            scan((0, 0), (0, 0), (0, 1)),
            scan((0, 0), (1, 5), (0, 2)),
            scan((0, 0), (6, 63), (0, 2)),
            scan((0, 0), (1, 63), (2, 1)),
            scan((0, 0), (0, 0), (1, 0)),
            scan((0, 0), (1, 63), (1, 0)),
        ];
    }
    vec![
        scan((0, 2), (0, 0), (0, 1)),
        // Some luma early.
        scan((0, 0), (1, 5), (0, 2)),
        scan((2, 2), (1, 63), (0, 1)),
        scan((1, 1), (1, 63), (0, 1)),
        scan((0, 0), (6, 63), (0, 2)),
        scan((0, 0), (1, 63), (2, 1)),
        scan((0, 2), (0, 0), (1, 0)),
        scan((2, 2), (1, 63), (1, 0)),
        scan((1, 1), (1, 63), (1, 0)),
        // The largest comes last.
        scan((0, 0), (1, 63), (1, 0)),
    ]
}
