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

  rotate(degrees, options) {
    return this[CALL]('rotate', options, { degrees });
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

  affine(matrix, options) {
    return this[CALL]('affine', options, { matrix });
  }

  shear(x, y, options) {
    return this[CALL]('shear', options, { x, y });
  }

  grayscale() {
    return this[CALL]('grayscale');
  }

  negate(options) {
    return this[CALL]('negate', options);
  }

  tint(colour) {
    return this[CALL]('tint', undefined, { colour });
  }

  gamma(gamma) {
    return this[CALL]('gamma', undefined, { gamma });
  }

  linear(a, b) {
    return this[CALL]('linear', undefined, { a, b });
  }

  recomb(matrix) {
    return this[CALL]('recomb', undefined, { matrix });
  }

  threshold(level) {
    return this[CALL]('threshold', undefined, { level });
  }

  modulate(options) {
    return this[CALL]('modulate', options);
  }

  normalize(options) {
    return this[CALL]('normalize', options);
  }

  trim(options) {
    return this[CALL]('trim', options);
  }

  removeAlpha() {
    return this[CALL]('remove_alpha');
  }

  ensureAlpha(opacity) {
    return this[CALL]('ensure_alpha', undefined, { opacity });
  }

  extractChannel(channel) {
    return this[CALL]('extract_channel', undefined, { channel });
  }

  blur(sigma) {
    return this[CALL]('blur', undefined, { sigma });
  }

  sharpen(options) {
    return this[CALL]('sharpen', options);
  }

  median(size) {
    return this[CALL]('median', undefined, { size });
  }

  convolve(kernel, options) {
    return this[CALL]('convolve', options, { kernel });
  }

  clahe(width, height, options) {
    return this[CALL]('clahe', options, { width, height });
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
