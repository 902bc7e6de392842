'use strict';

// The facts that probes tell, within limits.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');
const { parse } = require('smol-toml');

const { probe } = require('../index.js');
const { image, inCheckout } = require('./support/files.js');
const { camel } = require('./support/recipe.js');

test('a probe reads the header', () => {
  const film = { pages: 12, animated: true, duration: 720, loop: 4 };
  const { pages, animated, duration, loop } = probe(image('films/moving-clear.gif'));
  assert.deepEqual({ pages, animated, duration, loop }, film);
});

test('files tell the facts of tests/cases/probe', () => {
  const { case: cases } = parse(fs.readFileSync(inCheckout('tests/cases/probe/files.toml'), 'utf8'));
  assert.ok(cases.length >= 42, `${cases.length} cases`);
  const usual = { orientation: 1, layout: 'rgb', hasAlpha: false, bits: 8, pages: 1, animated: false, duration: 0, progressive: false };
  for (const { input, exif, expect } of cases) {
    const wanted = { ...usual, ...camel(expect), ...expect.exif && { exif: { ...camel(expect.exif) } } };
    assert.deepEqual(probe(image(input), { exif }), wanted, input);
  }
});

test('a probe takes limits', () => {
  const file = image('rgba.png');
  assert.equal(probe(file, { limits: { maxInputSide: 160 } }).width, 160);
  assert.equal(probe(file, { limits: undefined }).width, 160);
  assert.equal(probe(file, {}).width, 160);
  const over = { code: 'limit_exceeded', limit: 'max_input_side', input: 0 };
  assert.throws(() => probe(file, { limits: { maxInputSide: 159 } }), over);
  const bytes = fs.readFileSync(file);
  const long = { code: 'limit_exceeded', limit: 'max_input_bytes', input: 0 };
  assert.throws(() => probe(bytes, { limits: { maxInputBytes: bytes.length - 1 } }), long);
  assert.throws(() => probe(file, { limit: {} }), { code: 'invalid_option', message: /limits.*, found "limit"/ });
  assert.throws(() => probe(file, { limits: { maxBytes: 1 } }), { code: 'invalid_option' });
  assert.throws(() => probe(file, { limits: { maxInputSide: 1.5 } }), { code: 'invalid_option' });
  assert.throws(() => probe(file, { limits: 3 }), TypeError);
  assert.throws(() => probe(file, { exif: 1 }), TypeError);
  assert.throws(() => probe(file, 3), TypeError);
});
