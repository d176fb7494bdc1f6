import { expect, it } from 'vitest';
import { appsUnsearched, searchLogs } from '#canaries/logs.ts';
import { canary } from '#canaries/mark.ts';
import { inWorkspace } from '#test/small-workspace.ts';

it('SR-85 finds a canary in a log of any stack, and reads nothing but logs', async () => {
  const files = {
    'test/logs/postgres.log': `DETAIL:  Failing row contains (1, ${canary('model')}).\n`,
    'test/logs/redis.log': 'Ready to accept connections\n',
    'test/logs/redis.log.1': canary('token'),
    'test/data/other.log': canary('password'),
    'logs/auth.log': `{"body":"${Buffer.from(canary('reason')).toString('base64')}"}`,
  };
  const { files: read, finds } = await inWorkspace(files, async (root) => searchLogs(root));
  expect(read).toHaveLength(4);
  expect(finds).toHaveLength(3);
  const text = finds.join('\n');
  expect(text).toContain('a canary (as it is) in test/logs/postgres.log: DETAIL:  Failing row contains (1, »');
  expect(text).toContain('a canary (as it is) in test/logs/redis.log.1: ');
  expect(text).toContain('a canary (in Base64) in logs/auth.log: ');
});

it('SR-85 tells of which app no log was searched', async () => {
  const files = Object.fromEntries(['auth', 'mfa', 'device', 'admin'].map((app) => [`e2e/logs/${app}.log`, 'ready\n']));
  const { files: read } = await inWorkspace({ ...files, 'e2e/logs/profile-2.log': '' }, async (root) =>
    searchLogs(root),
  );
  expect(appsUnsearched(read)).toEqual(['profile']);
});

it('finds no log where no stack was', async () => {
  const searched = await inWorkspace({}, async (root) => searchLogs(`${root}/none`));
  expect(searched).toEqual({ files: [], finds: [] });
});
