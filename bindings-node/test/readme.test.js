'use strict';

// The examples of the READMEs, run as they stand there.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');

const makeready = require('../index.js');
const { folder, inCheckout } = require('./support/files.js');

const tiles = ['00', '01', '10', '11'].map((place) => inCheckout(`examples/tiles/left-${place}.jpg`));

for (const file of ['bindings-node/README.md', 'README.md']) {
  test(`the example of ${file}`, async () => {
    const text = fs.readFileSync(inCheckout(file), 'utf8');
    const [, code] = /```js\n([^]*?)```/.exec(text);
    const out = folder('readme');
    const body = code
      .replace(/^const .*require\('makeready'\);$/m, '')
      .replace(/^import .* from 'makeready';$/m, '')
      .replace("'preview.webp'", JSON.stringify(path.join(out, 'preview.webp')));
    const run = `return (async ({ Pipeline, runAll }, tiles, signal) => { ${body} })(makeready, tiles, signal)`;
    const { signal } = new AbortController();
    await new Function('makeready', 'tiles', 'signal', run)(makeready, tiles, signal);
    const { format, width } = makeready.probe(path.join(out, 'preview.webp'));
    assert.deepEqual({ format, width }, { format: 'webp', width: 800 });
  });
}
