'use strict';

// Runs when the store has answered: makes the picture that it has not got, keeps it there, and sends it.

const { MakereadyError, Rendition } = require('makeready');

const { FOREVER, MOST_BYTES, answer, handlerOf, sizeOf } = require('./answer.js');
const settings = require('./settings.js');
const store = require('./store.js');

/** Statuses that pass as the store has them: a picture, a part of one, that it is as before, that it has no such part. */
const PASSING = ['200', '206', '304', '416'];
/** S3 says 403 of what is not there to those who may not list the bucket. */
const MISSING = ['403', '404'];

/**
 * Makes a rendition within the policy; the plan says what it would take, and what is too much ends before it is decoded.
 * A film is as large as it is: only the quality of a still picture is lowered to fit.
 */
function render(rendition, data, { policy, maxBytes, background }) {
  const { format, quality } = rendition;
  const pipeline = rendition.pipeline(data, policy);
  const moves = pipeline.plan().frames > 1;
  const shown = format === 'jpeg' ? pipeline.flatten(background) : pipeline;
  return shown.encode(format, { quality, ...(format !== 'png' && !moves && { maxBytes }) }).run();
}

/** The picture itself; where it is too large for an answer, the way to it, in the store by now. */
function send(rendition, source, { data, contentType }, method) {
  const body = method === 'HEAD' ? '' : data.toString('base64');
  const picture = answer(200, { 'content-type': contentType, 'cache-control': FOREVER }, body, 'base64');
  if (sizeOf(picture) <= MOST_BYTES) {
    return picture;
  }
  const path = source.split('/').map(encodeURIComponent).join('/');
  return answer(302, { location: `/${path}?${rendition}`, 'cache-control': 'no-store' });
}

/** The handler, by settings that may differ. */
function originResponse(changes) {
  const options = { ...settings, make: render, ...changes };
  const { policy, log, make } = options;
  return handlerOf(async (request, response, line) => {
    if (PASSING.includes(response.status)) {
      return response;
    }
    if (!MISSING.includes(response.status)) {
      throw new MakereadyError('io', `the store answers ${response.status}`);
    }
    const key = request.uri.slice(1);
    const rendition = Rendition.fromKey(key, policy);
    const source = Rendition.sourceOf(key);
    const place = { ...settings.storeOf(request), seconds: options.storeSeconds };
    const data = await store.original(place, source, policy.options.maxInputBytes);
    const since = performance.now();
    const output = await make(rendition, data, options);
    Object.assign(line, { input: data.length, output: output.data.length, render: Math.round(performance.now() - since) });
    await store.keep(place, key, output);
    return send(rendition, source, output, request.method);
  }, log);
}

module.exports = { handler: originResponse(), originResponse };
