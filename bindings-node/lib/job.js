'use strict';

// Begins jobs and ends them: with what they give, at their deadline, or when a signal says so.

const { MakereadyError } = require('./error.js');

/** The longest time that a timer of Node can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** The signal of the options of a run. */
function signalOf(options) {
  if (options === undefined || options === null) {
    return undefined;
  }
  if (typeof options !== 'object') {
    throw new TypeError(`run: expected an object, found ${typeof options}`);
  }
  const { signal, ...others } = options;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new MakereadyError('invalid_option', `an option of run is signal, found "${other}"`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError('run signal: expected an AbortSignal');
  }
  return signal;
}

/**
 * A promise for what `begin` leads to. `begin(done)` gives the addon's job, or a promise of it, and `done`
 * is called when that has ended; `take(job)` then gives its result.
 *
 * An abort rejects at once, with the reason of the signal: the job behind it stops by itself a moment
 * later. The signal is never handed to the addon, and nothing listens to it afterwards.
 */
function settle({ signal, deadline, load, begin, take }) {
  if (signal?.aborted) {
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    let job;
    let timer;
    let ended = false;
    const end = (settled, value) => {
      ended = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settled(value);
    };
    const stop = (reason) => {
      end(reject, reason);
      job?.cancel();
    };
    const abort = () => stop(signal.reason);
    const done = () => {
      if (!ended) {
        attempt(() => end(resolve, take(job)));
      }
    };
    const start = () => {
      if (!ended) {
        attempt(() => (job = begin(done)));
      }
    };
    const attempt = (work) => {
      try {
        work();
      } catch (error) {
        end(reject, error);
      }
    };
    signal?.addEventListener('abort', abort);
    if (deadline <= LONGEST) {
      // The core counts from where a job begins to run; here also what it waits for before that counts.
      const passed = () => new MakereadyError('timeout', 'the deadline of the job has passed');
      timer = setTimeout(() => stop(passed()), deadline);
    }
    const loaded = load();
    if (loaded === undefined) {
      start();
    } else {
      loaded.then(start, (error) => ended || end(reject, error));
    }
  });
}

module.exports = { settle, signalOf };
