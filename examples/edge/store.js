'use strict';

// The store: originals below `originals/`, renditions below `v1/` by their keys.

const { GetObjectCommand, PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');
const { MakereadyError } = require('makeready');

const { FOREVER, NotFound } = require('./answer.js');

/** One client a store: it keeps its connections from one request to the next. */
const clients = new Map();

function clientOf({ region, endpoint }) {
  const name = `${region} ${endpoint}`;
  if (!clients.has(name)) {
    clients.set(name, new S3Client({ region, endpoint, forcePathStyle: endpoint !== undefined }));
  }
  return clients.get(name);
}

/** Asks the store, tries again and bytes included, for no longer than its seconds: else Lambda ends the function, without an answer. */
async function inTime({ seconds }, ask) {
  const signal = AbortSignal.timeout(1000 * seconds);
  try {
    return await ask(signal);
  } catch (error) {
    throw signal.aborted ? new MakereadyError('io', `the store did not answer within ${seconds} s`, { cause: error }) : error;
  }
}

/** The bytes of an original. One that is too long is refused by its header, before its bytes are here. */
async function read(store, source, most, signal) {
  const get = new GetObjectCommand({ Bucket: store.bucket, Key: `originals/${source}` });
  const controller = new AbortController();
  const abortSignal = AbortSignal.any([controller.signal, signal]);
  const { Body, ContentLength } = await clientOf(store).send(get, { abortSignal }).catch((error) => {
    throw error.name === 'NoSuchKey' ? new NotFound(`there is no picture ${source}`) : error;
  });
  if (ContentLength > most) {
    // Ends the connection; to destroy the body alone would leave it open.
    Body.once('error', () => {});
    controller.abort();
    const message = `max_input_bytes is ${most}, this needs ${ContentLength}`;
    throw new MakereadyError('limit_exceeded', message, { limit: 'max_input_bytes' });
  }
  return Body.transformToByteArray();
}

const original = (store, source, most) => inTime(store, (signal) => read(store, source, most, signal));

/** Stores a rendition, unless another place was faster: a key has the same bytes wherever they are made. */
async function keep(store, key, { data, contentType }) {
  const put = { Bucket: store.bucket, Key: key, Body: data, ContentType: contentType, CacheControl: FOREVER, IfNoneMatch: '*' };
  try {
    await inTime(store, (abortSignal) => clientOf(store).send(new PutObjectCommand(put), { abortSignal }));
  } catch (error) {
    if (error.name !== 'PreconditionFailed' && error.name !== 'ConditionalRequestConflict') {
      throw error;
    }
  }
}

module.exports = { keep, original };
