'use strict';

// The calls in the tables of docs/migrating.md run and give the results in their rows.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');

const { Image, MakereadyError, Pipeline, probe, runAll } = require('../index.js');
const { folder, image, inCheckout } = require('./support/files.js');

const OURS = 'Makeready in Node';

/** The rows of the tables that have a column of ours, by the heads of their columns. */
function rows() {
  const found = [];
  let head;
  for (const line of fs.readFileSync(inCheckout('docs/migrating.md'), 'utf8').split('\n')) {
    const cells = line.replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim());
    if (!line.startsWith('|')) {
      head = undefined;
    } else if (head === undefined) {
      head = cells;
    } else if (head.includes(OURS) && !line.startsWith('|---')) {
      assert.equal(cells.length, head.length, line);
      found.push(Object.fromEntries(head.map((name, at) => [name, cells[at]])));
    }
  }
  return found;
}

/** The names that the calls use. */
function names(out) {
  const data = fs.readFileSync(image('photo.jpg'));
  return {
    path: image('photo.jpg'),
    data,
    stream: fs.createReadStream(image('photo.jpg')),
    samples: new Uint8Array(6),
    turned: image('orient-6.jpg'),
    logo: image('rgba.png'),
    tiles: ['photo.jpg', 'photo-422.jpg', 'photo-444.jpg', 'progressive.jpg'].map(image),
    cut: data.subarray(0, (data.length * 3) >> 2),
    out,
    image: Pipeline.open(image('photo.jpg')),
    Pipeline,
    probe,
    runAll,
  };
}

/** Runs the code of a cell and gives its value. */
function run(cell, known) {
  const code = /^`([^`]+)`$/.exec(cell);
  assert.ok(code, `not one call: ${cell}`);
  const call = new Function(...Object.keys(known), `return (async () => ({ value: ${code[1]} }))()`);
  return call(...Object.values(known));
}

/** A value of ours as the last column has it. */
async function described(value, out) {
  if (value instanceof Pipeline) {
    return described(await value.run(), out);
  }
  if (Array.isArray(value)) {
    return (await Promise.all(value.map((one) => described(one, out)))).join(', ');
  }
  if (value instanceof Image) {
    return `${value.width}x${value.height} ${value.layout}`;
  }
  const header = value === undefined ? probe(out) : Buffer.isBuffer(value) ? probe(value) : value;
  return `${header.width}x${header.height} ${header.format}`;
}

test('the tables are there', () => {
  assert.ok(rows().length >= 80, `${rows().length} rows`);
});

for (const [at, row] of rows().entries()) {
  test(`${row['']}: ${row[OURS]}`, async () => {
    const out = path.join(folder(`migrating/${at}`), 'out');
    const known = names(out);
    let found;
    try {
      found = await described((await run(row[OURS], known)).value, out);
    } catch (error) {
      if (!(error instanceof MakereadyError)) {
        throw error;
      }
      found = error.code;
    } finally {
      known.stream.destroy();
    }
    assert.equal(found, row.gives);
  });
}
