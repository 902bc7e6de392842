'use strict';

// Ends the process while jobs run, in the way that the first argument says.

const { Pipeline } = require('../../index.js');
const { noise } = require('../support/pictures.js');

const slow = Pipeline.open(noise(1500, 1500)).encode('webp', { effort: 6 });
const runs = Array.from({ length: 8 }, () => slow.run());
Promise.allSettled(runs).then(() => process.stdout.write('all jobs ended\n'));

const WAYS = {
  exit: () => process.exit(0),
  throw: () => {
    throw new Error('on request');
  },
  // The jobs keep the process alive until they have ended, and nothing else does.
  wait: () => {},
};
setTimeout(WAYS[process.argv[2]], Number(process.argv[3]));
