'use strict';

// Builds the addon for this machine, from what cargo has built for the other packages: `napi build` gives it flags and a folder
// of its own, for which all is compiled anew.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const folder = path.join(__dirname, '..');

/** The C library of the compiler's host, as the name of an addon has it: '-gnu', '-musl', '-msvc' or nothing. */
function library() {
  const told = execFileSync('rustc', ['-vV'], { encoding: 'utf8' });
  return /^host: .*?(-gnu|-musl|-msvc)?$/m.exec(told)[1] ?? '';
}

/** The library that cargo built. */
function build() {
  const profile = process.env.MAKEREADY_PROFILE ?? 'release';
  const args = ['build', '--profile', profile, '--lib', '--message-format', 'json-render-diagnostics'];
  const options = { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 30, encoding: 'utf8' };
  const messages = execFileSync('cargo', args, options).trimEnd().split('\n').map((line) => JSON.parse(line));
  return messages.find(({ target }) => target?.name === 'makeready_node').filenames[0];
}

const addon = path.join(folder, `makeready.${process.platform}-${process.arch}${library()}.node`);
// One that is loaded is replaced, not written over.
const fresh = `${addon}.new`;
fs.copyFileSync(build(), fresh);
const symbols = { linux: [], darwin: ['-x'] }[process.platform];
if (symbols) execFileSync('strip', [...symbols, fresh]);
fs.renameSync(fresh, addon);
