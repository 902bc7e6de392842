'use strict';

// An emulator of CloudFront: one behaviour with a cache, four triggers and an S3 origin, on loopback. It refuses what CloudFront
// refuses of a function (an answer that is too large, a header that is not its to set), with the same 502.

const { once } = require('node:events');
const http = require('node:http');
const vm = require('node:vm');

const { answer, sizeOf, MOST_BYTES } = require('./answer.js');

/** Headers that no function may set. */
const BLACKLIST = new RegExp(`^(${[
  'connection', 'expect', 'keep-alive', 'proxy-.*', 'trailer', 'transfer-encoding', 'upgrade', 'via', 'x-accel-.*', 'x-amz-cf-.*',
  'x-amzn-.*', 'x-cache', 'x-edge-.*', 'x-forwarded-proto', 'x-real-ip',
].join('|')})$`);

const DOMAIN = 'd111111abcdef8.cloudfront.net';
const CLIENT = '203.0.113.178';

const values = (headers) => Object.fromEntries(Object.entries(headers).map(([name, [{ value }]]) => [name, value]));
const lines = (headers) => Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [{ key, value: String(value) }]]));

/** Loads the text of a CloudFront Function as CloudFront does: alone, with no way to the outside. */
function cloudFrontFunction(text) {
  const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  vm.runInContext(text, context, { timeout: 1000 });
  return context.handler;
}

/** A query as CloudFront Functions see it, its escapes as they were sent. */
function parsed(query) {
  // No prototype, as a name may be that of a property that all objects have.
  const parts = Object.create(null);
  for (const [, name, value] of query.matchAll(/(?:^|&)([^&=]+)=?([^&]*)/g)) {
    if (parts[name] === undefined) {
      parts[name] = { value };
    } else {
      parts[name].multiValue ??= [{ value: parts[name].value }];
      parts[name].multiValue.push({ value });
    }
  }
  return parts;
}

/** The parameters of the cache policy alone, in the order of the query: others neither count for the cache nor reach the origin. */
function forwarded(query, names) {
  const given = Object.keys(query).filter((name) => names.includes(name));
  const pairs = given.flatMap((name) => (query[name].multiValue ?? [query[name]]).map(({ value }) => [name, value]));
  return pairs.map((pair) => pair.join('=')).join('&');
}

/** Answers that are kept; beyond that the oldest goes. */
const MOST_KEPT = 10_000;

/** Methods of the template. */
const METHODS = ['GET', 'HEAD'];

/** Errors that CloudFront caches where a header says so. */
const CACHED_ERRORS = [400, 403, 404, 405, 412, 414, 415, 500, 501, 502, 503, 504];

/** How many milliseconds a response may be cached. Errors without a header are cached for no time, as the template has it for 5xx. */
function lifetime({ status, headers }) {
  const control = headers['cache-control']?.[0].value ?? '';
  const isCached = status < 400 || CACHED_ERRORS.includes(Number(status));
  return isCached && !control.includes('no-store') ? 1000 * Number(/max-age=([0-9]+)/.exec(control)?.[1] ?? 0) : 0;
}

class CloudFront {
  /** Runs of each trigger, and answers from the cache. */
  runs = { hits: 0, 'viewer-request': 0, 'origin-request': 0, 'origin-response': 0, 'viewer-response': 0 };
  #cache = new Map();
  #coming = new Map();
  #served = 0;

  /** Triggers by their names; the viewer's ones are the texts of CloudFront Functions, the origin's ones handlers. */
  constructor({ triggers, cachePolicy, origin, responseHeaders = {} }) {
    this.viewerRequest = cloudFrontFunction(triggers['viewer-request'] ?? 'function handler(event) { return event.request; }');
    this.viewerResponse = cloudFrontFunction(triggers['viewer-response'] ?? 'function handler(event) { return event.response; }');
    Object.assign(this, { triggers, cachePolicy, origin, responseHeaders });
  }

  /** Answers a request: headers by their names, the body as a Buffer. */
  async request({ method = 'GET', uri, querystring = '', headers = {} }) {
    if (!METHODS.includes(method)) {
      return { status: 403, headers: { 'content-type': 'text/plain' }, body: Buffer.from('This method is not allowed.') };
    }
    const request = this.#viewed('viewer-request', { request: {
      method, uri, querystring: parsed(querystring), cookies: {},
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])),
    } });
    const cached = await this.#cached({
      clientIp: CLIENT, method, uri: request.uri,
      querystring: forwarded(request.querystring, this.cachePolicy.queryStrings),
      headers: this.#kept(request.headers),
    });
    const given = { ...values(cached.headers), ...this.responseHeaders };
    const response = this.#viewed('viewer-response', { request, response: {
      statusCode: Number(cached.status),
      headers: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value }])),
    } });
    const shown = Object.entries(response.headers).map(([name, { value }]) => [name, value]);
    return { status: response.statusCode, headers: Object.fromEntries(shown), body: cached.body };
  }

  /** Runs a trigger of the viewer. */
  #viewed(eventType, about) {
    this.runs[eventType] += 1;
    const run = eventType === 'viewer-request' ? this.viewerRequest : this.viewerResponse;
    this.#served += eventType === 'viewer-request' ? 1 : 0;
    const context = { distributionDomainName: DOMAIN, distributionId: 'EDFDVBD6EXAMPLE', eventType, requestId: this.#requestId };
    return run({ version: '1.0', context, viewer: { ip: CLIENT }, ...about });
  }

  get #requestId() {
    return `${String(this.#served).padStart(52, '0')}==`;
  }

  #kept(headers) {
    const names = this.cachePolicy.headers.filter((name) => headers[name] !== undefined);
    return lines(Object.fromEntries(names.map((name) => [name, headers[name].value])));
  }

  /** The response from the cache; those who ask for one that is on its way wait for it. */
  async #cached(request) {
    const { method, uri, querystring, headers } = request;
    const key = JSON.stringify([method, uri, querystring, values(headers)]);
    const found = this.#cache.get(key);
    if (found?.until > Date.now()) {
      this.runs.hits += 1;
      return found.response;
    }
    if (!this.#coming.has(key)) {
      this.#coming.set(key, this.#fetched(request).finally(() => this.#coming.delete(key)));
    }
    const response = await this.#coming.get(key);
    this.#keep(key, response);
    return response;
  }

  #keep(key, response) {
    const time = lifetime(response);
    this.#cache.delete(key);
    if (time > 0) {
      this.#cache.set(key, { response, until: Date.now() + time });
    }
    if (this.#cache.size > MOST_KEPT) {
      this.#cache.delete(this.#cache.keys().next().value);
    }
  }

  /** How many answers are kept. */
  get kept() {
    return this.#cache.size;
  }

  /** Asks the origin, by way of the functions. */
  async #fetched(request) {
    const origin = { s3: {
      authMethod: 'none', customHeaders: lines(this.origin.customHeaders), path: '', region: '',
      domainName: `${this.origin.bucket}.s3.us-east-1.amazonaws.com`,
    } };
    const host = lines({ host: origin.s3.domainName });
    const asked = await this.#run('origin-request', { request: { ...request, headers: { ...request.headers, ...host }, origin } });
    if (asked.status !== undefined) {
      return asked;
    }
    const { body, ...response } = await this.#ask(asked);
    const given = await this.#run('origin-response', { request: asked, response });
    // A function that makes no body lets that of the origin pass.
    return given.body === undefined ? { ...given, body } : given;
  }

  /** Runs a trigger of the origin. Its answer is held to what CloudFront takes. */
  async #run(eventType, about) {
    const run = this.triggers[eventType];
    if (run === undefined) {
      return about.response ?? about.request;
    }
    this.runs[eventType] += 1;
    const config = { distributionDomainName: DOMAIN, distributionId: 'EDFDVBD6EXAMPLE', eventType, requestId: this.#requestId };
    const given = await run({ Records: [{ cf: { config, ...structuredClone(about) } }] });
    if (given.status === undefined || given.body === undefined) {
      return given;
    }
    const isFine = sizeOf(given) <= MOST_BYTES && !Object.keys(given.headers).some((name) => BLACKLIST.test(name));
    const taken = isFine ? given : answer(502, { 'content-type': 'text/plain' }, 'The function gave an invalid response.');
    return { ...taken, body: Buffer.from(taken.body, taken.bodyEncoding === 'base64' ? 'base64' : 'utf8') };
  }

  async #ask({ method, uri }) {
    const response = await fetch(`${this.origin.endpoint}/${this.origin.bucket}${uri}`, { method, headers: this.origin.headers });
    const passed = ['content-type', 'cache-control', 'etag', 'last-modified'].filter((name) => response.headers.has(name));
    const headers = lines(Object.fromEntries(passed.map((name) => [name, response.headers.get(name)])));
    const body = Buffer.from(await response.arrayBuffer());
    return { status: String(response.status), statusDescription: response.statusText, headers, body };
  }

  /** A server on loopback; gives it with its address. */
  async listen(port = 0) {
    const server = http.createServer(async (request, response) => {
      const [uri, querystring] = request.url.split('?', 2);
      try {
        const { status, headers, body } = await this.request({ method: request.method, uri, querystring, headers: request.headers });
        response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
      } catch (error) {
        response.writeHead(502, { 'content-type': 'text/plain' }).end(error.message);
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return { server, url: `http://127.0.0.1:${server.address().port}` };
  }
}

module.exports = { CloudFront, cloudFrontFunction, parsed };
