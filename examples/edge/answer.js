'use strict';

// Answers in the shape that CloudFront reads, and the frame of both handlers.

const { STATUS_CODES } = require('node:http');

const { MakereadyError } = require('makeready');

/** Bytes of a response that a function makes, its body in base64 and its headers together. */
const MOST_BYTES = 1_048_576;

/** A picture never changes under its name; a new one has a new name. */
const FOREVER = 'public, max-age=31536000, immutable';

const title = (name) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

const headersOf = (values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [{ key: title(name), value }]]));

function answer(status, headers, body = '', bodyEncoding = 'text') {
  return { status: String(status), statusDescription: STATUS_CODES[status], headers: headersOf(headers), body, bodyEncoding };
}

/** The bytes of an answer by which CloudFront counts. */
function sizeOf({ headers, body }) {
  const lines = Object.values(headers).flat();
  return lines.reduce((sum, { key, value }) => sum + key.length + value.length + 4, body.length);
}

/** An error that the library does not have. */
class NotFound extends Error {
  code = 'not_found';
  httpStatus = 404;
}

/** Code, message and status of an error. Those that are no fault of the request tell nothing of the inside. */
function told(error) {
  if (error instanceof MakereadyError || error instanceof NotFound) {
    const { code, message, httpStatus: status, parameter, limit } = error;
    return { status, code, message, parameter: parameter ?? limit };
  }
  if (error instanceof URIError) {
    return { status: 400, code: 'invalid_option', message: 'path: expected percent-encoded UTF-8', parameter: 'path' };
  }
  return { status: 500, code: 'internal', message: 'the function failed' };
}

/** An error as JSON. Faults of the request are cached a minute, so that repeating one costs nothing; others pass. */
function problem(error) {
  const { status, ...body } = told(error);
  const cached = status < 500 ? 'public, max-age=60' : 'no-store';
  return answer(status, { 'content-type': 'application/json', 'cache-control': cached }, JSON.stringify(body));
}

/** A handler: the answer of `work`, an error as JSON, and one line of JSON in the log. */
function handlerOf(work, log = console.log) {
  return async (event) => {
    const { config, request, response } = event.Records[0].cf;
    const line = { trigger: config.eventType, requestId: config.requestId, uri: request.uri };
    const since = performance.now();
    let given;
    try {
      given = await work(request, response, line);
    } catch (error) {
      given = problem(error);
      Object.assign(line, { code: error.code ?? error.name, error: error.message });
    }
    log(JSON.stringify({ ...line, status: Number(given.status ?? 200), ms: Math.round(performance.now() - since) }));
    return given;
  };
}

module.exports = { FOREVER, MOST_BYTES, NotFound, answer, handlerOf, sizeOf };
