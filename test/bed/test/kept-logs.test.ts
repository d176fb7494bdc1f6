import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { expect, test } from 'vitest';
import { gatherLogs, moveLogs, tryToKeep } from '#kept-logs.ts';

/** The folder of a stack with a log, and with one that lies elsewhere. */
function stackFolder(name: string) {
  const folder = temporaryFolder(name);
  mkdirSync(join(folder, 'logs'));
  mkdirSync(join(folder, 'data'));
  const [log, accessLog] = [join(folder, 'logs', 'auth.log'), join(folder, 'data', 'access.log')];
  writeFileSync(log, 'ready');
  writeFileSync(accessLog, 'GET /');
  return { folder, logFiles: () => [log, accessLog] };
}

test('everything that a stack has logged is kept, and nothing of the run before', () => {
  const to = join(temporaryFolder('kept'), 'chaos', 'logs');
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'mfa.log'), 'older');
  const { folder, logFiles } = stackFolder('stack');
  gatherLogs({ logFiles }, folder);
  moveLogs(folder, to);
  expect(readdirSync(to).toSorted()).toEqual(['access.log', 'auth.log']);
  expect(readFileSync(join(to, 'access.log'), 'utf8')).toBe('GET /');
  expect(existsSync(join(folder, 'logs'))).toBe(false);
});

test('a stack that came to no log leaves none', () => {
  const to = join(temporaryFolder('none'), 'logs');
  moveLogs(temporaryFolder('unstarted'), to);
  expect(existsSync(to)).toBe(false);
});

test('what cannot be copied is told and nothing else', () => {
  const { folder, logFiles } = stackFolder('full');
  rmSync(join(folder, 'logs'), { recursive: true });
  const told: string[] = [];
  tryToKeep(
    (line) => told.push(line),
    () => gatherLogs({ logFiles }, folder),
  );
  expect(told).toEqual([expect.stringMatching(/^not all logs of the stack are kept: ENOENT/)]);
});
