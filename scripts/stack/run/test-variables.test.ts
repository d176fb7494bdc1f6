import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { exportLines } from '#stack/run/test-variables.ts';

it('a shell that has what pnpm test:stores prints has the variables as they are', () => {
  const variables = { TEST_REDIS_URL: 'redis://a:b@127.0.0.1:1', TEST_POSTGRES_URL: `postgres://it's $HOME?x=1&y=2` };
  const lines = exportLines(variables);
  expect(lines).toMatch(/^export TEST_REDIS_URL=/);
  const said = execFileSync('sh', ['-c', `${lines}printf '%s\\n' "$TEST_REDIS_URL" "$TEST_POSTGRES_URL"`]);
  expect(said.toString().trimEnd().split('\n')).toEqual(Object.values(variables));
});
