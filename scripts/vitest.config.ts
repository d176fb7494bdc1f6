import { defineTestConfig } from '@bank/testing/vitest';

// The checks are tried with their real tools on copies of the repository: seconds each, more on a busy machine.
export default defineTestConfig({
  include: ['**/*.test.ts'],
  testTimeout: 60_000,
  coverage: { provider: 'v8', include: ['*/**/*.ts'], exclude: ['**/*.test.ts'] },
});
