import { publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import {
  DeviceKeyRemovedSchema,
  DeviceKeyRotatedSchema,
  DeviceRemovedSchema,
  encodeEvent,
  FactorRemovedSchema,
} from '@bank/proto/events';
import { raceOf, until, winners } from '@bank/testing';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Account, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { clientAs, onBehalfOf } from './support/rpc.ts';
import { answerWith, approved, askToApprove, payment, paymentsCaller } from './support/transactions.ts';

const auth = await startAuth({ callers: paymentsCaller });
const client = await clientAs(auth, 'payments', AuthService);

/** What is told when that which approves is gone, or is another from now on: by whom, and of the device or factor of that id. */
const tidings = {
  'a device that is removed': ['device', (userId, deviceId) => encodeEvent(DeviceRemovedSchema, { userId, deviceId })],
  'a key that is removed': ['device', (userId, deviceId) => encodeEvent(DeviceKeyRemovedSchema, { userId, deviceId })],
  'a key that is replaced': ['device', (userId, deviceId) => encodeEvent(DeviceKeyRotatedSchema, { userId, deviceId })],
  'a factor that is removed': ['mfa', (userId, factorId) => encodeEvent(FactorRemovedSchema, { userId, factorId })],
} satisfies Record<string, [string, (userId: string, id: string) => ReturnType<typeof encodeEvent>]>;
type Tiding = keyof typeof tidings;
const all = Object.keys(tidings) as Tiding[];

/** Tells it, and resolves when it has been handled. */
async function hear(what: Tiding, { id: userId }: Account, approver: string): Promise<void> {
  const [service, encode] = tidings[what];
  const id = uuidv7();
  await publishEvents(auth, service, [{ id, subject: userId, ...encode(userId, approver) }]);
  const inbox = `select 1 from auth.inbox where message_id = $1 and consumer = 'auth.approver-gone'`;
  await until(async () => (await auth.database.query(inbox, [id])).length === 1);
}

/** Makes a transaction one that this device or factor is asked about: another than that of the session, which stays. */
function askedOf(approver: string, transactionId: string | undefined) {
  return auth.database.query('update auth.transactions set factor_id = $1 where id = $2', [approver, transactionId]);
}

function consume(account: Account, token: string): Promise<unknown> {
  const call = client.consumeTransactionToken({ token, ...payment } as never, onBehalfOf(account.accessToken));
  return call.then(
    () => 'approved',
    ({ code }) => code,
  );
}

describe.each(all)('SR-63: %s', (what) => {
  it('takes with it what it has approved in whatever session and nobody has executed, and nothing else', async () => {
    const [account, neighbour] = [await register(auth), await register(auth)];
    const gone = uuidv7();
    const tokens = [await approved(auth, account), await approved(auth, account)] as const;
    const another = await approved(auth, neighbour);
    for (const token of [tokens[0], another]) await askedOf(gone, decodeJwt(token).jti);
    await hear(what, account, gone);
    expect(await consume(account, tokens[0])).toBe('transaction.not_approved');
    expect(await consume(account, tokens[1])).toBe('approved');
    expect(await consume(neighbour, another)).toBe('approved');
  });

  it('leaves what was executed, which is executed once all the same', async () => {
    const [account, gone] = [await register(auth), uuidv7()];
    const token = await approved(auth, account);
    await askedOf(gone, decodeJwt(token).jti);
    expect(await consume(account, token)).toBe('approved');
    await hear(what, account, gone);
    const kept = 'select 1 from auth.transactions where factor_id = $1 and consumed_at is not null';
    expect(await auth.database.query(kept, [gone])).toHaveLength(1);
    expect(await consume(account, token)).toBe('transaction.not_approved');
  });

  it('a signature that was taken just before approves nothing', async () => {
    const [account, gone] = [await register(auth), uuidv7()];
    const { challengeId } = (await askToApprove(auth, account)).body;
    await askedOf(gone, challengeId);
    await hear(what, account, gone);
    const { status, body } = await answerWith(auth, account, challengeId);
    expect([status, body.code]).toEqual([404, 'challenge.not_found']);
  });
});

it('SR-63: a key that is removed while it approves, twenty times: nothing is executed', {
  timeout: 120_000,
}, async () => {
  for (let round = 0; round < 20; round += 1) {
    const account = await register(auth);
    const { challengeId } = (await askToApprove(auth, account)).body;
    const outcomes = await raceOf(2, async (number) => {
      if (number === 0) return await answerWith(auth, account, challengeId);
      await hear('a key that is removed', account, account.device.id);
      return undefined;
    });
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled']);
    const { status, body } = winners(outcomes)[0] ?? fail();
    if (status === 200) expect(await consume(account, body.transactionToken)).toBe('transaction.not_approved');
    else expect([status, body.code]).toEqual([404, 'challenge.not_found']);
  }
});

function fail(): never {
  throw new Error('it was answered');
}
