import { defineTestConfig } from '@bank/testing/vitest';

export default defineTestConfig({ include: ['**/*.test.ts'] });
