//! The interpolation kernels as functions of the distance from their centre.
//!
//! Only additions, multiplications and divisions are used, so that a weight is the same number on every
//! platform; the sine of a C library is not.

use std::f64::consts::PI;

use crate::recipe::options::Kernel;

/// How far a kernel reaches on either side of its centre, in source samples where nothing shrinks.
pub(in crate::ops) const fn support(kernel: Kernel) -> f64 {
    match kernel {
        Kernel::Nearest => 0.5,
        Kernel::Linear => 1.0,
        Kernel::Cubic | Kernel::Mitchell | Kernel::Lanczos2 => 2.0,
        Kernel::Lanczos3 => 3.0,
    }
}

/// The weight, before it is made to sum to 1, of a sample at distance `x`.
pub(in crate::ops) fn weight(kernel: Kernel, x: f64) -> f64 {
    let x = x.abs();
    if x >= support(kernel) {
        return 0.0;
    }
    match kernel {
        Kernel::Nearest => 1.0,
        Kernel::Linear => 1.0 - x,
        Kernel::Cubic => cubic(x, 0.0, 0.5),
        Kernel::Mitchell => cubic(x, 1.0 / 3.0, 1.0 / 3.0),
        Kernel::Lanczos2 => sinc(x) * sinc(x / 2.0),
        Kernel::Lanczos3 => sinc(x) * sinc(x / 3.0),
    }
}

/// The two-parameter family of Mitchell and Netravali, "Reconstruction filters in computer graphics",
/// 1988; (0, 1/2) is Catmull-Rom.
fn cubic(x: f64, b: f64, c: f64) -> f64 {
    let value = if x < 1.0 {
        ((12.0 - 9.0 * b - 6.0 * c) * x + (12.0 * b + 6.0 * c - 18.0)) * x * x + 6.0 - 2.0 * b
    } else {
        (((-b - 6.0 * c) * x + (6.0 * b + 30.0 * c)) * x - (12.0 * b + 48.0 * c)) * x
            + 8.0 * b
            + 24.0 * c
    };
    value / 6.0
}

/// `sin(pi x) / (pi x)`, exactly 0 at whole numbers other than 0. A product of two of different width
/// is a Lanczos kernel (Duchon, "Lanczos filtering in one and two dimensions", 1979).
fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { sin_pi(x) / (x * PI) }
}

/// What each coefficient of the Taylor series of a sine is of the one before, the last one first.
const SINE: [f64; 10] = {
    let mut terms = [0.0; 10];
    let mut n = 10.0;
    let mut index = 0;
    while index < terms.len() {
        terms[index] = -1.0 / (2.0 * n * (2.0 * n + 1.0));
        n -= 1.0;
        index += 1;
    }
    terms
};

/// `sin(pi x)` for `x` of 0 to 3 by the Taylor series around the nearest whole number; the first term left
/// out is below the last bit of a double.
fn sin_pi(x: f64) -> f64 {
    let (whole, sign) = match x {
        0.0..0.5 => (0.0, 1.0),
        0.5..1.5 => (1.0, -1.0),
        1.5..2.5 => (2.0, 1.0),
        _ => (3.0, -1.0),
    };
    let angle = (x - whole) * PI;
    let square = angle * angle;
    let series = SINE.iter().fold(0.0, |sum, term| (1.0 + sum) * square * term);
    sign * angle * (1.0 + series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sine_is_that_of_the_library() {
        for step in 0..=3000 {
            let x = f64::from(step) / 1000.0;
            assert!((sin_pi(x) - (x * PI).sin()).abs() < 1e-14, "{x}");
        }
        for whole in [0.0, 1.0, 2.0, 3.0] {
            assert_eq!(sin_pi(whole), 0.0);
        }
    }

    #[test]
    fn kernels_are_known_at_whole_numbers() {
        for kernel in [Kernel::Linear, Kernel::Cubic, Kernel::Lanczos2, Kernel::Lanczos3] {
            for (x, expected) in [(0.0, 1.0), (1.0, 0.0), (-2.0, 0.0), (3.0, 0.0)] {
                assert!((weight(kernel, x) - expected).abs() < 1e-15, "{kernel:?} {x}");
            }
        }
        assert!((weight(Kernel::Mitchell, 0.0) - 16.0 / 18.0).abs() < 1e-15);
        assert!((weight(Kernel::Mitchell, 1.0) - 1.0 / 18.0).abs() < 1e-15);
    }

    /// As the papers print them.
    #[test]
    fn kernels_are_known_everywhere() {
        let catmull_rom = |x: f64| match x {
            0.0..1.0 => 1.5 * x.powi(3) - 2.5 * x.powi(2) + 1.0,
            1.0..2.0 => -0.5 * x.powi(3) + 2.5 * x.powi(2) - 4.0 * x + 2.0,
            _ => 0.0,
        };
        let mitchell = |x: f64| match x {
            0.0..1.0 => (7.0 * x.powi(3) - 12.0 * x.powi(2) + 16.0 / 3.0) / 6.0,
            1.0..2.0 => (-7.0 / 3.0 * x.powi(3) + 12.0 * x.powi(2) - 20.0 * x + 32.0 / 3.0) / 6.0,
            _ => 0.0,
        };
        let lanczos = |x: f64, lobes: f64| {
            let angle = x * PI;
            match x {
                0.0 => 1.0,
                _ if x < lobes => lobes * angle.sin() * (angle / lobes).sin() / angle.powi(2),
                _ => 0.0,
            }
        };
        for step in -3500..=3500 {
            let x = f64::from(step) / 1000.0;
            let away = x.abs();
            for (kernel, expected) in [
                (Kernel::Nearest, if away < 0.5 { 1.0 } else { 0.0 }),
                (Kernel::Linear, (1.0 - away).max(0.0)),
                (Kernel::Cubic, catmull_rom(away)),
                (Kernel::Mitchell, mitchell(away)),
                (Kernel::Lanczos2, lanczos(away, 2.0)),
                (Kernel::Lanczos3, lanczos(away, 3.0)),
            ] {
                let found = weight(kernel, x);
                assert!((found - expected).abs() < 1e-13, "{kernel:?} {x}: {found} {expected}");
            }
        }
    }
}
