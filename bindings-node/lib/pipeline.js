'use strict';

// The pipeline: the addon's, with the inputs whose bytes have yet to come.

const { CALL, Calls } = require('./calls.js');
const native = require('./native.js');
const { MakereadyError, given } = require('./error.js');
const { settle, signalOf } = require('./job.js');
const { Image, Output } = require('./output.js');
const { collect, filled, ready, source } = require('./source.js');

/** The inputs of a stitch: each of its parts is an input, or holds the inputs of another stitch. */
class Inputs {
  constructor(parts) {
    this.parts = parts;
    this.count = parts.reduce((sum, part) => sum + count(part), 0);
  }
}

const count = (part) => (part instanceof Inputs ? part.count : 1);

/** Every input in `part`, once, with the index of its first place. A part at many places is visited once. */
function* each(part) {
  const seen = new Set();
  const left = [part];
  let index = 0;
  while (left.length > 0) {
    const next = left.pop();
    if (seen.has(next)) {
      index += count(next);
    } else if (next instanceof Inputs) {
      seen.add(next);
      for (let at = next.parts.length - 1; at >= 0; at -= 1) {
        left.push(next.parts[at]);
      }
    } else {
      seen.add(next);
      yield [next, index];
      index += 1;
    }
  }
}

/** A picture within another: a pipeline, or an input. */
const pipelineOf = (from) => (from instanceof Pipeline ? from : Pipeline.open(from));

/** The key to the constructor: only calls of this file make a pipeline. */
const MAKER = Symbol('maker');

/** The inside of a pipeline, for the functions of this file. */
let inside;

class Pipeline extends Calls {
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
    super();
    if (maker !== MAKER) {
      throw new TypeError('a Pipeline is made by Pipeline.open or Pipeline.stitch');
    }
    this.#native = given(pipeline);
    this.#inputs = inputs;
    this.#deadline = deadline;
  }

  static open(from, options) {
    const input = source(from);
    return new Pipeline(MAKER, native.Pipeline.open(input.native, options), input, Infinity);
  }

  static stitch(inputs, options) {
    if (!Array.isArray(inputs)) {
      throw new TypeError('the inputs of a stitch: expected an array');
    }
    const pipelines = inputs.map(pipelineOf);
    const natives = pipelines.map((pipeline) => pipeline.#native);
    const all = new Inputs(pipelines.map((pipeline) => pipeline.#inputs));
    return new Pipeline(MAKER, native.Pipeline.stitch(natives, options), all, Infinity);
  }

  static fromJson(text, sources) {
    return define(text, sources, true)[0];
  }

  toJson() {
    return given(native.toJson([this.#native]));
  }

  /** The pipeline with one call more; options in an object, and others by their places. */
  [CALL](name, options, places) {
    return this.#with(this.#native.call(name, options, places));
  }

  #with(pipeline, deadline = this.#deadline) {
    return new Pipeline(MAKER, pipeline, this.#inputs, deadline);
  }

  overlay(input, options) {
    return this.#combine('overlay', input, options);
  }

  joinAlpha(mask) {
    return this.#combine('join_alpha', mask);
  }

  #combine(name, input, options) {
    const other = pipelineOf(input);
    const all = new Inputs([this.#inputs, other.#inputs]);
    return new Pipeline(MAKER, this.#native.combine(name, other.#native, options), all, this.#deadline);
  }

  deadline(ms) {
    // Times are milliseconds in JavaScript; the addon converts them.
    return this.#with(this.#native.call('deadline', undefined, { seconds: ms }), ms);
  }

  optimizations(rules) {
    return this[CALL]('optimizations', typeof rules === 'boolean' ? { all: rules } : rules);
  }

  async load(options) {
    const signal = signalOf(options);
    await settle({ signal, load: () => collectAll([inside(this)]), begin: queueMicrotask });
    return this;
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
    const [output] = now([this], native.runSync);
    return new Output(output);
  }

  async pixels(options) {
    const job = await run([this], options, native.Job.pixels);
    return new Image(given(job.takePixels()));
  }

  pixelsSync() {
    return new Image(now([this], ([pipeline]) => native.pixelsSync(pipeline)));
  }
}

/** The pipelines of a definition. A source is looked at where it is used: a stream is read once. */
function define(text, sources, one) {
  if (typeof text !== 'string') {
    throw new TypeError(`a definition: expected a string, found ${text === null ? 'null' : typeof text}`);
  }
  if (typeof sources !== 'object' || sources === null) {
    throw new TypeError('the sources of a definition: expected an object or a Map of inputs by their names');
  }
  const from = sources instanceof Map ? sources : new Map(Object.entries(sources));
  const definition = given(native.Definition.read(text, [...from.keys()], one));
  const inputs = definition.names.map((name) => source(from.get(name)));
  return given(definition.pipelines(inputs.map((input) => input.native))).map((defined) => {
    const all = new Inputs(defined.inputs.map((index) => inputs[index]));
    return new Pipeline(MAKER, defined.take(), all, defined.deadline ?? Infinity);
  });
}

function pipelinesFromJson(text, sources) {
  return define(text, sources, false);
}

function pipelinesToJson(pipelines) {
  return given(native.toJson(insides(pipelines).map((pipeline) => pipeline.native)));
}

async function runAll(pipelines, options) {
  const job = await run(pipelines, options, native.Job.files);
  return given(job.takeFiles()).map((output) => new Output(output));
}

function planAll(pipelines) {
  return now(pipelines, native.planAll);
}

function explainAll(pipelines) {
  return now(pipelines, native.explainAll);
}

function probe(from, options) {
  const input = source(from);
  ready(input, 0);
  return filled([input], false, () => native.probe(input.native, options));
}

async function stats(from, options) {
  const job = await run([pipelineOf(from)], options, native.Job.stats);
  return given(job.takeStats());
}

async function placeholder(from, { kind = 'thumbhash', ...options } = {}) {
  if (typeof kind !== 'string') {
    throw new TypeError(`placeholder kind: expected a string, found ${kind === null ? 'null' : typeof kind}`);
  }
  const begin = (natives, done) => native.Job.placeholder(natives, done, kind);
  const job = await run([pipelineOf(from)], options, begin);
  return given(job.takePlaceholder());
}

/** Runs a job: collects the bytes that have yet to come, then begins it. */
async function run(pipelines, options, job) {
  const signal = signalOf(options);
  const all = insides(pipelines);
  return settle({
    signal,
    deadline: Math.min(...all.map(({ deadline }) => deadline)),
    load: () => collectAll(all),
    begin: (done) => withInputs(all, true, (natives) => job(natives, done)),
  });
}

/** Does some work with pipelines and waits for it. */
function now(pipelines, work) {
  const all = insides(pipelines);
  for (const { inputs } of all) {
    for (const [input, index] of each(inputs)) {
      ready(input, index);
    }
  }
  return withInputs(all, false, work);
}

function withInputs(all, copied, work) {
  const natives = all.map((pipeline) => pipeline.native);
  const inputs = new Set();
  for (const [input] of each(new Inputs(all.map((pipeline) => pipeline.inputs)))) {
    inputs.add(input);
  }
  return filled(inputs, copied, () => work(natives));
}

function insides(pipelines) {
  if (!Array.isArray(pipelines)) {
    throw new TypeError('expected an array of pipelines');
  }
  return pipelines.map(inside);
}

/** Collects the bytes that have yet to come; `undefined` where none have. */
function collectAll(all) {
  const waits = [];
  for (const { native: { maxInputBytes }, inputs } of all) {
    for (const [input, index] of each(inputs)) {
      if (!input.ready) {
        waits.push(collect(input, index, maxInputBytes));
      }
    }
  }
  return waits.length === 0 ? undefined : Promise.all(waits);
}

module.exports = {
  Pipeline,
  explainAll,
  pipelinesFromJson,
  pipelinesToJson,
  placeholder,
  planAll,
  probe,
  runAll,
  stats,
};
