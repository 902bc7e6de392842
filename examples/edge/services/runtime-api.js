'use strict';

// A Lambda Runtime API on loopback: hands events to a runtime client, one at a time, and takes its answers.

const { randomUUID } = require('node:crypto');
const { once } = require('node:events');
const http = require('node:http');

/** The time that a function at the edge has, in milliseconds. */
const TIMEOUT = 30_000;

class RuntimeApi {
  /** Events that wait for a client, and clients that wait for an event. */
  #events = [];
  #clients = [];
  /** Ends of the invocations that run, by their ids. */
  #running = new Map();

  async listen() {
    this.server = http.createServer((request, response) => this.#route(request, response));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `127.0.0.1:${this.server.address().port}`;
  }

  /** The answer of the function to an event. */
  invoke(event) {
    return new Promise((resolve, reject) => {
      const id = randomUUID();
      this.#running.set(id, { resolve, reject });
      this.#events.push({ id, event });
      this.#hand();
    });
  }

  #hand() {
    while (this.#events.length > 0 && this.#clients.length > 0) {
      const { id, event } = this.#events.shift();
      const headers = {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': id,
        'lambda-runtime-deadline-ms': String(Date.now() + TIMEOUT),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:edge:1',
      };
      this.#clients.shift().writeHead(200, headers).end(JSON.stringify(event));
    }
  }

  async #route(request, response) {
    const [, id, way] = /^\/2018-06-01\/runtime\/(?:invocation\/)?([^/]+)(?:\/(\w+))?$/.exec(request.url);
    if (id === 'next') {
      this.#clients.push(response);
      return this.#hand();
    }
    const text = Buffer.concat(await request.toArray()).toString();
    response.writeHead(202).end();
    const { resolve, reject } = this.#running.get(id) ?? { reject: (error) => this.server.emit('error', error) };
    return way === 'response' ? resolve(JSON.parse(text)) : reject(new Error(text));
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

module.exports = { RuntimeApi };
