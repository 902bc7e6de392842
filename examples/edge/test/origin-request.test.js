'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const { originRequest } = require('../origin-request.js');
const { event, header } = require('./common.js');

const logged = [];
const handler = originRequest({ log: (text) => logged.push(JSON.parse(text)) });
const ask = (uri, querystring, token) =>
  handler(event('origin-request', { uri, querystring, headers: token === undefined ? {} : { 'x-accept-token': token } }));

test('path, query and token become the key of the store', async () => {
  const cases = [
    ['/users/7.jpg', 'w=300', 'token:wj', '/v1/users/7.jpg/w-320.webp'],
    ['/users/7.jpg', 'dpr=2&w=150', 'token:wj', '/v1/users/7.jpg/w-320.webp'],
    ['/users/7.jpg', 'w=300', 'token:j', '/v1/users/7.jpg/w-320.jpeg'],
    ['/users/7.jpg', 'w=300', undefined, '/v1/users/7.jpg/w-320.jpeg'],
    ['/users/7.jpg', 'w=300&f=webp', 'named', '/v1/users/7.jpg/w-320.webp'],
    ['/users/7.jpg', '', 'token:wj', '/v1/users/7.jpg/whole.webp'],
    ['/users/photo%201.jpg', 'w=80', 'token:j', '/v1/users/photo~201.jpg/w-80.jpeg'],
  ];
  for (const [uri, query, token, key] of cases) {
    const request = await ask(uri, query, token);
    assert.deepEqual([request.uri, request.querystring], [key, '']);
    assert.equal(request.method, 'GET');
  }
});

test('a request outside the policy is answered with JSON', async () => {
  const cases = [
    ['/7.jpg', 'w=641', 'w', /at most 640/],
    ['/7.jpg', 'w=0', 'w', /./],
    ['/7.jpg', 'w=80&w=90', 'w', /./],
    ['/7.jpg', 'w=80&dpr=9', 'dpr', /./],
    ['/7.jpg', 'w=80&f=png', 'f', /./],
    ['/7.jpg', 'blur=9', 'blur', /./],
    ['/%ff.jpg', 'w=80', 'path', /percent-encoded/],
    ['/../secret.jpg', 'w=80', undefined, /./],
    ['/', 'w=80', undefined, /./],
  ];
  for (const [uri, query, parameter, message] of cases) {
    const answer = await ask(uri, query, 'token:wj');
    const body = JSON.parse(answer.body);
    assert.deepEqual([answer.status, body.code, body.parameter], ['400', 'invalid_option', parameter], `${uri} ${answer.body}`);
    assert.match(body.message, message);
    assert.equal(header(answer, 'content-type'), 'application/json');
    assert.equal(header(answer, 'cache-control'), 'public, max-age=60');
  }
});

test('each request leaves one line of JSON', async () => {
  logged.length = 0;
  await ask('/7.jpg', 'w=80', 'token:wj');
  await ask('/7.jpg', 'w=9999', 'token:wj');
  const about = logged.map(({ trigger, requestId, uri, key, status, code }) => ({ trigger, requestId, uri, key, status, code }));
  const common = { trigger: 'origin-request', requestId: 'R==', uri: '/7.jpg' };
  assert.deepEqual(about, [
    { ...common, key: 'v1/7.jpg/w-80.webp', status: 200, code: undefined },
    { ...common, key: undefined, status: 400, code: 'invalid_option' },
  ]);
});
