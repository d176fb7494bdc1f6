import { AuthService, SigningKeyState } from '@bank/proto/auth';
import { until } from '@bank/testing';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import { decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { readRevocations } from '#features/revocation/read-revocations.ts';
import { rotateSigningKeys } from '#features/signing-key/rotate-signing-keys.ts';
import { type Account, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { callerTable, clientAs } from './support/rpc.ts';

const methods = ['ListSigningKeys', 'RotateSigningKey', 'RevokeSigningKey'].map(
  (name) => `bank.auth.v1.AuthService/${name}`,
);
const listPublic = { methods: ['bank.auth.v1.AuthService/ListPublicKeys'] };
const auth = await startAuth({
  callers: callerTable({ ops: { methods }, admin: { methods }, profile: listPublic }),
});
const ops = await clientAs(auth, 'ops', AuthService);
const dayMs = 86_400_000;

async function keyIds(): Promise<string[]> {
  const { body } = await get(auth, '/.well-known/jwks.json');
  return body.keys.map(({ kid }: { kid: string }) => kid);
}

async function states(): Promise<[string, SigningKeyState][]> {
  return (await ops.listSigningKeys({})).keys.map(({ keyId, state }) => [keyId, state]);
}

async function signingKey(): Promise<string> {
  return (await states()).find(([, state]) => state === SigningKeyState.SIGNING)?.[0] ?? '';
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const fresh = async (account: Account): Promise<string> => (await signIn(auth, account)).body.accessToken;
const statusOf = async (token: string) => (await get(auth, '/v1/auth/session', token)).status;

/** A day later, when nothing of the keys before the present one is alive. */
async function forgetOldKeys(): Promise<void> {
  auth.clock.advance(61_000);
  auth.clock.advance(26 * 3_600_000);
  await rotateSigningKeys(auth.ctx);
}

async function toldOf(keyId: string, destination: 'audit' | 'events') {
  const rows = await auth.database.query<{ data: Record<string, unknown> }>(
    `select data from auth.outbox where destination = $2 and subject = $1 order by id`,
    [keyId, destination],
  );
  return rows.map(({ data }) => data);
}

/** The feed tells that the key was revoked, as soon as its publisher has numbered that. */
async function isTold(keyId: string): Promise<void> {
  await until(async () => {
    const { entries } = await readRevocations(auth.ctx, { epoch: 0, number: 0 });
    return entries.some(({ kid }) => kid === keyId);
  });
}

beforeEach(forgetOldKeys);

describe('RotateSigningKey', () => {
  it('SR-58 publishes the next key at once, signs with it after the lead, and keeps the old one until its last token is dead', async () => {
    const account = await register(auth);
    const first = await signingKey();
    const { next } = await ops.rotateSigningKey({});
    const nextId = next?.keyId ?? '';
    expect(await keyIds()).toEqual([first, nextId]);
    expect(await states()).toEqual([
      [first, SigningKeyState.SIGNING],
      [nextId, SigningKeyState.NEXT],
    ]);
    auth.clock.advance(550_000);
    const last = await fresh(account);
    auth.clock.advance(60_000);
    const newest = await fresh(account);
    expect([kidOf(last), kidOf(newest)]).toEqual([first, nextId]);
    for (const token of [last, newest]) expect(await statusOf(token)).toBe(200);
    expect((await states())[0]).toEqual([first, SigningKeyState.RETIRING]);
    auth.clock.advance(26 * 3_600_000);
    await rotateSigningKeys(auth.ctx);
    expect(await keyIds()).toEqual([nextId]);
  });

  it('brings a key that waits forward, makes no second one, and tells the ledger and everybody else', async () => {
    const before = await signingKey();
    const { next: late } = await ops.rotateSigningKey({ leadSeconds: 86_400 });
    const { next: soon } = await ops.rotateSigningKey({ leadSeconds: 60 });
    const { next: again } = await ops.rotateSigningKey({ leadSeconds: 600 });
    const keyId = late?.keyId ?? '';
    expect([soon?.keyId, again?.keyId]).toEqual([keyId, keyId]);
    expect(again?.signsFrom).toEqual(soon?.signsFrom);
    expect(await keyIds()).toHaveLength(2);
    const at = (key: typeof soon) => key?.signsFrom && timestampDate(key.signsFrom).toISOString();
    expect(await toldOf(keyId, 'audit')).toMatchObject([
      { action: 'auth.key.rotated', actor: { id: 'ops' }, reason: 'published', details: { signsFrom: at(late) } },
      { action: 'auth.key.rotated', actor: { id: 'ops' }, reason: 'brought_forward', details: { signsFrom: at(soon) } },
    ]);
    const events = await toldOf(keyId, 'events');
    expect(events.map(({ previousKeyId }) => previousKeyId)).toEqual([before, before]);
    auth.clock.advance(61_000);
  });

  it('many at once make one key', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 12 }, () => ops.rotateSigningKey({ leadSeconds: 60 })));
      expect(new Set(answers.map(({ next }) => next?.keyId)).size).toBe(1);
      await forgetOldKeys();
    }
  });

  it.each([14, 30 * 86_400 + 1])('refuses a lead of %i s', async (leadSeconds) => {
    await expect(ops.rotateSigningKey({ leadSeconds })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('ListPublicKeys', () => {
  it('SR-58 gives what GET /.well-known/jwks.json does, to be kept as long: the next key at once, one that was revoked no more', async () => {
    const profile = await clientAs(auth, 'profile', AuthService);
    const answers = async () => {
      const { body, headers } = await get(auth, '/.well-known/jwks.json');
      const { keys, maxAgeSeconds } = await profile.listPublicKeys({});
      expect(keys).toMatchObject(body.keys);
      expect(headers.get('cache-control')).toBe(`public, max-age=${maxAgeSeconds}`);
      return keys.map(({ kid }) => kid);
    };
    const first = await signingKey();
    expect(await answers()).toEqual([first]);
    const { next } = await ops.rotateSigningKey({});
    expect(await answers()).toEqual([first, next?.keyId]);
    await ops.revokeSigningKey({ keyId: first });
    expect(await answers()).toEqual([next?.keyId]);
  });

  it('SR-68 is for whom the caller table lists', async () => {
    const refused = ops.listPublicKeys({});
    await expect(refused).rejects.toMatchObject({ cause: { code: Code.PermissionDenied } });
  });
});

describe('RevokeSigningKey', () => {
  it('SR-58 refuses what the key has signed within a second, signs with another, and ends no session', async () => {
    const account = await register(auth);
    const { body: old } = await signIn(auth, account);
    const leaked = kidOf(old.accessToken) ?? '';
    expect(await statusOf(old.accessToken)).toBe(200);
    const { signing } = await ops.revokeSigningKey({ keyId: leaked });
    await until(async () => (await statusOf(old.accessToken)) === 401, { deadlineMs: 1000 });
    expect(await keyIds()).not.toContain(leaked);
    const renewed = await post(auth, '/v1/auth/token/refresh', {
      refreshToken: old.refreshToken,
      device: { secret: account.device.secret },
    });
    expect(renewed.status).toBe(200);
    expect(kidOf(renewed.body.accessToken)).toBe(signing?.keyId);
    expect(await statusOf(renewed.body.accessToken)).toBe(200);
    await isTold(leaked);
    expect(await toldOf(leaked, 'audit')).toContainEqual(
      expect.objectContaining({ action: 'auth.key.revoked', outcome: 'AUDIT_OUTCOME_SUCCESS' }),
    );
  });

  it('lets the key that is public already take over at once', async () => {
    const { next } = await ops.rotateSigningKey({ leadSeconds: 86_400 });
    const { signing } = await ops.revokeSigningKey({ keyId: await signingKey() });
    expect(signing?.keyId).toBe(next?.keyId);
    const account = await register(auth);
    expect(kidOf(account.accessToken)).toBe(next?.keyId);
    expect(await statusOf(account.accessToken)).toBe(200);
  });

  it('takes a key that does not sign as well, and leaves the one that does', async () => {
    const signs = await signingKey();
    const { next } = await ops.rotateSigningKey({ leadSeconds: 86_400 });
    const { signing } = await ops.revokeSigningKey({ keyId: next?.keyId ?? '' });
    expect([signing?.keyId, await signingKey()]).toEqual([signs, signs]);
    expect(await keyIds()).not.toContain(next?.keyId);
  });

  it('once: of many at once one finds it, and there is one successor', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const keyId = await signingKey();
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => ops.revokeSigningKey({ keyId })));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await states()).filter(([, state]) => state === SigningKeyState.SIGNING)).toHaveLength(1);
    }
  });

  it('keeps on telling of it for a month, after every token of it is long dead', async () => {
    const keyId = await signingKey();
    await ops.revokeSigningKey({ keyId });
    auth.clock.advance(29 * dayMs);
    await rotateSigningKeys(auth.ctx);
    await isTold(keyId);
  });

  it('finds no key that is not there', async () => {
    await expect(ops.revokeSigningKey({ keyId: 'nothing' })).rejects.toMatchObject({ code: 'auth.key.not_found' });
    await expect(ops.revokeSigningKey({ keyId: "' or 1=1" })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('SR-68 keys of tokens', () => {
  it('are for operators alone, whatever the caller table says', async () => {
    const admin = await clientAs(auth, 'admin', AuthService);
    const refused = { code: 'access.forbidden' };
    await expect(admin.listSigningKeys({})).rejects.toMatchObject(refused);
    await expect(admin.rotateSigningKey({})).rejects.toMatchObject(refused);
    await expect(admin.revokeSigningKey({ keyId: await signingKey() })).rejects.toMatchObject(refused);
  });
});
