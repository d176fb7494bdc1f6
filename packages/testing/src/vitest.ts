import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

type TestOptions = NonNullable<ViteUserConfig['test']>;

/**
 * The vitest configuration of every package and app: pure tests beside the source, tests on real services in `test/`.
 * Two forked workers, no globals; what a run created in the services is removed when it ends. Timeouts are milliseconds.
 */
export function defineTestConfig({ globalSetup = [], ...overrides }: TestOptions = {}): ViteUserConfig {
  return defineConfig({
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      pool: 'forks',
      maxWorkers: 2,
      // A worker keeps the modules it has loaded, which take longer than the tests of most files. What a file changes of its
      // process it puts back.
      isolate: false,
      // What one package has transformed is there for all that import it, and for the next run.
      fsModuleCache: true,
      globals: false,
      testTimeout: 20_000,
      hookTimeout: 60_000,
      teardownTimeout: 20_000,
      globalSetup: [fileURLToPath(new URL('./run/global-setup.ts', import.meta.url)), ...[globalSetup].flat()],
      coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts', 'src/gen/**'] },
      ...overrides,
    },
  });
}
