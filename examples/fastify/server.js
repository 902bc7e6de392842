'use strict';

// A render service. Tiles lie in a folder, uploads come with the request.
//
//   POST /preview    {"tiles": ["a.jpg", ...], "across": 2, "width": 800}  -> a WebP of the stitched page
//   POST /rendition?width=800&format=webp    an image as the body          -> the image in that size and format
//   GET /metrics                             the figures of the library's queue, for Prometheus
//
// Jobs run in that queue: short ones first, within the memory that MAKEREADY_MEMORY says. Where it is full, the answer is 503 with
// Retry-After.

const path = require('node:path');

const fastify = require('fastify');
const { MakereadyError, Pipeline, jobStats } = require('makeready');

/** Runs a pipeline and answers with its output; no longer than to the deadline, or than its client waits. */
async function send(pipeline, deadline, reply) {
  const controller = new AbortController();
  const gone = () => reply.raw.writableEnded || controller.abort(new Error('the client went away'));
  reply.raw.once('close', gone);
  try {
    const output = await pipeline.deadline(deadline).run({ signal: controller.signal });
    reply.type(output.contentType);
    if (output.vary !== undefined) {
      reply.header('vary', output.vary);
    }
    return reply.send(output.data);
  } finally {
    reply.raw.off('close', gone);
  }
}

/** A tile by its name alone: no name leads out of the folder. */
function tile(folder, name) {
  if (path.basename(name) !== name) {
    throw new MakereadyError('invalid_option', `a tile is the name of a file, found ${name}`);
  }
  return path.join(folder, name);
}

const size = { type: 'integer', minimum: 1, maximum: 4000 };

const preview = {
  body: {
    type: 'object',
    required: ['tiles'],
    properties: {
      tiles: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 64 },
      across: { ...size, default: 2 },
      width: { ...size, default: 800 },
    },
  },
};

const rendition = {
  querystring: {
    type: 'object',
    properties: {
      width: size,
      height: size,
      fit: { type: 'string' },
      format: { type: 'string', default: 'jpeg' },
      quality: { type: 'integer' },
    },
  },
};

/** The service, over the tiles of a folder; a job may take so many milliseconds, the time that it waits included. */
function service({ tiles, deadline = 10_000, logger = false }) {
  const app = fastify({ logger, bodyLimit: 64 << 20 });
  app.addContentTypeParser(/^image\/|^application\/octet-stream/, { parseAs: 'buffer' }, (request, body, done) =>
    done(null, body));

  app.post('/preview', { schema: preview }, (request, reply) => {
    const { tiles: names, across, width } = request.body;
    const page = Pipeline.stitch(names.map((name) => tile(tiles, name)), { across });
    return send(page.resize({ width }).encode('webp', { quality: 80 }), deadline, reply);
  });

  app.post('/rendition', { schema: rendition }, (request, reply) => {
    const { width, height, fit, format, quality } = request.query;
    const upload = Pipeline.open(request.body ?? Buffer.alloc(0));
    const sized = width || height ? upload.resize({ width, height, fit, withoutEnlargement: true }) : upload;
    return send(sized.encode(format, { quality }), deadline, reply);
  });

  app.get('/metrics', (request, reply) => reply.type('text/plain; version=0.0.4').send(jobStats().prometheus()));

  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof MakereadyError)) {
      const { statusCode = 500, message } = error;
      return reply.code(statusCode).send({ code: 'bad_request', message });
    }
    const { code, message, input, limit, retryAfter, httpStatus } = error;
    if (retryAfter !== undefined) {
      reply.header('retry-after', Math.ceil(retryAfter / 1000));
    }
    return reply.code(httpStatus).send({ code, message, input, limit });
  });

  return app;
}

if (require.main === module) {
  const tiles = process.env.TILES ?? path.join(__dirname, '../tiles');
  service({ tiles, logger: true }).listen({ port: Number(process.env.PORT ?? 8080) });
}

module.exports = { service };
