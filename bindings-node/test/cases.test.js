'use strict';

// Runs every case of tests/cases/*.toml, and writes each result to target/cases/node.tsv.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const test = require('node:test');
const { parse } = require('smol-toml');

const { Pipeline, probe } = require('../index.js');
const { image, inCheckout } = require('./support/files.js');
const { pipelineOf } = require('./support/recipe.js');

/** At least so many there are; files that are lost would be noticed. */
const FEWEST = 275;

/** The text of each file of cases. */
function texts() {
  const folder = inCheckout('tests/cases');
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.toml'));
  return files.map((file) => fs.readFileSync(`${folder}/${file}`, 'utf8'));
}

/** Runs a case; gives its output or its error. */
async function outcome(definition) {
  // An abort rejects with the reason of the signal; its code is the name in the other languages.
  const reason = Object.assign(new Error('on request'), { code: 'cancelled' });
  const signal = definition.job?.cancelled ? AbortSignal.abort(reason) : undefined;
  try {
    const pipeline = pipelineOf(definition);
    return { pipeline, output: await pipeline.run({ signal }) };
  } catch (error) {
    assert.equal(typeof error.code, 'string', error.stack);
    return { error };
  }
}

/** The definition of a case, where it has one; it gives itself again, and the same outcome. */
async function definitionOf(definition, found) {
  let text;
  try {
    text = pipelineOf(definition).toJson();
  } catch (error) {
    assert.equal(error.code, found.error?.code, error.stack);
    return 'no definition';
  }
  // Sources are named by their paths.
  const names = [...text.matchAll(/"([^"]*)"/g)].map(([, name]) => [name, name]);
  const pipeline = Pipeline.fromJson(text, Object.fromEntries(names));
  assert.equal(pipeline.toJson(), text);
  if (!definition.job?.cancelled) {
    const again = await pipeline.run().then((output) => ({ output }), (error) => ({ error }));
    assert.equal(row(again), row(found), text);
  }
  return text.replaceAll(`${image('')}/`, '');
}

function row({ output, error }) {
  if (error !== undefined) {
    return `error ${error.code} limit=${error.limit ?? '-'} input=${error.input ?? '-'}`;
  }
  const hash = crypto.createHash('sha256').update(output.data).digest('hex');
  return `${output.format} ${output.width}x${output.height} sha256:${hash}`;
}

function checkError(expect, error) {
  assert.equal(error.code, expect.error, error.stack);
  if ('limit' in expect) {
    assert.equal(error.limit, expect.limit);
  }
  if ('at_input' in expect) {
    assert.equal(error.input, expect.at_input);
  }
}

function checkPlan(expect, pipeline) {
  const plan = pipeline.plan();
  assert.deepEqual([plan.width, plan.height], expect.planned_size ?? expect.size);
  assert.equal(plan.looks, expect.looks ?? 0);
  assert.equal(plan.layout, expect.layout ?? plan.layout);
  if ('decodes' in expect) {
    const decodes = plan.decodes.map(({ input, scale, region: { x, y, width, height } }) =>
      `#${input} 1/${scale} ${width}x${height}+${x}+${y}`);
    assert.deepEqual(decodes, expect.decodes);
  }
  const lines = pipeline.explain().split('\n');
  const applied = lines.find((line) => line.startsWith('rules applied'));
  (expect.rules ?? []).forEach((rule) => assert.ok(applied.includes(rule), `${rule}: ${applied}`));
  (expect.not_rules ?? []).forEach((rule) => assert.ok(!applied.includes(rule), applied));
}

async function checkPoints(expect, pipeline) {
  const image = await pipeline.pixels();
  assert.equal(image.data.length, image.width * image.height * image.channels);
  for (const { at: [x, y], is, within = 3 } of expect.points) {
    const start = (y * image.width + x) * image.channels;
    const found = [...image.data.subarray(start, start + image.channels)];
    const close = found.length === is.length && found.every((v, i) => Math.abs(v - is[i]) <= within);
    assert.ok(close, `at ${x},${y}: expected ${is}, found ${found}`);
  }
}

async function check({ expect }, { pipeline, output, error }) {
  if (error !== undefined) {
    assert.ok('error' in expect, error.stack);
    return checkError(expect, error);
  }
  assert.ok(!('error' in expect), `expected the error ${expect.error}, found an output`);
  assert.deepEqual([output.width, output.height], expect.size);
  assert.equal(output.format, expect.format ?? output.format);
  assert.equal(output.layout, expect.layout ?? output.layout);
  assert.equal(output.vary, expect.vary);
  assert.equal(output.warnings.length, expect.warnings ?? 0, output.warnings.join());
  const has = (text) => output.data.includes(text, 'latin1');
  assert.deepEqual((expect.holds ?? []).filter((text) => !has(text)), []);
  assert.deepEqual((expect.lacks ?? []).filter(has), []);
  const { frames = 1 } = expect;
  const read = probe(output.data);
  assert.deepEqual([output.frames, read.pages, pipeline.plan().frames], [frames, frames, frames]);
  assert.deepEqual([read.width, read.height, read.format], [...expect.size, output.format]);
  checkPlan(expect, pipeline);
  return expect.points === undefined ? undefined : checkPoints(expect, frames === 1 ? pipeline : Pipeline.open(output.data));
}

test('cases', async (t) => {
  const files = texts();
  const cases = files.flatMap((text) => parse(text).case);
  const table = new Map();
  for (const definition of cases) {
    await t.test(definition.name, async () => {
      const found = await outcome(definition);
      table.set(definition.name, `${row(found)} ${await definitionOf(definition, found)}`);
      await check(definition, found);
    });
  }
  await t.test('no case is lost', () => {
    const written = files.join('\n').match(/^\[\[case\]\]$/gm).length;
    assert.deepEqual([cases.length, table.size], [written, written]);
    assert.ok(written >= FEWEST, `${written} cases`);
  });
  // By code units, as every language can sort.
  const names = [...table.keys()].sort((a, b) => (a < b ? -1 : 1));
  fs.mkdirSync(inCheckout('target/cases'), { recursive: true });
  const lines = names.map((name) => `${name}\t${table.get(name)}\n`);
  fs.writeFileSync(inCheckout('target/cases/node.tsv'), lines.join(''));
});
