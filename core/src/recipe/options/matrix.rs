//! Square matrices.

use std::fmt;

use super::Real;
use super::kind::{Kind, OptionType};
use super::table::Name;
use crate::error::{Error, Result};
use crate::recipe::value::{CallError, Value};

/// Rows of as many numbers as there are rows: the factors of colours, or of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Matrix<const N: usize>([[Real; N]; N]);

impl<const N: usize> Matrix<N> {
    pub(crate) fn new(rows: [[f64; N]; N]) -> Self {
        Self(rows.map(|row| row.map(Real::new)))
    }

    pub(crate) fn rows(self) -> [[f64; N]; N] {
        self.0.map(|row| row.map(Real::value))
    }
}

/// All as it is.
impl<const N: usize> Default for Matrix<N> {
    fn default() -> Self {
        let row = |y| std::array::from_fn(|x| f64::from(u8::from(x == y)));
        Self::new(std::array::from_fn(row))
    }
}

impl<const N: usize> fmt::Display for Matrix<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<String> = self.rows().iter().map(|row| format!("{row:?}")).collect();
        write!(f, "({})", rows.join(", "))
    }
}

impl<const N: usize> OptionType for Matrix<N> {
    const KIND: Kind = Vec::<Vec<Real>>::KIND;

    fn read(value: &Value, name: &Name) -> Result<Self, CallError> {
        let rows = Vec::<Vec<Real>>::read(value, name)?;
        let lengths: Vec<_> = rows.iter().map(Vec::len).collect();
        let rows: Option<Vec<[Real; N]>> = rows.iter().map(|row| row[..].try_into().ok()).collect();
        let rows = rows.and_then(|rows| rows[..].try_into().ok()).ok_or_else(|| {
            let Name { of, name, .. } = name;
            let count = if N == 2 { "two" } else { "three" };
            Error::invalid_option(format!(
                "{of} {name} is {count} rows of {count} numbers, found rows of {lengths:?}"
            ))
        })?;
        Ok(Self(rows))
    }

    fn write(&self) -> Value {
        let rows: Vec<Vec<Real>> = self.0.iter().map(|row| row.to_vec()).collect();
        rows.write()
    }
}
