'use strict';

// The pipeline: the addon's, with the inputs whose bytes have yet to come.

const native = require('./native.js');
const { MakereadyError, given } = require('./error.js');
const { settle, signalOf } = require('./job.js');
const { Image, Output } = require('./output.js');
const { ready, collect, source } = require('./source.js');

/** Who makes a pipeline: the calls of this file alone. */
const MAKER = Symbol('maker');

/** What the functions of this file may see of a pipeline. */
let inside;

class Pipeline {
  #native;
  #inputs;
  #deadline;

  static {
    inside = (pipeline) => {
      if (!(pipeline instanceof Pipeline)) {
        throw new TypeError('expected a Pipeline');
      }
      return { native: pipeline.#native, inputs: pipeline.#inputs, deadline: pipeline.#deadline };
    };
  }

  constructor(maker, pipeline, inputs, deadline) {
    if (maker !== MAKER) {
      throw new TypeError('a Pipeline is made by Pipeline.open or Pipeline.stitch');
    }
    this.#native = given(pipeline);
    this.#inputs = inputs;
    this.#deadline = deadline;
  }

  static open(from, options) {
    const input = source(from);
    return new Pipeline(MAKER, native.Pipeline.open(input.native, options), [input], Infinity);
  }

  static stitch(inputs, options) {
    if (!Array.isArray(inputs)) {
      throw new TypeError('the inputs of a stitch: expected an array');
    }
    const pipelines = inputs.map((from) => (from instanceof Pipeline ? from : Pipeline.open(from)));
    const natives = pipelines.map((pipeline) => pipeline.#native);
    const all = pipelines.flatMap((pipeline) => pipeline.#inputs);
    return new Pipeline(MAKER, native.Pipeline.stitch(natives, options), all, Infinity);
  }

  #with(pipeline, deadline = this.#deadline) {
    return new Pipeline(MAKER, pipeline, this.#inputs, deadline);
  }

  resize(width, height, options) {
    const box = typeof width === 'object' && width !== null;
    return this.#with(this.#native.resize(box ? width : { ...options, width, height }));
  }

  crop(rect) {
    return this.#with(this.#native.crop(rect));
  }

  rotate(degrees) {
    return this.#with(this.#native.rotate(degrees));
  }

  flip() {
    return this.#with(this.#native.flip());
  }

  flop() {
    return this.#with(this.#native.flop());
  }

  flatten(background) {
    return this.#with(this.#native.flatten(background));
  }

  extend(options) {
    return this.#with(this.#native.extend(options));
  }

  encode(format, options) {
    return this.#with(this.#native.encode(format, options));
  }

  limits(limits) {
    return this.#with(this.#native.limits(limits));
  }

  threads(count) {
    return this.#with(this.#native.threads(count));
  }

  deadline(ms) {
    return this.#with(this.#native.deadline(ms), ms);
  }

  shrink(shrink) {
    return this.#with(this.#native.shrink(shrink));
  }

  optimizations(optimizations) {
    return this.#with(this.#native.optimizations(optimizations));
  }

  async load(options) {
    const signal = signalOf(options);
    const load = () => collectAll([inside(this)]);
    return settle({ signal, load, begin: (done) => done(), take: () => this });
  }

  plan() {
    return planAll([this])[0];
  }

  explain() {
    return explainAll([this]);
  }

  async run(options) {
    const [output] = await runAll([this], options);
    return output;
  }

  runSync() {
    const [output] = given(native.runSync(loaded([this])));
    return new Output(output);
  }

  async pixels(options) {
    const take = (job) => new Image(given(job.takePixels()));
    return run([this], options, native.Job.pixels, take);
  }

  pixelsSync() {
    return new Image(given(native.pixelsSync(loaded([this])[0])));
  }
}

async function runAll(pipelines, options) {
  const take = (job) => given(job.takeFiles()).map((output) => new Output(output));
  return run(pipelines, options, native.Job.files, take);
}

function planAll(pipelines) {
  return given(native.planAll(loaded(pipelines)));
}

function explainAll(pipelines) {
  return given(native.explainAll(loaded(pipelines)));
}

function probe(from) {
  const input = source(from);
  ready(input, 0);
  return given(native.probe(input.native));
}

/** Runs a job: collects what has yet to come, then begins it. */
function run(pipelines, options, job, take) {
  const signal = signalOf(options);
  const all = insides(pipelines);
  return settle({
    signal,
    deadline: Math.min(...all.map(({ deadline }) => deadline)),
    load: () => collectAll(all),
    begin: (done) => given(job(all.map((pipeline) => pipeline.native), done)),
    take,
  });
}

function insides(pipelines) {
  if (!Array.isArray(pipelines)) {
    throw new TypeError('expected an array of pipelines');
  }
  return pipelines.map(inside);
}

/** The addon's pipelines, none of which waits for an input. */
function loaded(pipelines) {
  return insides(pipelines).map((pipeline) => {
    pipeline.inputs.forEach(ready);
    return pipeline.native;
  });
}

/** Collects what has yet to come; `undefined` where nothing has. */
function collectAll(all) {
  const waits = all.flatMap(({ native: { maxInputBytes }, inputs }) =>
    inputs.flatMap((input, index) => (input.ready ? [] : [collect(input, index, maxInputBytes)])),
  );
  return waits.length === 0 ? undefined : Promise.all(waits);
}

module.exports = { Pipeline, explainAll, planAll, probe, runAll };
