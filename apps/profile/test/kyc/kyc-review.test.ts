import { audiences, type Role, type UserId, uuidv7 } from '@bank/domain';
import { KycDecision, ProfileService } from '@bank/proto/profile';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { applyResult } from '#features/kyc-result/apply-result.ts';
import {
  admin,
  auditsOf,
  caseOf,
  eventsOf,
  givenInReview,
  givenSubmitted,
  kycApp,
  lettersTo,
  payments,
  tools,
} from './kyc-app.ts';

const { app, people } = await kycApp();
const noteId = uuidv7();
const rounds = 20;

interface Colleague {
  readonly id: UserId;
  readonly asked: { headers: Record<string, string> };
}

function colleague(role: Role = 'compliance', acr: 'aal1' | 'aal2' = 'aal2', id = uuidv7() as UserId): Colleague {
  people.set(id, { roles: [role], status: 'active' });
  const token = app.issuer.token({ userId: id, roles: [role], acr, audience: audiences.staff });
  return { id, asked: { headers: { 'bank-user-token': token } } };
}

let client: ReturnType<typeof app.client<typeof ProfileService>> | undefined;
function desk() {
  client ??= app.client(ProfileService, admin);
  return client;
}

async function claim(caseId: string, by: Colleague) {
  await (await desk()).claimKycCase({ caseId, noteId }, by.asked);
}

async function underReview(userId?: UserId) {
  const given = await givenInReview(app, userId);
  people.set(given.userId, { roles: ['customer'], status: 'active' });
  return given;
}

type Case = { readonly userId: UserId; readonly caseId: string };

const payloadOf = ({ userId, caseId }: Case, attempt = 1) => ({ userId, caseId, attempt });
const approvalOf = (maker: Colleague, payload: ReturnType<typeof payloadOf>) =>
  app.issuer.approval({ makerId: maker.id, makerRoles: ['compliance'], action: 'kyc.approve', payload });

async function decide(checker: Colleague, about: Case, approval: string, changes: object = {}) {
  const decided = { ...payloadOf(about), decision: KycDecision.APPROVE, reasons: [], noteId, approval, ...changes };
  await (await desk()).decideKycCase(decided, checker.asked);
}

const refusedWith = (code: string) => expect.objectContaining({ code });

describe('GetKycStatus', () => {
  test('tells tier and status; the last day to who is listed for it alone', async () => {
    const { userId, submissionId } = await underReview();
    await applyResult(app.ctx, 'event', { submissionId, outcome: 'approved', reasons: [] });
    await app.database.query("update profile.kyc_standings set valid_until = '2041-05-01' where user_id = $1", [
      userId,
    ]);
    const known = await (await app.client(ProfileService, payments)).getKycStatus({ userId });
    expect(known).toMatchObject({ userId, status: 'approved', tier: 1, version: 1n, validUntil: '2041-05-01' });
    expect(await (await app.client(ProfileService, tools)).getKycStatus({ userId })).toMatchObject({ validUntil: '' });
  });

  test('of somebody who never asked it is tier 0, and none', async () => {
    const status = await (await app.client(ProfileService, tools)).getKycStatus({ userId: uuidv7() });
    expect(status).toMatchObject({ status: 'none', tier: 0, version: 0n });
  });
});

describe('ListKycCases', () => {
  test('lists what waits, the oldest first, by pages and without anything of the person', async () => {
    const given = [await underReview(), await underReview(), await givenSubmitted(app)];
    const compliance = colleague();
    const listed: string[] = [];
    let cursor = '';
    do {
      const page = await (await desk()).listKycCases({ limit: 2, cursor }, compliance.asked);
      listed.push(...page.cases.map(({ caseId }) => caseId));
      expect(page.cases.every(({ status }) => status === 'submitted' || status === 'in_review')).toBe(true);
      cursor = page.nextCursor;
    } while (cursor !== '');
    expect(listed.filter((id) => given.some(({ caseId }) => caseId === id))).toEqual(given.map(({ caseId }) => caseId));
    expect(new Set(listed).size).toBe(listed.length);
    const one = await (await desk()).listKycCases({ caseId: given[2]?.caseId ?? '' }, compliance.asked);
    expect(one.cases).toMatchObject([{ status: 'submitted', documents: [{ kind: 'passport', side: 'front' }] }]);
    const texts = one.cases[0]?.documents.flatMap((document) => Object.values(document).map(String));
    expect(texts?.join()).not.toContain('C01X00T47');
  });

  test.each([
    ['support', 'aal2', 'access.forbidden'],
    ['admin', 'aal2', 'access.forbidden'],
    ['compliance', 'aal1', 'auth.step_up.required'],
  ] as const)('not for %s at %s', async (role, acr, code) => {
    await expect((await desk()).listKycCases({}, colleague(role, acr).asked)).rejects.toMatchObject({ code });
  });

  test('SR-74 a cursor of another list is refused', async () => {
    await underReview();
    await underReview();
    const one = await (await desk()).listKycCases({ limit: 1 }, colleague().asked);
    const again = (await desk()).listKycCases({ limit: 1, cursor: one.nextCursor }, colleague().asked);
    await expect(again).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('ClaimKycCase', () => {
  test('takes a submitted case into review, and tells', async () => {
    const { userId, caseId } = await givenSubmitted(app, undefined, people);
    const compliance = colleague();
    await claim(caseId, compliance);
    await claim(caseId, compliance);
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'in_review', reviewer_id: compliance.id });
    expect((await eventsOf(app, userId)).at(-1)).toMatchObject({ status: 'in_review' });
    expect(await auditsOf(app, userId, 'kyc.case.claimed')).toMatchObject([{ details: { noteId } }, {}]);
  });

  test('not one that a colleague has, unless the colleague has had it for eight hours', async () => {
    const { caseId } = await underReview();
    const [first, second] = [colleague(), colleague()];
    await claim(caseId, first);
    await expect(claim(caseId, second)).rejects.toEqual(refusedWith('kyc.case.claimed'));
    await app.database.query(
      "update profile.kyc_cases set claimed_at = now() - interval '8 hours 1 minute' where id = $1",
      [caseId],
    );
    await claim(caseId, second);
    expect(await caseOf(app, caseId)).toMatchObject({ reviewer_id: second.id });
  });

  test('not their own, none that is decided, none that there is not', async () => {
    const staff = colleague();
    const own = await underReview(staff.id);
    people.set(staff.id, { roles: ['compliance'], status: 'active' });
    await expect(claim(own.caseId, staff)).rejects.toEqual(refusedWith('access.forbidden'));
    const { caseId, submissionId } = await underReview();
    await applyResult(app.ctx, 'event', { submissionId, outcome: 'rejected', reasons: [] });
    await expect(claim(caseId, staff)).rejects.toEqual(refusedWith('kyc.transition.illegal'));
    await expect(claim(uuidv7(), staff)).rejects.toEqual(refusedWith('kyc.case.not_found'));
  });

  test('SR-72: not of who stands as high by now, whatever others have heard, nor of nobody', async () => {
    const about = await underReview();
    people.set(about.userId, { roles: ['compliance'], status: 'active' });
    await expect(claim(about.caseId, colleague())).rejects.toEqual(refusedWith('access.forbidden'));
    people.delete(about.userId);
    await expect(claim(about.caseId, colleague())).rejects.toEqual(refusedWith('user.not_found'));
    expect(await caseOf(app, about.caseId)).toMatchObject({ reviewer_id: null });
  });

  test(`SR-73: of two who claim at once one has it, ${rounds} times`, async () => {
    const colleagues = Array.from({ length: 4 }, () => colleague());
    for (let round = 0; round < rounds; round += 1) {
      const { caseId, userId } = await underReview();
      const race = await raceOf(4, (number) => claim(caseId, colleagues[number] ?? colleague()));
      expect(winners(race)).toHaveLength(1);
      expect(await auditsOf(app, userId, 'kyc.case.claimed')).toHaveLength(1);
    }
  });
});

describe('SR-71: DecideKycCase', () => {
  test('approves by two people: who claimed it asks, another approves, and a repetition changes nothing', async () => {
    const about = await underReview();
    const [maker, checker] = [colleague(), colleague()];
    await claim(about.caseId, maker);
    const approval = approvalOf(maker, payloadOf(about));
    await decide(checker, about, approval);
    await decide(checker, about, approval);
    expect(await caseOf(app, about.caseId)).toMatchObject({ status: 'approved', decided_by: 'approval' });
    expect(await eventsOf(app, about.userId)).toMatchObject([{ status: 'approved', tier: 1 }]);
    expect(await lettersTo(app, about.userId)).toEqual(['kyc-approved']);
    expect(await auditsOf(app, about.userId, 'kyc.case.moved')).toMatchObject([
      { actor: { id: checker.id }, details: { makerId: maker.id, decidedBy: 'approval', noteId } },
    ]);
    const left = await app.database.query('select state from profile.kyc_submissions where case_id = $1', [
      about.caseId,
    ]);
    expect(left).toEqual([{ state: 'settled' }]);
  });

  test('rejects for the reasons that were asked for, and no others', async () => {
    const about = await underReview();
    const [maker, checker] = [colleague(), colleague()];
    await claim(about.caseId, maker);
    const payload = { ...payloadOf(about), reasons: ['face_mismatch' as const] };
    const approval = app.issuer.approval({ makerId: maker.id, action: 'kyc.reject', payload });
    const rejection = { decision: KycDecision.REJECT, reasons: ['policy'] };
    await expect(decide(checker, about, approval, rejection)).rejects.toEqual(refusedWith('approval.invalid'));
    await decide(checker, about, approval, { ...rejection, reasons: ['face_mismatch'] });
    expect(await caseOf(app, about.caseId)).toMatchObject({ status: 'rejected', reasons: ['face_mismatch'] });
  });

  test('not by the maker, not by an approval of something else, not by who may not', async () => {
    const [about, other] = [await underReview(), await underReview()];
    const [maker, checker] = [colleague(), colleague()];
    await claim(about.caseId, maker);
    const approval = approvalOf(maker, payloadOf(about));
    await expect(decide(maker, about, approval)).rejects.toEqual(refusedWith('approval.own'));
    await expect(decide(checker, other, approval)).rejects.toEqual(refusedWith('approval.invalid'));
    await expect(decide(checker, about, approval, { attempt: 2 })).rejects.toEqual(refusedWith('approval.invalid'));
    await expect(decide(colleague('support'), about, approval)).rejects.toEqual(refusedWith('access.forbidden'));
    await expect(decide(colleague('admin'), about, approval)).rejects.toEqual(refusedWith('access.forbidden'));
    await expect(decide(checker, about, '')).rejects.toEqual(refusedWith('request.invalid'));
    people.set(maker.id, { roles: ['support'], status: 'active' });
    await expect(decide(checker, about, approval)).rejects.toEqual(refusedWith('approval.invalid'));
    expect(await caseOf(app, about.caseId)).toMatchObject({ status: 'in_review' });
  });

  test('not where the maker has not claimed the case, and not of another attempt than was looked at', async () => {
    const about = await underReview();
    const [maker, checker] = [colleague(), colleague()];
    await expect(decide(checker, about, approvalOf(maker, payloadOf(about)))).rejects.toEqual(
      refusedWith('kyc.case.unclaimed'),
    );
    await claim(about.caseId, maker);
    const approval = approvalOf(maker, payloadOf(about));
    await app.database.query('update profile.kyc_cases set attempt = 2 where id = $1', [about.caseId]);
    await expect(decide(checker, about, approval)).rejects.toEqual(refusedWith('kyc.transition.illegal'));
  });

  test('SR-72: asks for more without an approval, for who has claimed the case alone, of users below', async () => {
    const about = await underReview();
    const [claimer, other] = [colleague(), colleague()];
    await claim(about.caseId, claimer);
    const ask = (by: Colleague) =>
      decide(by, about, '', { decision: KycDecision.REQUEST_INFORMATION, reasons: ['document_unreadable'] });
    await expect(ask(other)).rejects.toEqual(refusedWith('kyc.case.unclaimed'));
    people.set(about.userId, { roles: ['compliance'], status: 'active' });
    await expect(ask(claimer)).rejects.toEqual(refusedWith('access.forbidden'));
    people.set(about.userId, { roles: ['customer'], status: 'active' });
    await ask(claimer);
    expect(await caseOf(app, about.caseId)).toMatchObject({ status: 'more_information', decided_by: 'staff' });
    expect(await lettersTo(app, about.userId)).toEqual(['kyc-more-information']);
    await expect(ask(claimer)).rejects.toEqual(refusedWith('kyc.transition.illegal'));
  });

  test(`SR-73: a decision against a result of the provider: one counts, ${rounds} times`, async () => {
    const [maker, checker] = [colleague(), colleague()];
    for (let round = 0; round < rounds; round += 1) {
      const about = await underReview();
      await claim(about.caseId, maker);
      const approval = approvalOf(maker, payloadOf(about));
      const rejected = { submissionId: about.submissionId, outcome: 'rejected', reasons: [] } as const;
      const [decided, applied] = await raceOf<unknown>(2, (number) =>
        number === 0 ? decide(checker, about, approval) : applyResult(app.ctx, 'event', rejected),
      );
      const byStaff = decided?.status === 'fulfilled';
      expect(applied).toMatchObject({ status: 'fulfilled', value: !byStaff });
      expect(await caseOf(app, about.caseId)).toMatchObject({ status: byStaff ? 'approved' : 'rejected' });
      expect(await eventsOf(app, about.userId)).toHaveLength(1);
    }
  });
});
