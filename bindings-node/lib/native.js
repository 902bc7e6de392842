'use strict';

// Loads the addon: the one that was built in a checkout, else that of the package for this platform. Which C
// library a Linux has is not asked, that takes longer than the rest of the loading: npm installs the
// package of the right one only, and where both are there, the wrong one does not load.

const KINDS = { linux: ['-gnu', '-musl'], win32: ['-msvc'], darwin: [''] };

function candidates() {
  const name = `${process.platform}-${process.arch}`;
  const kinds = KINDS[process.platform] ?? [''];
  return kinds.flatMap((kind) => [`../makeready.${name}${kind}.node`, `makeready-${name}${kind}`]);
}

function load() {
  const tried = [];
  for (const candidate of candidates()) {
    try {
      return require(candidate);
    } catch (error) {
      tried.push(`  ${candidate}: ${error.message.split('\n')[0]}`);
    }
  }
  const { platform, arch } = process;
  throw new Error(
    `makeready has no addon for ${platform} ${arch}. Tried:\n${tried.join('\n')}\n` +
      'In a checkout: npm install builds it. Else: install with optional dependencies ' +
      '(npm install --include=optional), on the platform it is to run on ' +
      `(or with --os=${platform} --cpu=${arch}).`,
  );
}

module.exports = load();
