'use strict';

// The methods that are calls by name. `make types` writes the lines between the marks.

/** Gives a pipeline with one call more: by the name of the call, options in an object, and others by their places. */
const CALL = Symbol('call');

/** Whether the first argument of a resize is all of it. */
const isBox = (value) => typeof value === 'object' && value !== null;

class Calls {
  // <write-types: calls>
  resize(width, height, options) {
    return this[CALL]('resize', ...(isBox(width) ? [width] : [options, { width, height }]));
  }

  crop(rect) {
    return this[CALL]('crop', rect);
  }

  rotate(degrees) {
    return this[CALL]('rotate', undefined, { degrees });
  }

  flip() {
    return this[CALL]('flip');
  }

  flop() {
    return this[CALL]('flop');
  }

  flatten(background) {
    return this[CALL]('flatten', undefined, { background });
  }

  extend(options) {
    return this[CALL]('extend', options);
  }

  encode(format, options) {
    return this[CALL]('encode', options, { format });
  }

  negotiate(accept, options) {
    return this[CALL]('negotiate', options, { accept });
  }

  limits(options) {
    return this[CALL]('limits', options);
  }

  threads(count) {
    return this[CALL]('threads', undefined, { count });
  }

  shrink(mode) {
    return this[CALL]('shrink', undefined, { mode });
  }

  colour(space) {
    return this[CALL]('colour', undefined, { space });
  }

  keep(...metadata) {
    return this[CALL]('keep', undefined, { metadata });
  }

  density(dpi) {
    return this[CALL]('density', undefined, { dpi });
  }

  priority(level) {
    return this[CALL]('priority', undefined, { level });
  }
  // </write-types>
}

module.exports = { CALL, Calls };
