'use strict';

// All that runs on loopback in place of AWS: S3 by moto, and the emulator of CloudFront with the functions in it.

const { CreateBucketCommand, PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');

const { CloudFront } = require('./cloudfront.js');
const { originRequest } = require('./origin-request.js');
const { originResponse } = require('./origin-response.js');
const settings = require('./settings.js');
const { viewerRequest } = require('./viewer-request.js');

const VENV = path.join(__dirname, '../../target/python/venv/bin');
const REGION = 'us-east-1';

/** Stands for the signature of origin access control; moto asks for one, and takes any. */
const SIGNED = `AWS4-HMAC-SHA256 Credential=loopback/20260101/${REGION}/s3/aws4_request, SignedHeaders=host, Signature=0`;

/** A program of the Python environment that the checkout's tests have; none where they have not run. */
function python(name) {
  const program = path.join(VENV, name);
  return fs.existsSync(program) ? program : undefined;
}

/** Starts an S3 server on a free port, with an empty bucket. */
async function startStore(bucket = 'pictures') {
  const moto = spawn(python('moto_server'), ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const endpoint = await new Promise((resolve, reject) => {
    let told = '';
    moto.stderr.on('data', (text) => {
      told += text;
      const found = /Running on (http:\S+)/.exec(told);
      if (found !== null) {
        resolve(found[1]);
      }
    });
    moto.once('exit', () => reject(new Error(`moto_server: ${told}`)));
  });
  const credentials = { accessKeyId: 'loopback', secretAccessKey: 'loopback' };
  const client = new S3Client({ region: REGION, endpoint, forcePathStyle: true, credentials });
  // The handlers take theirs from the environment, as every Lambda function does.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback' });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    bucket, client, endpoint,
    headers: { authorization: SIGNED },
    customHeaders: { 'x-store-bucket': bucket, 'x-store-region': REGION, 'x-store-endpoint': endpoint },
    put: (source, Body) => client.send(new PutObjectCommand({ Bucket: bucket, Key: `originals/${source}`, Body })),
    close: async () => {
      client.destroy();
      moto.kill();
      await once(moto, 'exit');
    },
  };
}

/** The distribution of deploy/template.yaml, over a store. */
function distribution(origin, changes) {
  const { options } = settings.policy;
  return new CloudFront({
    origin,
    cachePolicy: { queryStrings: options.parameters, headers: ['x-accept-token'] },
    responseHeaders: { vary: 'Accept' },
    triggers: {
      'viewer-request': viewerRequest(options),
      'origin-request': originRequest(changes),
      'origin-response': originResponse(changes),
    },
  });
}

module.exports = { distribution, python, startStore };
