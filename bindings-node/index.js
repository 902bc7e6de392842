'use strict';

const native = require('./lib/native.js');
const { MakereadyError } = require('./lib/error.js');
const { Image, Output } = require('./lib/output.js');
const {
  Pipeline,
  explainAll,
  pipelinesFromJson,
  pipelinesToJson,
  placeholder,
  planAll,
  probe,
  runAll,
  stats,
} = require('./lib/pipeline.js');
const { Policy, Rendition, edgeFunction, negotiate, sign, verify } = require('./lib/serve.js');
const { configure, jobStats } = require('./lib/queue.js');

/** The rewrite rules of a plan, by name. */
const optimizations = Object.freeze({
  names: Object.freeze(native.rules()),
  approximate: Object.freeze(native.approximateRules()),
});

module.exports = {
  Image,
  MakereadyError,
  Output,
  Pipeline,
  Policy,
  Rendition,
  configure,
  edgeFunction,
  explainAll,
  jobStats,
  negotiate,
  optimizations,
  pipelinesFromJson,
  pipelinesToJson,
  placeholder,
  planAll,
  probe,
  runAll,
  sign,
  stats,
  verify,
};
