// The types as CommonJS sees them; compiled, never run.

import makeready = require('makeready');

const output: Promise<makeready.Output> = makeready.Pipeline.open('a.jpg').resize(10).run();
output.then(({ contentType, timings }) => console.log(contentType, timings.total));
