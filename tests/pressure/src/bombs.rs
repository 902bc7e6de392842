//! Jobs that take far too long, stopped by a deadline and by a cancel.

use std::time::{Duration, Instant};

use makeready::{CancelToken, Pipeline, Result, run_all};

use crate::Tally;
use crate::inputs::Inputs;
use crate::jobs::{Data, Job};

/// How long a bomb may go on.
const AFTER: Duration = Duration::from_millis(200);
/// How much later it must have come to its end.
const LATE: Duration = Duration::from_millis(150);
/// Other work on the machine may delay some: of so many rounds one must be in time.
const ROUNDS: usize = 3;
/// Between two rounds, as other work comes in spells.
const REST: Duration = Duration::from_secs(2);

/// Stops all bombs whose names contain `part`, each in both ways, with two threads and on the calling one.
pub(crate) fn run(data: &Data, part: &str, tally: &mut Tally) {
    println!("\n{:48} ms until it had ended: by its deadline, by a cancel", "bomb");
    for bomb in data.bombs.iter().filter(|bomb| bomb.name.contains(part)) {
        for threads in [2, 1] {
            let name = format!("{} on {threads}", bomb.name);
            let mut times = Vec::new();
            for (code, stop) in [("timeout", by_deadline as Stop), ("cancelled", by_cancel)] {
                let (took, result) = stopped(bomb, threads, stop, code);
                times.push(format!("{:6.0}", took.as_secs_f64() * 1000.0));
                tally.check(&format!("{name}, {code}"), result);
            }
            println!("{name:48} {}", times.join(" "));
        }
    }
}

/// Runs pipelines and stops them; gives the code of their end.
type Stop = fn(Vec<Pipeline>) -> String;

/// The least time of the rounds, and the fault of the end or of that time.
fn stopped(
    bomb: &Job,
    threads: usize,
    stop: Stop,
    expected: &str,
) -> (Duration, Result<(), String>) {
    let mut least = Duration::MAX;
    for round in 0..ROUNDS {
        if round > 0 {
            std::thread::sleep(REST);
        }
        let mut bomb = bomb.clone();
        bomb.job.set_threads(threads);
        let pipelines = match bomb.pipelines(&Inputs::new()) {
            Ok(pipelines) => pipelines,
            Err(error) => return (Duration::ZERO, Err(format!("{error:?}"))),
        };
        let start = Instant::now();
        let code = stop(pipelines);
        least = least.min(start.elapsed());
        let went_off = code == "ok" && bomb.reason.is_some();
        if code != expected && !went_off {
            return (least, Err(format!("expected {expected}, found {code}")));
        }
        if least <= AFTER + LATE {
            return (least, Ok(()));
        }
    }
    (least, Err(format!("ended after {least:?}, to end after {AFTER:?}")))
}

fn code<T>(result: Result<T>) -> String {
    result.map_or_else(|error| error.code().to_owned(), |_| "ok".to_owned())
}

fn by_deadline(pipelines: Vec<Pipeline>) -> String {
    code(run_all(pipelines.into_iter().map(|pipeline| pipeline.deadline(AFTER))))
}

fn by_cancel(pipelines: Vec<Pipeline>) -> String {
    let token = CancelToken::new();
    let job = pipelines.into_iter().map(|pipeline| pipeline.cancel(token.clone()));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(AFTER);
            token.cancel();
        });
        code(run_all(job))
    })
}
