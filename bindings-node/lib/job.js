'use strict';

// Begins jobs and ends them: with their result, at their deadline, or when a signal says so.

const { onAbort } = require('./abort.js');
const { MakereadyError } = require('./error.js');

/** The longest time that a timer of Node can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** The signal of the options of a run. */
function signalOf(options) {
  if (options === undefined || options === null) {
    return undefined;
  }
  if (typeof options !== 'object' || options instanceof AbortSignal) {
    throw new TypeError('the options of run: expected an object, { signal } for instance');
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
 * A promise for the end of a job. `load()` gives a promise where inputs have yet to come; `begin(done)` then
 * begins the addon's job and gives it, and `done` is called when it has ended.
 *
 * An abort rejects at once, with the reason of the signal: the job behind it stops by itself a moment
 * later. The signal is never handed to the addon, and nothing listens to it afterwards.
 */
function settle({ signal, deadline, load, begin }) {
  if (signal?.aborted) {
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    let job;
    let timer;
    let ignore;
    let ended = false;
    const end = (settled, value) => {
      ended = true;
      clearTimeout(timer);
      ignore?.();
      settled(value);
    };
    const stop = (reason) => {
      end(reject, reason);
      job?.cancel();
    };
    const done = () => {
      if (!ended) {
        end(resolve, job);
      }
    };
    const start = () => {
      if (ended) {
        return;
      }
      try {
        job = begin(done);
      } catch (error) {
        end(reject, error);
      }
    };
    if (signal !== undefined) {
      ignore = onAbort(signal, () => stop(signal.reason));
    }
    if (deadline <= LONGEST) {
      // The core counts from the begin of a job; here the wait before it counts as well.
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
