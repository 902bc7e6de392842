#!/usr/bin/env node
'use strict';

// The command `makeready`: `npx makeready --help` tells what it does.

const { given } = require('../lib/error.js');
const native = require('../lib/native.js');

process.exitCode = given(native.command(['makeready', ...process.argv.slice(2)]));
