'use strict';

// Node in a process of its own.

const { spawn } = require('node:child_process');

/** Runs a script; gives its exit code, the signal that ended it, what it printed and its time. */
function run(script, { args = [], env = {}, flags = [], timeout = 60_000 } = {}) {
  const since = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, script, ...args], {
      env: { ...process.env, ...env, NODE_TEST_CONTEXT: undefined },
      timeout,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout, stderr, ms: performance.now() - since }));
  });
}

module.exports = { run };
