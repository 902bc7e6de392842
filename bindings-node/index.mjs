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
  placeholder,
  planAll,
  probe,
  runAll,
  sign,
  stats,
  verify,
} = makeready;

export default makeready;
