//! Fits rates to times: least squares of relative errors, no rate below 0, by coordinate descent.

/// Rounds, each with the errors weighed by the predictions of the one before.
const ROUNDS: usize = 12;
/// Sweeps over all rates in a round; the last ones change nothing in two digits.
const SWEEPS: usize = 1500;
/// A prediction is not taken for less than this part of the time.
const LEAST: f64 = 0.05;

/// The rates whose sums over `amounts` of each job are nearest to its time.
///
/// Makes the sum of the squares of `(predicted - time) / scale` least. The scale is the geometric mean of the time and
/// the last prediction, as half of the time is as wrong as twice the time. For one rate, the others as they are, that sum is a
/// parabola; each step goes to its lowest point, or to 0.
pub(crate) fn fit(amounts: &[Vec<f64>], times: &[f64]) -> Vec<f64> {
    let mut rates = vec![0.0_f64; amounts.first().map_or(0, Vec::len)];
    let mut scales = times.to_vec();
    for _ in 0..ROUNDS {
        descend(amounts, times, &scales, &mut rates);
        for ((scale, amounts), time) in scales.iter_mut().zip(amounts).zip(times) {
            let predicted: f64 =
                amounts.iter().zip(&rates).map(|(amount, rate)| amount * rate).sum();
            *scale = (time * predicted.max(time * LEAST)).sqrt();
        }
    }
    rates
}

/// Sweeps over all rates.
fn descend(amounts: &[Vec<f64>], times: &[f64], scales: &[f64], rates: &mut [f64]) {
    // For each rate the jobs that it is a part of, with what a rate of 1 adds to their error.
    let mut columns: Vec<Vec<(usize, f64)>> = vec![Vec::new(); rates.len()];
    let mut errors: Vec<f64> =
        times.iter().zip(scales).map(|(time, scale)| -time / scale).collect();
    for (job, (amounts, scale)) in amounts.iter().zip(scales).enumerate() {
        for ((column, rate), amount) in columns.iter_mut().zip(&*rates).zip(amounts) {
            if *amount != 0.0 {
                column.push((job, amount / scale));
                errors[job] += rate * amount / scale;
            }
        }
    }
    for _ in 0..SWEEPS {
        for (rate, column) in rates.iter_mut().zip(&columns) {
            let slope: f64 = column.iter().map(|&(job, share)| share * errors[job]).sum();
            let curve: f64 = column.iter().map(|&(_, share)| share * share).sum();
            if curve == 0.0 {
                continue;
            }
            let step = (*rate - slope / curve).max(0.0) - *rate;
            *rate += step;
            column.iter().for_each(|&(job, share)| errors[job] += step * share);
        }
    }
}
