import { randomBytes } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { holdUntilAwaited, losers, raceOf, winners } from '@bank/testing';
import { softwareAuthenticator } from '@bank/testing/webauthn';
import { expect, test } from 'vitest';
import { givenSubject, mfaApp, pages, toldOf } from './mfa-app.ts';
import { beginPasskey, givenPasskey, givenPasskeyChallenge, givenPasskeySignIn, sendPasskey } from './passkeys.ts';

const app = mfaApp();
const rounds = 20;
const contestants = 16;

test('SR-30: of sixteen answers to one challenge for a passkey at once, one is accepted', {
  timeout: 120_000,
}, async () => {
  const passkey = await givenPasskey(app);
  for (let round = 0; round < rounds; round += 1) {
    const { assert, send, challengeId } = await givenPasskeyChallenge(app, passkey);
    const before = (await toldOf(app, passkey.userId)).length;
    const assertions = Array.from({ length: contestants }, () => assert());
    const outcomes = await raceOf(contestants, (number) => send(assertions[number] ?? assert()));
    expect(winners(outcomes)).toHaveLength(1);
    const refusals = losers(outcomes).map((error) => (error as { code: string }).code);
    expect(new Set(refusals)).toEqual(new Set(['challenge.not_found']));
    expect((await toldOf(app, passkey.userId)).slice(before)).toEqual(['audit mfa.challenge.passed']);
    const rows = await app.database.query(
      `select c.attempts, c.closed_at is not null as closed, w.id is not null as open
       from mfa.challenges c left join mfa.webauthn_challenges w on w.id = c.id where c.id = $1`,
      [challengeId],
    );
    expect(rows).toEqual([{ attempts: 0, closed: true, open: false }]);
  }
});

test('SR-30: of sixteen answers to one registration at once, one is taken', { timeout: 120_000 }, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const userId = await givenSubject(app);
    const token = app.issuer.token({ userId, sessionId: uuidv7() });
    const { body } = await beginPasskey(app, token);
    const made = Array.from({ length: contestants }, () =>
      softwareAuthenticator().create(body.options, pages.customers),
    );
    const outcomes = await raceOf(contestants, (number) =>
      sendPasskey(app, token, body.factorId, made[number] ?? fail()),
    );
    expect(winners(outcomes).filter(({ status }) => status === 201)).toHaveLength(1);
    const told = await toldOf(app, userId);
    expect(told.filter((what) => what === 'events mfa.factor_enrolled.v1')).toHaveLength(1);
    expect(told.filter((what) => what === 'deliveries factor-added')).toHaveLength(1);
    expect(
      await app.database.query(
        `select 1 from mfa.webauthn_credentials c join mfa.factors f on f.id = c.factor_id where f.user_id = $1`,
        [userId],
      ),
    ).toHaveLength(1);
  }
});

test('SR-30: one credential is registered once, whoever brings it', { timeout: 120_000 }, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const credentialId = new Uint8Array(randomBytes(32));
    const begun = await Promise.all(
      Array.from({ length: contestants }, async () => {
        const token = app.issuer.token({ userId: await givenSubject(app), sessionId: uuidv7() });
        const { body } = await beginPasskey(app, token);
        const made = softwareAuthenticator().create(body.options, pages.customers, { credentialId });
        return () => sendPasskey(app, token, body.factorId, made);
      }),
    );
    const outcomes = await raceOf(contestants, (number) => begun[number]?.() ?? fail());
    const statuses = winners(outcomes).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, ...Array(contestants - 1).fill(422)]);
  }
});

test('SR-30: of sixteen uses of one count at once, one is accepted', { timeout: 120_000 }, async () => {
  const passkey = await givenPasskey(app);
  for (let round = 0; round < rounds; round += 1) {
    const signIns = await Promise.all(Array.from({ length: contestants }, () => givenPasskeySignIn(app)));
    const counter = round + 2;
    const sends = signIns.map(({ options, send }) => {
      const assertion = passkey.authenticator.get(options, pages.customers, { counter });
      return () => send(assertion);
    });
    const before = (await toldOf(app, passkey.userId)).length;
    const outcomes = await raceOf(contestants, (number) => sends[number]?.() ?? fail());
    expect(winners(outcomes)).toHaveLength(1);
    const told = (await toldOf(app, passkey.userId)).slice(before);
    expect(told.filter((what) => what === 'audit mfa.challenge.passed')).toHaveLength(1);
    expect(told.filter((what) => what === 'audit mfa.challenge.failed')).toHaveLength(contestants - 1);
    const rows = await app.database.query('select counter from mfa.webauthn_credentials where factor_id = $1', [
      passkey.factorId,
    ]);
    expect(rows).toEqual([{ counter: String(counter) }]);
  }
});

test('SR-30: a sign-in while its passkey is being removed is refused, and nobody is told of a copy', async () => {
  const passkey = await givenPasskey(app);
  const { options, send } = await givenPasskeySignIn(app);
  const removal = await holdUntilAwaited(app.database, `delete from mfa.factors where user_id = '${passkey.userId}'`);
  await expect(send(passkey.authenticator.get(options, pages.customers, { counter: 2 }))).rejects.toThrow();
  await removal.committed;
  expect((await toldOf(app, passkey.userId)).filter((what) => /clone|copied/.test(what))).toEqual([]);
});

function fail(): never {
  throw new Error('there are as many as contestants');
}
