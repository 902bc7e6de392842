#!/usr/bin/env bash
# Builds the example and deploys a stage of it: deploy.sh dev|prod
# Needs the AWS CLI with credentials, and ARTIFACTS, the name of a bucket in us-east-1 that takes the packages.
set -euo pipefail
cd "$(dirname "$0")/.."

stage=${1:?a stage, dev or prod}
stack=makeready-edge-$stage
export AWS_REGION=us-east-1

node deploy/build.js
aws cloudformation package --template-file build/template.yaml --output-template-file build/packaged.yaml \
  --s3-bucket "${ARTIFACTS:?a bucket in us-east-1}" --s3-prefix makeready-edge
aws cloudformation deploy --template-file build/packaged.yaml --stack-name "$stack" --parameter-overrides "Stage=$stage" \
  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset
aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Outputs' --output table
