import makeready from './index.js';

export const {
  Image,
  MakereadyError,
  Output,
  Pipeline,
  explainAll,
  optimizations,
  planAll,
  probe,
  runAll,
} = makeready;

export default makeready;
