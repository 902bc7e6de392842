// The front: verifies signed paths, signs requests to the store, sends clients to the renderer.

import crypto from 'crypto';

const FRONT = '/renditions/';
const RENDER = '/render/';
const KEYS = JSON.parse(process.env.UPLOADS_KEYS);
const SECRET = process.env.UPLOADS_SECRET;
const REGION = process.env.AWS_DEFAULT_REGION;
const PAYLOAD = 'UNSIGNED-PAYLOAD';
// A key of a rendition: plain ASCII, and no part of it leads elsewhere.
const KEY = /^v1(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/;
const SIGNED = 'host;x-amz-content-sha256;x-amz-date';

function hmac(secret, text) {
  return crypto.createHmac('sha256', secret).update(text);
}

// The time of the comparison tells nothing of the signature.
function equal(a, b) {
  let apart = a.length ^ b.length;
  for (let i = 0; i < a.length; i += 1) apart |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return apart === 0;
}

// The path that was signed, as `verify` of the library gives it; null where there is none.
function verified(target) {
  const parts = target.match(/^([\x21-\x7e]+)[?&]e=(\d{1,19})&k=([\w-]{1,64})&s=([0-9a-f]{64})$/);
  if (!parts || !Object.keys(KEYS).includes(parts[3])) return null;
  const text = target.slice(0, -'&s='.length - 64);
  if (!equal(hmac(KEYS[parts[3]], text).digest('hex'), parts[4])) return null;
  return Date.now() / 1000 < Number(parts[2]) ? parts[1] : null;
}

// The key of a picture, by the path as the client sent it: what nginx makes of a path was never signed.
function keyOf(r, prefix) {
  const target = r.variables.request_uri;
  if (!target.startsWith(prefix)) return null;
  const path = verified(FRONT + target.slice(prefix.length));
  return path && path.slice(FRONT.length);
}

function fail(r, status, code, message, parameter) {
  r.headersOut['Content-Type'] = 'application/json';
  r.headersOut['Cache-Control'] = 'no-store';
  if (status === 503 || status === 504) r.headersOut['Retry-After'] = '1';
  r.return(status, JSON.stringify({ code, message, parameter }));
}

function answer(r, prefix, next) {
  if (r.method !== 'GET') return fail(r, 405, 'method', 'only GET is answered here');
  const key = keyOf(r, prefix);
  if (key === null) return fail(r, 403, 'forbidden', 'the signature is missing, wrong or expired');
  if (!KEY.test(key)) return fail(r, 400, 'invalid_option', 'not a key of a rendition', 'key');
  return r.internalRedirect(next(key));
}

const rendition = (r) => answer(r, FRONT, (key) => `/bucket/${key}`);
const render = (r) => answer(r, RENDER, () => '@renderer');

function missing(r) {
  if (keyOf(r, FRONT) === null) return notFound(r);
  r.headersOut['Cache-Control'] = 'no-store';
  return r.return(302, RENDER + r.variables.request_uri.slice(FRONT.length));
}

const storeDown = (r) => fail(r, 503, 'store_down', 'the store does not answer, or refuses');
const storeSlow = (r) => fail(r, 504, 'store_slow', 'the store did not answer in time');
const rendererDown = (r) => fail(r, 503, 'renderer_down', 'no renderer answers');
const notFound = (r) => fail(r, 404, 'no_path', 'nothing is served at this path');

// No error_page takes a status below 300, and njs cannot change it: the connection ends without an answer.
function refuseOthers(r) {
  if (![200, 304].includes(r.status)) throw new Error('the store gives no picture');
}

// A name of the picture in logs, the same that renderers log. It tells nothing to those without the secret.
function document(r) {
  const key = keyOf(r, FRONT) || keyOf(r, RENDER);
  return key === null ? '' : hmac(SECRET, `document ${key}`).digest('hex').slice(0, 16);
}

const proof = () => SECRET;

const amzDate = () => new Date().toISOString().replace(/[-:]|\.\d+/g, '');

// The header of AWS Signature Version 4. Keys are plain ASCII, so that paths need no escapes.
function authorization(r) {
  const date = r.variables.amz_date;
  const scope = [date.slice(0, 8), REGION, 's3', 'aws4_request'];
  const path = `/@BUCKET@/renditions/${r.uri.slice('/bucket/'.length)}`;
  const headers = [`host:@STORE@`, `x-amz-content-sha256:${PAYLOAD}`, `x-amz-date:${date}`, ''];
  const request = ['GET', path, '', headers.join('\n'), SIGNED, PAYLOAD].join('\n');
  const hash = crypto.createHash('sha256').update(request).digest('hex');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), hash].join('\n');
  const start = `AWS4${process.env.AWS_SECRET_ACCESS_KEY}`;
  const key = scope.reduce((secret, part) => hmac(secret, part).digest(), start);
  const credential = `${process.env.AWS_ACCESS_KEY_ID}/${scope.join('/')}`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${SIGNED}, Signature=${hmac(key, text).digest('hex')}`;
}

export default {
  rendition, render, missing, storeDown, storeSlow, rendererDown, notFound, refuseOthers, document, proof, amzDate,
  authorization,
};
