'use strict';

// One listener a signal, however many jobs wait for it: Node warns of a leak from the eleventh on.

/** The jobs that each signal stops. */
const waiting = new WeakMap();

/** Calls `stop` when the signal aborts; gives a function that ends the waiting. */
function onAbort(signal, stop) {
  let stops = waiting.get(signal);
  if (stops === undefined) {
    stops = new Set();
    // A copy: each that stops ends its waiting.
    stops.listener = () => [...stops].forEach((each) => each());
    waiting.set(signal, stops);
    signal.addEventListener('abort', stops.listener);
  }
  stops.add(stop);
  return () => {
    stops.delete(stop);
    if (stops.size === 0 && waiting.get(signal) === stops) {
      waiting.delete(signal);
      signal.removeEventListener('abort', stops.listener);
    }
  };
}

module.exports = { onAbort };
