'use strict';

// Runs functions as Lambda starts them: a process with the variables that Lambda reserves and no others, over a Runtime API.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

const { RuntimeApi } = require('./runtime-api.js');

const MODULES = path.join(__dirname, 'node_modules');

/** The function in Rust, as `make test-services` builds it. */
const PROGRAM = path.join(__dirname, '../../../target/release/makeready-example-edge');

const RESERVED = {
  AWS_ACCESS_KEY_ID: 'loopback',
  AWS_SECRET_ACCESS_KEY: 'loopback',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
  AWS_LAMBDA_FUNCTION_NAME: 'edge',
  AWS_LAMBDA_FUNCTION_VERSION: '1',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/us-east-1.edge',
  AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
};

/** A handler of the package, in AWS's client for Node. */
const nodeFunction = (folder, handler) => ({
  command: [path.join(MODULES, '.bin/node'), '--no-warnings', path.join(MODULES, 'aws-lambda-ric/index.mjs'), handler],
  env: { LAMBDA_TASK_ROOT: folder, _HANDLER: handler },
});

/** The function in Rust, which is its own client; it may have variables of its own. */
const rustFunction = (program, { bucket, endpoint }) => ({
  command: [program],
  env: { STORE_BUCKET: bucket, AWS_REGION: 'us-east-1', AWS_ENDPOINT: endpoint, AWS_ALLOW_HTTP: 'true' },
});

/** Starts a function, runs `work` with a call of it and its process, and ends it; gives what it logged. */
async function inRuntime({ command: [program, ...options], env }, work) {
  const api = new RuntimeApi();
  const all = { ...RESERVED, ...env, AWS_LAMBDA_RUNTIME_API: await api.listen() };
  const runtime = spawn(program, options, { cwd: env.LAMBDA_TASK_ROOT, env: all, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(runtime, 'exit').then(([code]) => Promise.reject(new Error(`the function ended with ${code}`)));
  let log = '';
  runtime.stdout.on('data', (text) => (log += text));
  try {
    await Promise.race([work((event) => Promise.race([api.invoke(event), ended]), runtime), ended]);
  } finally {
    runtime.kill();
    await ended.catch(() => {});
    api.close();
  }
  return log;
}

/** A request of a function's URL, as Lambda hands it on. */
function urlEvent(rawPath) {
  const http = { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.178', userAgent: 'Amazon CloudFront' };
  const domainName = 'url.lambda-url.us-east-1.on.aws';
  const requestContext = {
    accountId: 'anonymous', apiId: 'url', domainName, domainPrefix: 'url', http, requestId: 'R', routeKey: '$default', stage: '$default',
    time: '01/Jan/2026:00:00:00 +0000', timeEpoch: 1767225600000,
  };
  return { version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', headers: { host: domainName }, requestContext, isBase64Encoded: false };
}

module.exports = { PROGRAM, inRuntime, nodeFunction, rustFunction, urlEvent };
