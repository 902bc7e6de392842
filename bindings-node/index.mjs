import makeready from './index.js';

export const {
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
} = makeready;

export default makeready;
