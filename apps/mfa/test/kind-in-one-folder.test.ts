import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { request, testGrowth } from '@bank/composition/testing';
import { dataRightsProblems } from '@bank/database';
import { uuidv7 } from '@bank/domain';
import { DataRightsService } from '@bank/proto/data-rights';
import { ChallengePurpose, FactorType, MfaService } from '@bank/proto/mfa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factorTypeNames } from '#factor-types/gen/storage/names.gen.ts';
import { migrations } from '../migrations/index.ts';
import { copyWithKinds } from './app-copy.ts';
import { keysThatHold } from './foreign-keys.ts';
import { auth, givenChallenge, givenSubject, ownMfaApp, strongToken } from './mfa-app.ts';

const copy = await copyWithKinds('paper-code');
afterAll(() => copy.remove());
const app = ownMfaApp({ of: copy.sources });

const profile = 'spiffe://bank/app/profile';
const kind = { name: 'paper_code', methods: ['otp'], raises: true, isSent: false, staffWorth: 1 };

/** A user with a printed list, enrolled as people do it; `codes` are those that are left. */
async function givenList() {
  const [userId, sessionId] = [await givenSubject(app), uuidv7()];
  const token = app.issuer.token({ userId, sessionId });
  const begun = await request(app.service, 'POST', '/v1/mfa/paper-code', { token, body: {} });
  const { factorId, codes } = begun.body as { factorId: string; codes: string[] };
  const body = { code: codes.pop() };
  const path = `/v1/mfa/paper-code/${factorId}/confirm`;
  const confirmed = await request(app.service, 'POST', path, { token, body });
  return { userId, sessionId, factorId, codes, statuses: [begun.status, confirmed.status] };
}

type List = Awaited<ReturnType<typeof givenList>>;

const rowsOf = (factorId: string) =>
  app.database.query('select digest from mfa.paper_codes where factor_id = $1', [factorId]);

test('the app itself has no such kind', () => {
  expect(factorTypeNames).not.toContain('paper_code');
});

test('with the folder the types of the app are sound', { timeout: 120_000 }, async () => {
  const tsc = join(import.meta.dirname, '../../../node_modules/.bin/tsc');
  const { stdout } = await promisify(execFile)(tsc, ['--noEmit', '-p', copy.root]).catch((failure) => failure);
  expect(stdout).toBe('');
});

test('its migration, whose name is the newest, runs after all of the app', () => {
  const names = copy.sources.migrations.map(({ name }) => name);
  expect(names).toEqual([...migrations.map(({ name }) => name), '209901010000-paper-codes']);
});

test('its routes are among those of the document', () => {
  const paths = copy.routes.map(({ method, path }) => `${method} ${path}`);
  expect(paths).toContain('POST /v1/mfa/paper-code');
  expect(paths).toContain('POST /v1/mfa/paper-code/:id/confirm');
});

testGrowth(app, copy.growth);

test('its table goes with what it refers to', async () => {
  expect(await keysThatHold(app.database)).toEqual([]);
});

test('SR-88 its table is declared', async () => {
  expect(await dataRightsProblems(app.ctx.database.fork(), copy.dataRights)).toEqual([]);
});

describe('a factor of a kind that is one folder', () => {
  let list: List;
  beforeAll(async () => {
    list = await givenList();
  });

  test('is enrolled and confirmed, and told by its name', async () => {
    expect(list.statuses).toEqual([201, 200]);
    const token = strongToken(app, list);
    const { body } = await request(app.service, 'GET', '/v1/mfa/factors', { token });
    expect(body).toMatchObject({ items: [{ id: list.factorId, type: 'paper_code', label: 'Printed codes' }] });
    const [told] = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and type = 'mfa.factor_enrolled.v1'`,
      [list.userId],
    );
    expect(told?.data).toMatchObject({ factorId: list.factorId, typeName: 'paper_code' });
  });

  test('answers a sign-in with each of its codes once', async () => {
    const [code = ''] = list.codes;
    const first = await givenChallenge(app, list);
    expect(await first.answer(code)).toMatchObject({ type: FactorType.UNSPECIFIED, kind });
    const second = await givenChallenge(app, list);
    await expect(second.answer(code)).rejects.toMatchObject({ code: 'auth.second_factor.invalid' });
    expect(await second.answer(list.codes[1] ?? '')).toMatchObject({ kind });
  });

  test('is told to auth by what its kind is worth', async () => {
    const client = await app.client(MfaService, auth);
    const { factors } = await client.listFactors({ userId: list.userId });
    expect(factors).toMatchObject([{ factorId: list.factorId, type: FactorType.UNSPECIFIED, kind }]);
    const question = {
      userId: list.userId,
      factorId: list.factorId,
      purpose: ChallengePurpose.SIGN_IN,
      bindingId: uuidv7(),
    };
    expect(await client.startChallenge(question)).toMatchObject({ type: FactorType.UNSPECIFIED, kind });
  });

  test('SR-31 is asked for before another is added', async () => {
    const token = app.issuer.token({ userId: list.userId });
    const added = await request(app.service, 'POST', '/v1/mfa/totp', { token, body: {} });
    expect(added).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal2' } });
  });

  test('goes with what proves it, when it is removed and when its user is erased', async () => {
    const removed = await givenList();
    expect(await rowsOf(removed.factorId)).toHaveLength(10);
    const client = await app.client(MfaService, auth);
    await client.removeFactors({ userId: removed.userId, recoveryId: uuidv7() });
    expect(await rowsOf(removed.factorId)).toEqual([]);
    expect(await rowsOf(list.factorId)).toHaveLength(10);
    const rights = await app.client(DataRightsService, profile);
    await rights.eraseUser({ userId: list.userId, requestId: uuidv7() });
    expect(await rowsOf(list.factorId)).toEqual([]);
  });
});
