'use strict';

// Pictures that take a while.

/** Raw noise, which is slow to encode; the same for every run. */
function noise(width, height, channels = 3) {
  const data = new Uint8Array(width * height * channels);
  let state = 1;
  for (let i = 0; i < data.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return { data, width, height, channels };
}

module.exports = { noise };
