import { defineTestConfig } from '@bank/testing/vitest';

// The checks are tried with their real tools on copies of the repository: seconds each, and many more beside the end-to-end tests.
export default defineTestConfig({
  include: ['**/*.test.ts'],
  testTimeout: 180_000,
  hookTimeout: 180_000,
  coverage: { provider: 'v8', include: ['*/**/*.ts'], exclude: ['**/*.test.ts'] },
});
