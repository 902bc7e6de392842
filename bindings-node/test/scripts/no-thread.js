'use strict';

// Runs jobs where there is no memory for the stack of a thread, then one where there is, and prints the results.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');

const { Pipeline } = require('../../index.js');
const { noise } = require('../support/pictures.js');

const small = Pipeline.open(noise(8, 8));
const ended = () => small.run().then(({ width }) => `${width} wide`, ({ code, message }) => `${code}: ${message}`);
const most = (bytes) => execFileSync('prlimit', ['--pid', String(process.pid), `--as=${bytes}:unlimited`]);

async function main() {
  const size = /VmSize:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1] * 1024;
  global.gc();
  // A thread is begun where there are 4 MiB; Node itself may need less meanwhile.
  most(size + 3 * 2 ** 20);
  const found = [];
  // More often than there are threads for jobs.
  for (let i = 0; i <= os.availableParallelism(); i += 1) {
    found.push(await ended());
  }
  most('unlimited');
  found.push(await ended());
  process.stdout.write(JSON.stringify(found));
}

main();
