import { defineTestConfig } from '@bank/testing/vitest';

export default defineTestConfig();
