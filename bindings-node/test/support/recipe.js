'use strict';

// A case of tests/cases/*.toml as a pipeline; tests/src/recipe.rs says what one may contain.

const { Pipeline } = require('../../index.js');
const { image } = require('./files.js');

/** Keys as options of Node have them. */
function camel(options) {
  const name = (key) => key.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [name(key), value]));
}

const OPS = {
  resize: (pipeline, options) => pipeline.resize(camel(options)),
  crop: (pipeline, rect) => pipeline.crop(rect),
  rotate: (pipeline, { degrees }) => pipeline.rotate(degrees),
  flip: (pipeline) => pipeline.flip(),
  flop: (pipeline) => pipeline.flop(),
  flatten: (pipeline, { background }) => pipeline.flatten(background),
  extend: (pipeline, options) => pipeline.extend(options),
};

function start({ input, open, stitch }) {
  if (stitch === undefined) {
    return Pipeline.open(image(input), open && camel(open));
  }
  const { inputs, canvas, at, ...options } = stitch;
  const from = inputs.map((part) => (typeof part === 'string' ? image(part) : recipe(part)));
  return Pipeline.stitch(from, {
    ...options,
    canvas: canvas && { width: canvas[0], height: canvas[1] },
    at: at?.map(([x, y]) => ({ x, y })),
  });
}

/** An input or a stitch, and the operations on it. */
function recipe({ ops = [], ...from }) {
  return ops.reduce((pipeline, { op, ...options }) => OPS[op](pipeline, options), start(from));
}

/** The whole pipeline of a case. */
function pipelineOf({ recipe: from, encode, job = {} }) {
  let pipeline = recipe(from);
  if (encode !== undefined) {
    const { format, ...options } = encode;
    pipeline = pipeline.encode(format, camel(options));
  }
  const { shrink, limits, threads, deadline, cancelled, ...others } = job;
  if (Object.keys(others).length > 0) {
    throw new Error(`a job of ${Object.keys(others)}`);
  }
  pipeline = shrink === undefined ? pipeline : pipeline.shrink(shrink);
  pipeline = limits === undefined ? pipeline : pipeline.limits(camel(limits));
  pipeline = threads === undefined ? pipeline : pipeline.threads(threads);
  return deadline === undefined ? pipeline : pipeline.deadline(deadline * 1000);
}

module.exports = { pipelineOf };
