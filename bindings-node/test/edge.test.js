'use strict';

// The program of an edge: it makes the tokens that `negotiate` makes, and needs no more than CloudFront Functions have.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');
const vm = require('node:vm');
const { parse } = require('smol-toml');
const ts = require('typescript');

const { edgeFunction, negotiate } = require('../index.js');
const { inCheckout } = require('./support/files.js');

/** The token that the program of an edge puts in place of a header, of several lines or of none. */
function edge(formats) {
  const { handler } = vm.runInNewContext(`${edgeFunction(formats)}; ({ handler })`);
  return (accept) => {
    const headers = {};
    if (Array.isArray(accept)) {
      headers.accept = { value: accept[0], multiValue: accept.map((value) => ({ value })) };
    } else if (accept !== undefined) {
      headers.accept = { value: accept };
    }
    const request = { method: 'GET', uri: '/a', headers };
    assert.equal(handler({ version: '1.0', request }), request);
    return request.headers['x-accept-token'].value;
  };
}

/** Asks the edge and the library, and compares. */
function compare(formats, headers) {
  const token = edge(formats);
  for (const header of headers) {
    const expected = `token:${negotiate(header, { formats }).token}`;
    assert.equal(token(header), expected, `${JSON.stringify(header)} of ${formats}`);
  }
}

test('the cases', () => {
  const { case: cases } = parse(fs.readFileSync(inCheckout('tests/cases/serve/accept.toml'), 'utf8'));
  const plain = cases.filter(({ given, error }) =>
    error === undefined && Object.keys(given).every((name) => name === 'accept' || name === 'formats'));
  assert.ok(plain.length >= 40, `${plain.length} cases`);
  for (const { given: { accept, formats } } of plain) {
    // What is a token already comes from no client.
    if (!String(accept).startsWith('token:')) {
      compare(formats, [accept]);
    }
  }
});

/** Numbers below `end`, the same for every run. */
function dice(state) {
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

const TYPES = [
  'image/webp', 'image/jpeg', 'image/jpg', 'image/png', 'image/avif', 'image/jxl', 'image/gif', 'image/apng', 'image/*',
  '*/*', '*/webp', 'text/html', 'IMAGE/WebP', 'image/', '/webp', 'image', '',
];
const WEIGHTS = [
  '', '', ';q=0', ';q=1', ';q=0.5', '; q=0.8', ' ;Q=0.25', ';q=0.001', ';q=1.000', ';q=0.', ';q=1.1', ';q=.5', ';q=0.1234',
  ';q', ';q=', ';level=1', ';q=0.3;ext', ';q=0.3;ext="a,b;c"', ';q=0.3;q=1', ';a="\\",image/webp";q=1', ';q=0.7;x="',
];
const MARKS = [...',;=q"\\/* \t.01', 'é', '\u0000', '\u2028', ',,', ', '];

function header(below) {
  const pick = (from) => from[below(from.length)];
  const parts = Array.from({ length: below(6) }, () => pick(TYPES) + pick(WEIGHTS));
  const text = [...parts.join(pick([',', ', ', ' ,', ',,']))];
  for (let changes = below(4) * below(2); changes > 0; changes -= 1) {
    text.splice(below(text.length + 1), below(3), ...(below(2) ? [pick(MARKS)] : []));
  }
  return text.join('');
}

test('2,000 headers', () => {
  const below = dice(1);
  const headers = Array.from({ length: 2000 }, () => header(below));
  assert.ok(new Set(headers).size > 1500);
  compare(['webp', 'jpeg', 'png'], headers);
  compare(['png', 'webp'], headers.slice(0, 500));
});

test('several lines, and none', () => {
  compare(['jpeg', 'webp'], [undefined, '', ['image/webp', 'image/jpeg;q=0.5'], ['*/*']]);
});

/** What the runtime 2.0 has of the language after ES5.1 is not needed, so that it is not asked for. */
const ES5 = new Set([
  'SourceFile', 'FirstStatement', 'VariableStatement', 'VariableDeclarationList', 'VariableDeclaration', 'Identifier',
  'FunctionDeclaration', 'FunctionExpression', 'Parameter', 'Block', 'ReturnStatement', 'IfStatement', 'ForStatement',
  'WhileStatement', 'ExpressionStatement', 'CallExpression', 'PropertyAccessExpression', 'ElementAccessExpression',
  'BinaryExpression', 'PrefixUnaryExpression', 'ParenthesizedExpression', 'ConditionalExpression', 'StringLiteral',
  'NumericLiteral', 'FirstLiteralToken', 'RegularExpressionLiteral', 'ArrayLiteralExpression', 'ObjectLiteralExpression',
  'PropertyAssignment', 'TrueKeyword', 'FalseKeyword', 'EndOfFileToken', 'FirstAssignment',
]);

/** Globals, and methods of the built-in objects. */
const NAMES = new Set([
  'Math', 'Number', 'undefined', 'round', 'length', 'push', 'slice', 'map', 'forEach', 'filter', 'sort', 'join', 'indexOf',
  'test', 'toLowerCase', 'request', 'headers', 'value', 'accept', 'multiValue',
]);

test('it is ES5 without imports, and small', () => {
  const program = edgeFunction();
  assert.ok(Buffer.byteLength(program) < 10 * 1024, `${Buffer.byteLength(program)} bytes`);
  const source = ts.createSourceFile('edge.js', program, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  assert.deepEqual(source.parseDiagnostics, []);
  const own = new Set();
  const used = new Set();
  const visit = (node) => {
    const kind = ts.SyntaxKind[node.kind];
    const isMark = node.kind < ts.SyntaxKind.FirstReservedWord || node.kind >= ts.SyntaxKind.FirstFutureReservedWord;
    assert.ok(ES5.has(kind) || (isMark && node.getChildCount() === 0), `${kind}: ${node.getText()}`);
    if (ts.isVariableDeclarationList(node)) {
      assert.equal(node.flags & ts.NodeFlags.BlockScoped, 0, 'let or const');
    }
    if (ts.isIdentifier(node)) {
      const declares = (ts.isVariableDeclaration(node.parent) || ts.isParameter(node.parent)
        || ts.isFunctionDeclaration(node.parent) || ts.isPropertyAssignment(node.parent)) && node.parent.name === node;
      (declares ? own : used).add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const foreign = [...used].filter((name) => !own.has(name) && !NAMES.has(name));
  assert.deepEqual(foreign, []);
});
