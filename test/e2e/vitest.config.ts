import { defineTestConfig } from '@bank/testing/vitest';

const shared = ['src/**', 'test/*.test.ts'];
const own = ['test/own-stack/**'];

// One stack at a time: ten processes and their gateway keep two cores busy, and some tests say within which time they answer.
// First the files that share one, which is gone with their worker, then those that have their own.
export default defineTestConfig({
  maxWorkers: 1,
  globalSetup: './src/stacks-prepared.ts',
  projects: [
    { extends: true, test: { name: 'shared stack', exclude: own, sequence: { groupOrder: 1 } } },
    { extends: true, test: { name: 'own stack', exclude: shared, sequence: { groupOrder: 2 } } },
  ],
});
