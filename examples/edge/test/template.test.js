'use strict';

// Holds the stack to rules that no linter has. Each is held to changes of the template that break it.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');

const { python } = require('../stand-in.js');
const { withPython } = require('./common.js');

const READ = 'import json, sys; from cfnlint.decode import decode; print(json.dumps(decode(sys.argv[1])[0], default=str))';

/** The template as an object, by the parser of cfn-lint, which knows the short forms of functions. */
function parsed() {
  const { stdout, stderr } = spawnSync(python('python'), ['-c', READ, path.join(__dirname, '../deploy/template.yaml')]);
  assert.ok(stdout.length > 0, String(stderr));
  return JSON.parse(stdout);
}

const of = (template, type) => Object.values(template.Resources).filter((resource) => resource.Type === type);
const list = (value) => (value === undefined ? [] : [value].flat());

/** All objects within a value. */
const within = (value) =>
  (typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(within)] : []);

const allowed = (value) => within(value).filter(({ Effect }) => Effect === 'Allow');

/** A resource as text: `${Bucket.Arn}/v1/*`. */
const named = (resource) => resource['Fn::Sub'] ?? (resource['Fn::GetAtt'] ? `\${${resource['Fn::GetAtt'].join('.')}}` : resource);

const isPrivate = ({ DeletionPolicy, Properties }) =>
  DeletionPolicy === 'Retain' &&
  ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
    (name) => Properties.PublicAccessBlockConfiguration?.[name] === true,
  ) &&
  Properties.OwnershipControls.Rules[0].ObjectOwnership === 'BucketOwnerEnforced' &&
  Properties.BucketEncryption !== undefined &&
  Properties.VersioningConfiguration?.Status === 'Enabled';

const RULES = {
  'actions are named': (template) => allowed(template).flatMap(({ Action }) => list(Action)).every((action) => !action.includes('*')),
  'resources are named': (template) =>
    allowed(template).flatMap(({ Resource }) => list(Resource)).map(named).every((name) => !['*', '${Bucket.Arn}/*'].includes(name)),
  'no function writes originals, and none deletes': (template) => {
    const writing = allowed(template).filter(({ Action }) => list(Action).some((action) => /^s3:(Put|Delete|Restore)/.test(action)));
    return writing.every(({ Action, Resource }) => Action === 's3:PutObject' && named(Resource) === '${Bucket.Arn}/v1/*');
  },
  'buckets are private, encrypted, versioned, and stay': (template) => of(template, 'AWS::S3::Bucket').every(isPrivate),
  'renditions are for this distribution alone': (template) =>
    of(template, 'AWS::S3::BucketPolicy').flatMap(allowed).every(({ Principal, Action, Resource, Condition }) =>
      Principal.Service === 'cloudfront.amazonaws.com' && Action === 's3:GetObject' && named(Resource) === '${Bucket.Arn}/v1/*' &&
      named(Condition?.StringEquals?.['AWS:SourceArn'] ?? '').endsWith(':distribution/${Distribution}')),
  'nothing is in the clear': (template) =>
    of(template, 'AWS::CloudFront::Distribution').every(({ Properties: { DistributionConfig: { DefaultCacheBehavior } } }) =>
      DefaultCacheBehavior.ViewerProtocolPolicy === 'redirect-to-https') &&
    of(template, 'AWS::S3::BucketPolicy').every((policy) =>
      within(policy).some(({ Effect, Condition }) => Effect === 'Deny' && Condition.Bool['aws:SecureTransport'] === 'false')),
  'origins are signed for': (template) =>
    within(of(template, 'AWS::CloudFront::Distribution')).filter(({ DomainName }) => DomainName).every(({ OriginAccessControlId }) => OriginAccessControlId) &&
    of(template, 'AWS::CloudFront::OriginAccessControl').every(({ Properties }) =>
      Properties.OriginAccessControlConfig.SigningBehavior === 'always'),
};

const statement = ({ Resources }, at) => Resources.OriginResponseRole.Properties.Policies[0].PolicyDocument.Statement[at];
const renditions = ({ Resources }) => Resources.BucketPolicy.Properties.PolicyDocument.Statement[0];
const distribution = ({ Resources }) => Resources.Distribution.Properties.DistributionConfig;

/** Changes, each with the rule that it breaks. */
const CHANGES = [
  ['actions are named', (template) => (statement(template, 0).Action = 's3:*')],
  ['actions are named', (template) => (template.Resources.Logs.Properties.PolicyDocument.Statement[0].Action = ['logs:*'])],
  ['resources are named', (template) => (statement(template, 0).Resource = '*')],
  ['resources are named', (template) => (statement(template, 0).Resource = { 'Fn::Sub': '${Bucket.Arn}/*' })],
  ['no function writes originals, and none deletes', (template) => (statement(template, 1).Resource = { 'Fn::Sub': '${Bucket.Arn}/originals/*' })],
  ['no function writes originals, and none deletes', (template) => (statement(template, 1).Action = ['s3:PutObject', 's3:DeleteObject'])],
  ['buckets are private, encrypted, versioned, and stay', ({ Resources }) => (Resources.Bucket.DeletionPolicy = 'Delete')],
  ...['PublicAccessBlockConfiguration', 'BucketEncryption', 'VersioningConfiguration'].map((name) => [
    'buckets are private, encrypted, versioned, and stay', ({ Resources }) => delete Resources.Bucket.Properties[name],
  ]),
  ['renditions are for this distribution alone', (template) => delete renditions(template).Condition],
  ['renditions are for this distribution alone', (template) => (renditions(template).Principal = '*')],
  ['renditions are for this distribution alone', (template) => (renditions(template).Resource = { 'Fn::Sub': '${Bucket.Arn}/originals/*' })],
  ['nothing is in the clear', (template) => (distribution(template).DefaultCacheBehavior.ViewerProtocolPolicy = 'allow-all')],
  ['nothing is in the clear', ({ Resources }) => Resources.BucketPolicy.Properties.PolicyDocument.Statement.pop()],
  ['origins are signed for', (template) => delete distribution(template).Origins[0].OriginAccessControlId],
  ['origins are signed for', ({ Resources }) => (Resources.OriginAccessControl.Properties.OriginAccessControlConfig.SigningBehavior = 'never')],
];

withPython('cfn-lint', 'the template keeps to the rules', () => {
  const template = parsed();
  for (const [name, holds] of Object.entries(RULES)) {
    assert.ok(holds(template), name);
  }
  assert.equal(allowed(template).length, 7);
});

withPython('cfn-lint', 'each rule is broken by changes that it is for', () => {
  const template = parsed();
  for (const [name, change] of CHANGES) {
    const changed = structuredClone(template);
    change(changed);
    assert.equal(RULES[name](changed), false, `${name}: ${change}`);
  }
  assert.deepEqual(new Set(CHANGES.map(([name]) => name)), new Set(Object.keys(RULES)));
});
