//! Matrices of colours.

use std::fmt;

use super::Real;
use super::kind::{Kind, OptionType};
use super::table::Name;
use crate::error::{Error, Result};
use crate::recipe::value::{CallError, Value};

/// The numbers by which red, green and blue (the columns) are multiplied for each of red, green and blue (the rows).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Matrix([[Real; 3]; 3]);

impl Matrix {
    pub(crate) const fn new([red, green, blue]: [[f64; 3]; 3]) -> Self {
        const fn row([r, g, b]: [f64; 3]) -> [Real; 3] {
            [Real::new(r), Real::new(g), Real::new(b)]
        }
        Self([row(red), row(green), row(blue)])
    }

    pub(crate) fn rows(self) -> [[f64; 3]; 3] {
        self.0.map(|row| row.map(Real::value))
    }
}

/// All colours as they are.
impl Default for Matrix {
    fn default() -> Self {
        Self::new([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.rows();
        write!(f, "({red:?}, {green:?}, {blue:?})")
    }
}

impl OptionType for Matrix {
    const KIND: Kind = Vec::<Vec<Real>>::KIND;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        let rows = Vec::<Vec<Real>>::read(value, name)?;
        let lengths: Vec<_> = rows.iter().map(Vec::len).collect();
        let rows: Option<Vec<[Real; 3]>> = rows.iter().map(|row| row[..].try_into().ok()).collect();
        let rows = rows.and_then(|rows| rows[..].try_into().ok()).ok_or_else(|| {
            let Name { of, name, .. } = name;
            Error::invalid_option(format!(
                "{of} {name} is three rows of three numbers, found rows of {lengths:?}"
            ))
        })?;
        Ok(Self(rows))
    }

    fn write(&self) -> Value {
        let rows: Vec<Vec<Real>> = self.0.iter().map(|row| row.to_vec()).collect();
        rows.write()
    }
}
