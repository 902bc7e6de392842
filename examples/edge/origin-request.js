'use strict';

// Runs when the cache has not got a picture: turns path, query and Accept into the key that the picture has in the store.

const { Rendition, negotiate } = require('makeready');

const { handlerOf } = require('./answer.js');
const settings = require('./settings.js');

/** The rendition that is asked for, in the best format that the client accepts. */
function renditionOf({ querystring, headers }, policy) {
  const rendition = Rendition.parse(querystring, policy);
  if (rendition.format !== undefined) {
    return rendition;
  }
  const token = headers['x-accept-token']?.[0].value;
  return rendition.withFormat(negotiate(token, { formats: policy.options.formats }).format);
}

/** The handler, by settings that may differ. */
function originRequest(changes) {
  const { policy, log } = { ...settings, ...changes };
  return handlerOf((request, response, line) => {
    const key = renditionOf(request, policy).key(decodeURIComponent(request.uri.slice(1)));
    line.key = key;
    return { ...request, uri: `/${key}`, querystring: '' };
  }, log);
}

module.exports = { handler: originRequest(), originRequest };
