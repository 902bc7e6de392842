'use strict';

// Makes the CloudFront Function that runs before the cache: the library's, which puts a token in place of Accept, and the query in
// the spelling that all requests for one picture share. CloudFront runs text of its own, at most 10 KB, so the library cannot come along;
// where this and the library disagree, the cache has a picture twice, and the picture is right all the same.

const { edgeFunction } = require('makeready');

/** A part of a path with the escapes that it has to have: each letter may come as one. What is no UTF-8 goes on as it is. */
function plain(part) {
  try {
    return encodeURIComponent(decodeURIComponent(part));
  } catch (error) {
    return part;
  }
}

/** A value without escapes, where it needs none. */
function unescaped(value) {
  var text = plain(value);
  return /^[\w.,-]*$/.test(text) ? text : value;
}

/** The parameters that a picture is made of, each in one spelling, in one order; others neither count for the cache nor reach the origin. */
function known(query, names) {
  var made = {};
  names.forEach(function (name) {
    var given = query[name];
    if (given) {
      made[name] = given.multiValue ? given : { value: unescaped(given.value) };
    }
  });
  if (made.f && made.f.value === 'jpg') {
    made.f = { value: 'jpeg' };
  }
  return made;
}

/** Puts the step of the policy in place of `w` and `dpr`. A query with another side, or that the library would refuse, goes on as it is. */
function canonical(query, widths, maxDpr) {
  var width = query.w;
  var ratio = query.dpr || { value: '1' };
  var isOnce = width && !width.multiValue && !ratio.multiValue;
  var isPlain = isOnce && /^[1-9][0-9]{0,4}$/.test(width.value) && /^[0-9]{1,2}(\.[0-9]{1,2})?$/.test(ratio.value);
  if (!isPlain || query.h || Number(ratio.value) < 0.1 || Number(ratio.value) > maxDpr) {
    return query;
  }
  var asked = Math.max(1, Math.round(Number(width.value) * Number(ratio.value)));
  var step = widths.find(function (width) {
    return width >= asked;
  });
  if (step !== undefined) {
    query.w = { value: String(step) };
    delete query.dpr;
  }
  return query;
}

/** The whole of the function. A format that is named leaves nothing to negotiate. */
function viewerRequest({ formats, parameters, widths = [], maxDpr = 10 }) {
  return `var withToken = (function () {
${edgeFunction(formats)}
return handler;
})();
${plain}
${unescaped}
${known}
${canonical}
function handler(event) {
  var request = withToken(event);
  request.uri = request.uri.split('/').map(plain).join('/');
  var query = known(request.querystring, ${JSON.stringify(parameters)});
  request.querystring = canonical(query, ${JSON.stringify(widths)}, ${maxDpr});
  if (request.querystring.f) {
    request.headers['x-accept-token'] = { value: 'named' };
  }
  return request;
}
`;
}

module.exports = { viewerRequest };
