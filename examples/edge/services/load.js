'use strict';

// Measures the function as Lambda runs it, in AWS's runtime client for Node and in Rust: from the start of a process to its first answer,
// and warm. Prints a table for ../README.md. For Linux; after `make test-services`.

const fs = require('node:fs');
const path = require('node:path');

const { KEY, measure } = require('../load.js');
const { event, missing } = require('../test/common.js');
const { PROGRAM, inRuntime, nodeFunction, rustFunction, urlEvent } = require('./runtime.js');

const PACKAGE = path.join(__dirname, '../build/package');

const functions = {
  Node: (endpoint) => {
    const customHeaders = { 'x-store-bucket': 'load', 'x-store-region': 'us-east-1', 'x-store-endpoint': endpoint };
    const given = event('origin-response', { uri: `/${KEY}`, customHeaders, response: missing });
    return { program: nodeFunction(PACKAGE, 'origin-response.handler'), given };
  },
  Rust: (endpoint) => ({ program: rustFunction(PROGRAM, { bucket: 'load', endpoint }), given: urlEvent(`/${KEY}`) }),
};

async function run(name, endpoint, count) {
  const { program, given } = functions[name](endpoint);
  const figures = { times: [] };
  const begin = performance.now();
  await inRuntime(program, async (invoke, { pid }) => {
    while (figures.times.length < count) {
      const since = performance.now();
      const { status, statusCode, body } = await invoke(given);
      figures.times.push(performance.now() - since);
      figures.first ??= performance.now() - begin;
      if (Number(status ?? statusCode) !== 200) {
        throw new Error(body);
      }
    }
    figures.memory = Number(/VmHWM:\s+([0-9]+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  });
  return figures;
}

measure(Object.keys(functions), run);
