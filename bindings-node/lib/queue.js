'use strict';

// The library's own queue: its settings and its figures.

const native = require('./native.js');
const { given } = require('./error.js');

/** Figures of the jobs of this process. */
class JobStats {
  #text;

  constructor({ failed, text, ...figures }) {
    Object.assign(this, figures);
    this.failed = Object.fromEntries(failed.map(({ code, jobs }) => [code, jobs]));
    this.#text = text;
  }

  prometheus() {
    return this.#text;
  }
}

function configure(settings) {
  given(native.configure(settings));
}

function jobStats() {
  return new JobStats(given(native.jobStats()));
}

module.exports = { configure, jobStats };
