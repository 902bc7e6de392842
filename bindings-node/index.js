'use strict';

const native = require('./lib/native.js');
const { MakereadyError } = require('./lib/error.js');
const { Image, Output } = require('./lib/output.js');
const {
  Pipeline,
  explainAll,
  pipelinesFromJson,
  pipelinesToJson,
  planAll,
  probe,
  runAll,
} = require('./lib/pipeline.js');

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
  explainAll,
  optimizations,
  pipelinesFromJson,
  pipelinesToJson,
  planAll,
  probe,
  runAll,
};
