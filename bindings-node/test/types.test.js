'use strict';

// The types, over samples of a module and of CommonJS.

const { execFileSync } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');

test('the types fit their use', () => {
  const tsc = path.join(__dirname, '../node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', path.join(__dirname, 'types')], { stdio: 'inherit' });
});
