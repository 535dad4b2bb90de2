/**
 * What a changelog says of a change: what the person who made it wrote, with the commit.
 * All packages are released together, under one version, so which of our own dependencies
 * were updated says nothing.
 */
const { default: standard } = require('@changesets/cli/changelog');

module.exports = { getReleaseLine: standard.getReleaseLine, getDependencyReleaseLine: async () => '' };
