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

/** The bytes of an original. One that is too long is refused by its header, before its bytes are here. */
async function original(store, source, most) {
  const get = new GetObjectCommand({ Bucket: store.bucket, Key: `originals/${source}` });
  const controller = new AbortController();
  const { Body, ContentLength } = await clientOf(store).send(get, { abortSignal: controller.signal }).catch((error) => {
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

/** Stores a rendition, unless another place was faster: a key has the same bytes wherever they are made. */
async function keep({ bucket, ...store }, key, { data, contentType }) {
  const put = { Bucket: bucket, Key: key, Body: data, ContentType: contentType, CacheControl: FOREVER, IfNoneMatch: '*' };
  try {
    await clientOf(store).send(new PutObjectCommand(put));
  } catch (error) {
    if (error.name !== 'PreconditionFailed' && error.name !== 'ConditionalRequestConflict') {
      throw error;
    }
  }
}

module.exports = { keep, original };
