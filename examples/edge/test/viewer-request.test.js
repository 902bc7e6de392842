'use strict';

// The viewer-request function, run alone as CloudFront runs it.

const assert = require('node:assert/strict');
const test = require('node:test');

const { Rendition, negotiate } = require('makeready');

const { cloudFrontFunction, parsed } = require('../cloudfront.js');
const settings = require('../settings.js');
const { ACCEPTS, random, respelled } = require('../traffic.js');
const { viewerRequest } = require('../viewer-request.js');

const { formats } = settings.policy.options;
const text = viewerRequest(settings.policy.options);
const run = cloudFrontFunction(text);

/** The query and the token that the function makes. */
function made(query, accept, program = run) {
  const headers = accept === undefined ? {} : { accept: { value: accept } };
  const request = program({ request: { method: 'GET', uri: '/a.jpg', querystring: parsed(query), headers, cookies: {} } });
  const pairs = Object.entries(request.querystring).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((one) => `${name}=${one.value}`));
  return { query: pairs.join('&'), token: request.headers['x-accept-token'].value };
}

test('it is as short as CloudFront asks', () => {
  assert.ok(text.length <= 10_240, String(text.length));
});

test('requests for one picture share a query', () => {
  const cases = [
    ['w=300', 'w=320'],
    ['dpr=2&w=150', 'w=320'],
    ['dpr=01.50&w=200', 'w=320'],
    ['dpr=0.5&w=600', 'w=320'],
    ['w=%33%30%30', 'w=320'],
    ['w=300&f=webp&utm_source=mail', 'w=320&f=webp'],
    ['f=webp&w=300', 'w=320&f=webp'],
    ['f=jpg', 'f=jpeg'],
    ['dpr=2&f=webp', 'dpr=2&f=webp'],
    ['w=641', 'w=641'],
    ['w=80&dpr=9', 'w=80&dpr=9'],
    ['w=80&w=90', 'w=80&w=90'],
    ['w=0x50', 'w=0x50'],
    ['', ''],
  ];
  assert.deepEqual(cases.map(([query]) => made(query).query), cases.map(([, query]) => query));
});

test('a query with a height is left to the library', () => {
  const both = cloudFrontFunction(viewerRequest({ ...settings.policy.options, parameters: ['w', 'h'] }));
  assert.equal(made('h=200&w=300', undefined, both).query, 'w=300&h=200');
});

test('requests for one picture share a path', () => {
  const pathOf = (uri) => run({ request: { uri, querystring: {}, headers: {} } }).uri;
  const cases = [
    ['/users/7.jpg', '/users/7.jpg'],
    ['/users/%37%2ejpg', '/users/7.jpg'],
    ['/users/photo%201.jpg', '/users/photo%201.jpg'],
    ['/users/photo+1.jpg', '/users/photo%2B1.jpg'],
    ['/users%2F7.jpg', '/users%2F7.jpg'],
    ['/%ff.jpg', '/%ff.jpg'],
    ['/%.jpg', '/%.jpg'],
  ];
  for (const [uri, path] of cases) {
    assert.equal(pathOf(uri), path);
    assert.equal(pathOf(path), path);
  }
});

test('a token of the viewer counts for nothing', () => {
  const headers = { 'x-accept-token': { value: 'token:w' } };
  assert.equal(run({ request: { uri: '/a.jpg', querystring: {}, headers } }).headers['x-accept-token'].value, made('').token);
});

test('it makes of no query another picture than the library does', () => {
  const next = random(7);
  const outcome = (query) => {
    try {
      return String(Rendition.parse(query, settings.policy));
    } catch (error) {
      return error.code;
    }
  };
  const seen = new Set();
  const ratios = [undefined, 1, 1.5, 2, 2.625, 3.999, 4, 4.5, 0.5, '0.05', '0.1', '01', '1.', '.5', '%32', '+1', '1,5'];
  const named = ['', '', '&f=jpeg', '&f=jpg', '&f=j%70g'];
  for (let count = 0; count < 3000; count += 1) {
    const ratio = ratios[Math.floor(next() * ratios.length)];
    const query = `w=${Math.floor(next() * 700)}${ratio === undefined ? '' : `&dpr=${ratio}`}${named[Math.floor(next() * named.length)]}`;
    assert.equal(outcome(made(query).query), outcome(query), query);
    seen.add(outcome(query));
  }
  assert.deepEqual([...seen].filter((query) => !query.includes('f=')).sort(), ['invalid_option', 'w=160', 'w=320', 'w=640', 'w=80']);
});

test('the token stands for the header in every spelling', () => {
  const next = random(11);
  for (const accept of ACCEPTS.filter(Boolean)) {
    for (let count = 0; count < 20; count += 1) {
      const spelling = respelled(accept, next);
      const { token } = made('w=80', spelling);
      assert.equal(negotiate(token, { formats }).format, negotiate(accept, { formats }).format, spelling);
    }
  }
  assert.equal(made('w=80&f=webp', ACCEPTS[0]).token, made('w=80&f=webp').token);
});
