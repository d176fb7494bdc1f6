import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import {
  auditsOf,
  type Colleague,
  colleague,
  signedRequest,
  staffCallers,
  staffClients,
} from './support/colleagues.ts';
import { templatesTo } from './support/emails.ts';
import {
  afterTheDelay,
  askForRecovery,
  cancelRecovery,
  cancelToken,
  completeRecovery,
  provenRecovery,
} from './support/recoveries.ts';

const auth = await startAuth({ callers: staffCallers() });
const clients = await staffClients(auth);
const { sessions } = clients;
const noteId = uuidv7();

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

const two = async () => ({ maker: await colleague(auth, 'support'), checker: await colleague(auth, 'admin') });
const removedOf = (userId: string) => auth.neighbours.removed.filter((one) => one.userId === userId);

/** Somebody whose recovery waits for staff. */
async function inReview() {
  const account = await register(auth);
  await completeRecovery(auth, await askForRecovery(auth, account));
  const [row] = await auth.database.query<{ id: string }>(
    `select id from auth.recoveries where user_id = $1 and stage = 'proven'`,
    [account.id],
  );
  return { account, recoveryId: row?.id ?? '' };
}

const request = (maker: Colleague, userId: string, recoveryId: string) =>
  signedRequest(clients, maker, 'user.recover', { userId: userId as never, recoveryId });
const approve = (checker: Colleague, userId: string, recoveryId: string, approval: string) =>
  sessions.approveRecovery({ userId, recoveryId, noteId, approval }, checker.asked);

describe('FindRecovery', () => {
  it('names the recovery that waits for staff, and none that has both proofs or is over', async () => {
    const { maker } = await two();
    const { account, recoveryId } = await inReview();
    expect(await sessions.findRecovery({ userId: account.id }, maker.asked)).toMatchObject({ recoveryId });
    await provenRecovery(auth, account);
    const later = sessions.findRecovery({ userId: account.id }, maker.asked);
    await expect(later).rejects.toMatchObject({ code: 'recovery.not_found' });
    const nobody = sessions.findRecovery({ userId: uuidv7() }, maker.asked);
    await expect(nobody).rejects.toMatchObject({ code: 'recovery.not_found' });
  });

  it('SR-65 is not for staff who may not ask', async () => {
    const { account } = await inReview();
    const asked = sessions.findRecovery({ userId: account.id }, (await colleague(auth, 'compliance')).asked);
    await expect(asked).rejects.toMatchObject({ code: 'access.forbidden' });
  });
});

describe('ApproveRecovery', () => {
  it('SR-43, SR-71 two of the staff are the second proof: the delay begins, the user is told, and it is carried out', async () => {
    const { maker, checker } = await two();
    const { account, recoveryId } = await inReview();
    const approval = await request(maker, account.id, recoveryId);
    await approve(checker, account.id, recoveryId, approval);
    await approve(checker, account.id, recoveryId, approval);
    const notices = (await templatesTo(auth, account.id)).filter((one) => one === 'recovery-waiting');
    expect(notices).toHaveLength(1);
    const told = await auditsOf(auth, account.id, 'auth.recovery.proven');
    expect(told.at(-1)).toMatchObject({
      reason: 'staff',
      details: { recoveryId, noteId, makerId: maker.id, approvalId: expect.any(String) },
      actor: { id: checker.id },
    });
    expect(removedOf(account.id)).toEqual([]);
    await afterTheDelay(auth);
    expect(removedOf(account.id)).toEqual([{ userId: account.id, recoveryId }]);
  });

  it('both notices have a link that ends it', async () => {
    const { maker, checker } = await two();
    const { account, recoveryId } = await inReview();
    const first = await cancelToken(auth, account.id);
    await approve(checker, account.id, recoveryId, await request(maker, account.id, recoveryId));
    expect(await cancelToken(auth, account.id)).not.toBe(first);
    expect((await cancelRecovery(auth, first)).status).toBe(204);
    await afterTheDelay(auth);
    expect(removedOf(account.id)).toEqual([]);
  });

  it('SR-39 is good for the recovery that was asked for, and for no later one of the same user', async () => {
    const { maker, checker } = await two();
    const { account, recoveryId } = await inReview();
    const approval = await request(maker, account.id, recoveryId);
    await cancelRecovery(auth, await cancelToken(auth, account.id));
    await expect(approve(checker, account.id, recoveryId, approval)).rejects.toMatchObject({
      code: 'recovery.not_found',
    });
    await completeRecovery(auth, await askForRecovery(auth, account));
    const { recoveryId: later } = await sessions.findRecovery({ userId: account.id }, maker.asked);
    await expect(approve(checker, account.id, later, approval)).rejects.toMatchObject({ code: 'approval.invalid' });
    const { account: other, recoveryId: others } = await inReview();
    await expect(approve(checker, other.id, others, approval)).rejects.toMatchObject({ code: 'approval.invalid' });
    await expect(approve(checker, other.id, recoveryId, approval)).rejects.toMatchObject({ code: 'approval.invalid' });
  });

  it('SR-71 never by its maker, nor by who may not decide', async () => {
    const { account, recoveryId } = await inReview();
    const admin = await colleague(auth, 'admin');
    const approval = await request(admin, account.id, recoveryId);
    await expect(approve(admin, account.id, recoveryId, approval)).rejects.toMatchObject({ code: 'approval.own' });
    const support = await colleague(auth, 'support');
    await expect(approve(support, account.id, recoveryId, approval)).rejects.toMatchObject({
      code: 'access.forbidden',
    });
  });

  it('SR-72 is refused for who became a colleague meanwhile, or was stopped', async () => {
    const { maker, checker } = await two();
    for (const change of [`roles = '{customer,support}'`, `status = 'suspended'`]) {
      const { account, recoveryId } = await inReview();
      const approval = await request(await colleague(auth, 'admin'), account.id, recoveryId);
      await auth.database.query(`update auth.users set ${change} where id = $1`, [account.id]);
      await expect(approve(checker, account.id, recoveryId, approval)).rejects.toMatchObject({
        code: 'user.state.blocked',
      });
    }
    expect(maker.id).not.toBe(checker.id);
  });

  it('SR-73 begins one delay, however many approve at once', { timeout: 60_000 }, async () => {
    const { maker, checker } = await two();
    for (let round = 0; round < 20; round += 1) {
      const { account, recoveryId } = await inReview();
      const approval = await request(maker, account.id, recoveryId);
      const done = winners(await raceOf(8, () => approve(checker, account.id, recoveryId, approval)));
      expect(done).toHaveLength(8);
      const notices = (await templatesTo(auth, account.id)).filter((one) => one === 'recovery-waiting');
      expect(notices).toHaveLength(1);
    }
  });
});
