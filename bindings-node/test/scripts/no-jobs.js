'use strict';

// Stands in for the module where no job is to run: reads the inputs by Node's own means, waits for signals and timers
// as jobs do, and gives something. Any growth of the process after that is Node's own.

const { readFile } = require('node:fs/promises');
const { buffer } = require('node:stream/consumers');

const { onAbort } = require('../../lib/abort.js');

/** Bytes of an output. */
const GIVEN = 4000;

/** The bytes of an input. */
function bytes(input) {
  if (typeof input === 'string') {
    return readFile(input);
  }
  return ArrayBuffer.isView(input.data ?? input) ? Buffer.from(input.data ?? input) : buffer(input);
}

class Pipeline {
  constructor(inputs, asked = {}) {
    Object.assign(this, { inputs, asked });
  }

  static open(input) {
    return new Pipeline([input]);
  }

  static stitch(inputs) {
    return new Pipeline(inputs);
  }

  #with(asked) {
    return new Pipeline(this.inputs, { ...this.asked, ...asked });
  }

  resize(...size) {
    return this.#with({ size });
  }

  flatten(colour) {
    return this.#with({ colour });
  }

  encode(...format) {
    return this.#with({ format });
  }

  limits(limits) {
    return this.#with({ limits });
  }

  deadline(deadline) {
    return this.#with({ deadline });
  }

  runSync() {
    return { data: Buffer.alloc(GIVEN) };
  }

  run({ signal } = {}) {
    if (signal?.aborted) {
      return Promise.reject(signal.reason);
    }
    const { promise, resolve, reject } = pending();
    const ignore = signal && onAbort(signal, () => reject(signal.reason));
    const { deadline, limits } = this.asked;
    const timer = deadline === undefined ? undefined : setTimeout(() => reject(new Error('deadline')), deadline);
    const refused = () => limits && Promise.reject(new Error('limits'));
    const end = () => setImmediate(() => resolve(this.runSync()));
    Promise.all(this.inputs.map(bytes)).then(refused).then(end, reject);
    return promise.finally(() => {
      clearTimeout(timer);
      ignore?.();
    });
  }
}

/** A promise and the functions that settle it. */
function pending() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

const probe = (input) => ({ size: input.length });
const runAll = (pipelines) => Promise.all(pipelines.map((pipeline) => pipeline.run()));

module.exports = { Pipeline, probe, runAll };
