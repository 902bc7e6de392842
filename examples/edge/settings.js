'use strict';

// The settings. Lambda@Edge has no environment variables. The policy is baked in: the viewer-request function is made of it, so all
// three functions change and roll back together. The store comes as headers of the origin, so one package serves every stage.

const { Policy } = require('makeready');

const { policy, store_seconds: storeSeconds, max_bytes: maxBytes, background } = require('./settings.json');

/** The store of a request. Only an emulator names an endpoint; a viewer has no way to set headers of the origin. */
function storeOf({ origin }) {
  const value = (name) => origin.s3.customHeaders[name]?.[0].value;
  return {
    bucket: value('x-store-bucket'),
    region: value('x-store-region'),
    endpoint: value('x-store-endpoint'),
  };
}

module.exports = { background, maxBytes, policy: Policy.fromJson(JSON.stringify(policy)), storeOf, storeSeconds };
