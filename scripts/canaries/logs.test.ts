import { expect, it } from 'vitest';
import { searchLogs } from '#canaries/logs.ts';
import { canary } from '#canaries/mark.ts';
import { inWorkspace } from '#test/small-workspace.ts';

it('SR-85 finds a canary in a log of any stack, and reads nothing but logs', async () => {
  const files = {
    'test/logs/postgres.log': `DETAIL:  Failing row contains (1, ${canary('model')}).\n`,
    'test/logs/redis.log': 'Ready to accept connections\n',
    'test/data/other.log': canary('password'),
    'logs/auth.log': `{"body":"${Buffer.from(canary('reason')).toString('base64')}"}`,
  };
  const { files: read, finds } = await inWorkspace(files, async (root) => searchLogs(root));
  expect(read).toHaveLength(3);
  expect(finds).toHaveLength(2);
  const text = finds.join('\n');
  expect(text).toContain('a canary (as it is) in test/logs/postgres.log: DETAIL:  Failing row contains (1, »');
  expect(text).toContain('a canary (in Base64) in logs/auth.log: ');
});
