'use strict';

// The types: over samples of a module and of CommonJS, and name by name against the module.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const ts = require('typescript');

const makeready = require('../index.js');

test('the types fit their use', () => {
  const tsc = path.join(__dirname, '../node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', path.join(__dirname, 'types')], { stdio: 'inherit' });
});

/** The values that the files of `types` export: the names of each class, of others none. */
function declared() {
  const folder = path.join(__dirname, '../types');
  const statements = fs.readdirSync(folder).flatMap((name) => {
    const text = fs.readFileSync(path.join(folder, name), 'utf8');
    return [...ts.createSourceFile(name, text, ts.ScriptTarget.ES2022).statements];
  });
  const values = new Map();
  for (const statement of statements) {
    if (ts.isClassDeclaration(statement)) {
      const members = statement.members.filter((member) => ts.isMethodDeclaration(member));
      values.set(statement.name.text, new Set(members.map((member) => member.name.text)));
    } else if (ts.isFunctionDeclaration(statement)) {
      values.set(statement.name.text, new Set());
    } else if (ts.isVariableStatement(statement)) {
      statement.declarationList.declarations.forEach(({ name }) => values.set(name.text, new Set()));
    }
  }
  return values;
}

/** The methods of a class and of those it extends, static ones included. */
function methods(value) {
  const names = new Set();
  const add = (object, without) => Object.getOwnPropertyNames(object)
    .filter((name) => !without.includes(name) && typeof object[name] === 'function')
    .forEach((name) => names.add(name));
  for (let each = value; each !== Function.prototype && each !== Error; each = Object.getPrototypeOf(each)) {
    add(each, ['prototype', 'length', 'name']);
    add(each.prototype, ['constructor']);
  }
  return names;
}

test('every name has a type, and every type a name', () => {
  const types = declared();
  assert.deepEqual([...types.keys()].sort(), Object.keys(makeready).sort());
  for (const [name, members] of types) {
    const value = makeready[name];
    const found = /^class /.test(Function.prototype.toString.call(typeof value === 'function' ? value : () => {}))
      ? methods(value)
      : new Set();
    assert.deepEqual([...members].sort(), [...found].sort(), name);
  }
});
