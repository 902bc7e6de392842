import makeready from './index.js';

export const {
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
  planAll,
  probe,
  runAll,
  sign,
  verify,
} = makeready;

export default makeready;
