'use strict';

// The service of docs/serving.md, run as it stands there.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');

const makeready = require('../index.js');
const { inCheckout } = require('./support/files.js');

function service() {
  const [, code] = /```js\n([^]*?)```/.exec(fs.readFileSync(inCheckout('docs/serving.md'), 'utf8'));
  assert.ok(code.includes("'pictures'") && code.includes('server.listen(8000);'));
  const body = code
    .replace("'pictures'", JSON.stringify(inCheckout('tests/images')))
    .replace('server.listen(8000);', 'return server;');
  const load = (name) => (name === 'makeready' ? makeready : require(name));
  return new Function('require', body)(load);
}

test('the service of docs/serving.md', async (t) => {
  const server = service();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const get = (path, accept = '*/*') =>
    fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers: { accept, connection: 'close' } });

  for (const [path, accept, type, vary, width] of [
    ['/photo.jpg?w=150', 'image/webp,*/*', 'image/webp', 'Accept', 160],
    ['/photo.jpg?w=100&dpr=2&f=jpeg', 'image/webp', 'image/jpeg', null, 320],
    ['/photo%2Ejpg', undefined, 'image/jpeg', 'Accept', 480],
  ]) {
    const response = await get(path, accept);
    const found = [response.status, response.headers.get('content-type'), response.headers.get('vary')];
    assert.deepEqual(found, [200, type, vary], path);
    assert.equal(makeready.probe(new Uint8Array(await response.arrayBuffer())).width, width);
  }
  for (const [path, status] of [
    ['/photo.jpg?w=2000', 400],
    ['/photo.jpg?h=1', 400],
    ['/%2E%2E%2Fserve.md', 400],
    ['//etc/passwd', 400],
    ['/%ff', 400],
    ['/none.jpg', 500],
    ['/bad/empty', 422],
  ]) {
    const response = await get(path);
    assert.equal(response.status, status, path);
    await response.text();
  }
});
