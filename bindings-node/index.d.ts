/** Stitches, resizes, crops and encodes images in-process, as a planned pipeline that works in bands. */

export * from './types/inputs.js';
export * from './types/options.js';
export * from './types/results.js';
export * from './types/pipeline.js';
export * from './types/jobs.js';
export * from './types/serve.js';
