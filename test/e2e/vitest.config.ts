import { defineTestConfig } from '@bank/testing/vitest';

// One stack at a time: ten processes and their gateway keep two cores busy, and some tests say within which time they answer.
export default defineTestConfig({ maxWorkers: 1 });
