'use strict';

// Definitions: JSON, and sources by their names.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { Readable } = require('node:stream');
const test = require('node:test');
const { parse } = require('smol-toml');

const { Pipeline, pipelinesFromJson, pipelinesToJson, runAll } = require('../index.js');
const { image, inCheckout } = require('./support/files.js');

const SPREAD = `{
  "version": 1,
  "stitch": {"across": 2, "inputs": ["a", {"input": "b", "ops": [{"op": "flip"}]}, "a"]},
  "outputs": [{"encode": {"format": "png"}}, {"ops": [{"op": "resize", "width": 4}], "deadline": 20.5}]
}`;

const sources = () => ({
  a: { data: Buffer.alloc(144), width: 8, height: 6, channels: 3 },
  b: fs.readFileSync(image('rgb.png')),
});

test('bad definitions are refused at their place', () => {
  const { definition } = parse(fs.readFileSync(inCheckout('tests/cases/definitions/bad.toml'), 'utf8'));
  assert.ok(definition.length >= 60);
  for (const { name, text, message } of definition) {
    assert.throws(() => pipelinesFromJson(text, { a: Buffer.of(0) }), (error) => {
      assert.equal(error.code, 'invalid_option', name);
      assert.ok(error.message.startsWith(message), `${name}: ${error.message}`);
      return true;
    });
  }
});

test('outputs of a definition run together', async () => {
  const pipelines = pipelinesFromJson(SPREAD, sources());
  const outputs = await runAll(pipelines);
  assert.deepEqual(outputs.map(({ format, width }) => [format, width]), [['png', 168], ['png', 4]]);
  const text = pipelinesToJson(pipelines);
  assert.equal(text, JSON.stringify(JSON.parse(SPREAD)));
  assert.equal(pipelinesToJson(pipelinesFromJson(text, new Map(Object.entries(sources())))), text);
  assert.throws(() => Pipeline.fromJson(SPREAD, sources()), { code: 'invalid_option' });
  assert.throws(() => pipelinesToJson([]), { code: 'invalid_option' });
  // An encode and a deadline are not those of an input.
  assert.throws(() => Pipeline.stitch(pipelines, { across: 1 }).toJson(), { code: 'invalid_option' });
});

test('a pipeline of a definition goes on as any other', async () => {
  const row = Pipeline.fromJson('{"version":1,"stitch":{"across":2,"inputs":["b","b"]}}', sources());
  const page = Pipeline.stitch([row.flip(), image('rgb.png')], { across: 1 });
  const { stitch } = JSON.parse(page.toJson());
  const flipped = { stitch: { across: 2, inputs: ['b', 'b'] }, ops: [{ op: 'flip' }] };
  assert.deepEqual(stitch.inputs, [flipped, image('rgb.png')]);
  const { width, height } = await page.run();
  assert.deepEqual([width, height], [320, 240]);
});

test('sources are what open takes, and looked at where they are used', async () => {
  const text = '{"version":1,"input":"it"}';
  const bytes = fs.readFileSync(image('rgb.png'));
  const unused = Readable.from([bytes]);
  for (const it of [image('rgb.png'), bytes, new Blob([bytes]), Readable.from([bytes])]) {
    const pipeline = Pipeline.fromJson(text, { it, unused, nothing: 4 });
    assert.equal(pipeline.toJson(), text);
    assert.equal((await pipeline.run()).width, 160);
  }
  assert.equal((await Pipeline.open(unused).run()).width, 160);
  assert.throws(() => Pipeline.fromJson(text, { it: 4 }), TypeError);
  assert.throws(() => Pipeline.fromJson(text), TypeError);
  assert.throws(() => Pipeline.fromJson(Buffer.from(text), { it: bytes }), TypeError);
  assert.throws(() => Pipeline.fromJson('{"version":1,"input":"toString"}', {}), { code: 'invalid_option' });
});

test('settings of a definition hold', async () => {
  const limited = '{"version":1,"input":"a","limits":{"max_input_bytes":10}}';
  const blob = new Blob([fs.readFileSync(image('rgb.png'))]);
  const { limit, message } = await Pipeline.fromJson(limited, { a: blob }).run().catch((error) => error);
  assert.deepEqual([limit, message.includes('input 0')], ['max_input_bytes', true]);
  const slow = new ReadableStream({ pull: () => new Promise((done) => setTimeout(done, 60_000).unref()) });
  const late = Pipeline.fromJson('{"version":1,"input":"a","deadline":0.05}', { a: slow });
  await assert.rejects(late.run(), { code: 'timeout' });
  const named = Pipeline.fromJson('{"version":1,"input":"left"}', { left: Buffer.from('none') });
  await assert.rejects(named.run(), { code: 'unsupported', message: /^input 0 \(left\): / });
});

test('inputs are named by their paths, or by their order', () => {
  const bytes = Pipeline.open(Buffer.of(1));
  const page = Pipeline.stitch([bytes, 'a.png', bytes.flip(), Buffer.of(1)], { across: 1 });
  const { stitch } = JSON.parse(page.toJson());
  const flipped = { input: 'input-0', ops: [{ op: 'flip' }] };
  assert.deepEqual(stitch.inputs, ['input-0', 'a.png', flipped, 'input-1']);
});

test('a pipeline whose text would have no end is refused', () => {
  let page = Pipeline.open(Buffer.of(1));
  for (let i = 0; i < 90; i += 1) {
    page = Pipeline.stitch([page, page], { across: 1 });
  }
  assert.throws(() => page.toJson(), { code: 'invalid_option' });
});
