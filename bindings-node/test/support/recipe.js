'use strict';

// A case of tests/cases/*.toml as a pipeline: calls by the names of their methods.

const { Pipeline } = require('../../index.js');
const { image } = require('./files.js');

/** Keys as options of Node have them. */
function camel(options) {
  const name = (key) => key.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [name(key), value]));
}

/** The options that are given by their places, of the calls that have any. */
const BY_PLACE = {
  rotate: ['degrees'],
  affine: ['matrix'],
  shear: ['x', 'y'],
  flatten: ['background'],
  negotiate: ['accept'],
  tint: ['colour'],
  gamma: ['gamma'],
  linear: ['a', 'b'],
  recomb: ['matrix'],
  threshold: ['level'],
  ensure_alpha: ['opacity'],
  extract_channel: ['channel'],
  blur: ['sigma'],
  median: ['size'],
  convolve: ['kernel'],
  clahe: ['width', 'height'],
};

/** Places and points as Node has them. */
function placed(options) {
  const place = ([name, value]) => [name, ['at', 'focus'].includes(name) ? { x: value[0], y: value[1] } : value];
  return Object.fromEntries(Object.entries(options).map(place));
}

function call(pipeline, { op, input, ...options }) {
  const [method] = Object.keys(camel({ [op]: null }));
  const names = BY_PLACE[op] ?? [];
  const others = Object.entries(options).filter(([name]) => !names.includes(name));
  if (input !== undefined) {
    return pipeline[method](part(input), camel(placed(options)));
  }
  return pipeline[method](...names.map((name) => options[name]), camel(placed(Object.fromEntries(others))));
}

/** The values of a setting, as its method takes them. */
function setting(name, value) {
  if (name === 'deadline') {
    return [value * 1000];
  }
  if (Array.isArray(value)) {
    return value;
  }
  return [typeof value === 'object' ? camel(value) : value];
}

function start({ input, open, stitch }) {
  if (stitch === undefined) {
    return Pipeline.open(image(input), open && camel(open));
  }
  const { inputs, canvas, at, ...options } = stitch;
  return Pipeline.stitch(inputs.map(part), {
    ...options,
    canvas: canvas && { width: canvas[0], height: canvas[1] },
    at: at?.map(([x, y]) => ({ x, y })),
  });
}

/** A picture within another: a file, or a recipe. */
function part(given) {
  return typeof given === 'string' ? image(given) : recipe(given);
}

/** An input or a stitch, and the operations on it. */
function recipe({ ops = [], ...from }) {
  return ops.reduce(call, start(from));
}

/** The whole pipeline of a case. */
function pipelineOf({ recipe: from, encode, job = {} }) {
  let pipeline = recipe(from);
  if (encode !== undefined) {
    const { format, ...options } = encode;
    pipeline = pipeline.encode(format, camel(options));
  }
  const { cancelled, ...settings } = job;
  for (const [name, value] of Object.entries(settings)) {
    pipeline = pipeline[name](...setting(name, value));
  }
  return pipeline;
}

module.exports = { camel, pipelineOf };
