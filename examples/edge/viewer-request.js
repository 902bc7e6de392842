'use strict';

// Makes the CloudFront Function that runs before the cache: the library's, which puts a token in place of Accept, and the query in
// the spelling that all requests for one picture share. CloudFront runs text of its own, at most 10 KB, so the library cannot come along;
// where this and the library disagree, the cache has a picture twice, and the picture is right all the same.

const { edgeFunction } = require('makeready');

/** Puts the step of the policy in place of `w` and `dpr`. A query with another side, or that the library would refuse, goes on as it is. */
function canonical(query, widths, maxDpr) {
  var width = query.w;
  var ratio = query.dpr || { value: '1' };
  var isOnce = width && !width.multiValue && !ratio.multiValue;
  var isPlain = isOnce && /^[1-9][0-9]{0,4}$/.test(width.value) && /^[1-9](\.[0-9]{1,2})?$/.test(ratio.value);
  if (!isPlain || query.h || Number(ratio.value) > maxDpr) {
    return query;
  }
  var asked = Math.round(Number(width.value) * Number(ratio.value));
  var step = widths.find(function (width) {
    return width >= asked;
  });
  if (step === undefined) {
    return query;
  }
  var made = Object.assign({}, query, { w: { value: String(step) } });
  delete made.dpr;
  return made;
}

/** The whole of the function. A format that is named leaves nothing to negotiate. */
function viewerRequest({ formats, widths = [], maxDpr = 10 }) {
  return `var withToken = (function () {
${edgeFunction(formats)}
return handler;
})();
${canonical}
function handler(event) {
  var request = withToken(event);
  request.querystring = canonical(request.querystring, ${JSON.stringify(widths)}, ${maxDpr});
  if (request.querystring.f) {
    request.headers['x-accept-token'] = { value: 'named' };
  }
  return request;
}
`;
}

module.exports = { viewerRequest };
