import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { AuthService } from '@bank/proto/auth';
import { repositoryFolder } from '@bank/scripts/stack';
import { createRpcClient } from '@bank/service-kit';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Door, Everywhere, refusalsSince } from '../../support/everywhere.ts';
import { Load } from '../../support/load.ts';
import { it } from './stack.ts';

// SR-58 in each of ten processes, while all of them are asked without a pause.
const leadSeconds = 15;

let somebody: Everywhere;

function operator() {
  const { ca } = it.stack.addresses.tls;
  const own = (ending: string) => join(dirname(ca), `ops.${ending}`);
  return { baseUrl: it.stack.addresses.apps.auth.rpc, tls: { caFile: ca, certFile: own('pem'), keyFile: own('key') } };
}

/** What `pnpm ops keys …` prints. */
async function keys(...args: readonly string[]): Promise<string> {
  const { baseUrl, tls } = operator();
  const where = ['--auth-url', baseUrl, '--ca', tls.caFile, '--cert', tls.certFile, '--key', tls.keyFile];
  const script = join(repositoryFolder, 'scripts', 'ops.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'keys', ...args, ...where]);
  return stdout;
}

async function signingKey(): Promise<string> {
  const listed = JSON.parse(await keys('list', '--json')) as { keyId: string; state: string }[];
  return listed.find(({ state }) => state === 'signing')?.keyId ?? '';
}

function kidOf(token: string): string {
  const [header = ''] = token.split('.');
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}

/** Asks at every door without a pause, always with the newest tokens. */
function askEverywhere(first: readonly Door[]) {
  let doors = first;
  const kids = new Set<string>();
  const asks = first.map((_, place) => async () => {
    const { client, path, token, headers, process } = doors[place] as Door;
    const { status } = await client.send('GET', path, { token, headers });
    kids.add(kidOf(token));
    return status === 200 ? 'good' : `${process} ${status} ${kidOf(token)}`;
  });
  async function renew(): Promise<string> {
    doors = await somebody.freshDoors();
    return 'renewed';
  }
  return { load: new Load([...asks, renew]), kids };
}

describe('SR-58 signing keys', () => {
  beforeAll(async () => {
    somebody = await Everywhere.join(it.stack);
    await somebody.signIn();
  }, 60_000);

  describe('SR-58 rotation under load', () => {
    test('costs no answer in any process, also when the lead is the shortest', { timeout: 240_000 }, async () => {
      const first = await signingKey();
      const { load, kids: seen } = askEverywhere(await somebody.signIn());
      const printed = await keys('rotate', '--lead', String(leadSeconds));
      expect(printed).toMatch(/^[\w-]{36} {2}ES256 {2}next, signs from /);
      await pause((leadSeconds + 5) * 1000);
      await load.stop();
      const second = await signingKey();
      expect(printed).toContain(second);
      expect([...seen]).toEqual([first, second]);
      expect([...load.answers.keys()].toSorted()).toEqual(['good', 'renewed']);
      expect(load.answers.get('good')).toBeGreaterThan(1000);
      expect(await keys('list')).toMatch(new RegExp(`${first} .* retiring.*\n${second} .* signing`));
    });
  });

  describe('SR-58 a key that has leaked', () => {
    test('what it signed is refused in every process within a second; what the next one signs is taken', {
      timeout: 60_000,
    }, async () => {
      const leaked = await signingKey();
      const doors = await somebody.signIn();
      const auth = createRpcClient(AuthService, operator());
      const startedAt = performance.now();
      const { signing } = await auth.revokeSigningKey({ keyId: leaked });
      const delaysMs = await refusalsSince(startedAt, doors);
      expect(Math.max(...delaysMs)).toBeLessThanOrEqual(1000);
      expect(await signingKey()).toBe(signing?.keyId);
      const renewed = await somebody.signIn();
      expect(new Set(renewed.map(({ token }) => kidOf(token)))).toEqual(new Set([signing?.keyId]));
    });

    test('a second time there is no such key', { timeout: 60_000 }, async () => {
      const refused = await keys('revoke', 'nothing').catch(({ stderr }: { stderr: string }) => stderr);
      expect(refused).toBe('error: there is no such key: pnpm ops keys list\n');
    });
  });
});
