import { uuidv7 } from '@bank/domain';
import { KycDecision } from '@bank/proto/profile';
import { approvalDigest } from '@bank/security';
import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, type Staff, staffOf, toldOf } from './admin-app.ts';
import { approvalsOf, reason } from './approvals-under-test.ts';
import { otherDocuments, particulars, picture } from './kyc-neighbour.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const { send, rowOf } = approvalsOf(app);

/** A case under review of a customer, claimed by a member of staff unless said otherwise. */
async function givenCase(changes: { status?: string; reviewerId?: string; userId?: string } = {}) {
  const maker = staffOf(app, 'compliance');
  const [userId, caseId] = [changes.userId ?? (await knownUser(app, neighbours)), uuidv7()];
  const { status = 'in_review', reviewerId = maker.userId } = changes;
  neighbours.kycCases.set(caseId, { userId, status, reviewerId });
  const ask = (act: string, body: object, by: Staff = maker) => send('POST', `/kyc/cases/${caseId}/${act}`, by, body);
  return { maker, userId, caseId, ask };
}

describe('GET /v1/admin/kyc/cases', () => {
  test('200: what profile lists, with the token of who asks', async () => {
    const { caseId, userId } = await givenCase();
    const staff = staffOf(app, 'compliance');
    const { status, body } = await send('GET', '/kyc/cases?status=in_review&limit=5', staff);
    expect([status, body['nextCursor']]).toEqual([200, 'further']);
    expect(body['items']).toContainEqual(
      expect.objectContaining({ id: caseId, userId, tier: 1, attempt: 2, submittedAt: '2026-03-01T00:00:00.000Z' }),
    );
    expect(neighbours.callsOf('listKycCases')).toMatchObject([
      { request: { status: 'in_review', limit: 5, caseId: '' }, token: staff.token },
    ]);
  });

  test.each(['support', 'admin'] as const)('SR-65, 403: not for %s', async (role) => {
    expect((await send('GET', '/kyc/cases', staffOf(app, role))).status).toBe(403);
    expect(neighbours.calls).toEqual([]);
  });
});

describe('POST /v1/admin/kyc/cases/{id}/claim', () => {
  test('204: the reason is kept before profile is asked, and what came of it is told', async () => {
    const { userId, caseId, ask, maker } = await givenCase({ status: 'submitted', reviewerId: '' });
    expect((await ask('claim', { reason })).status).toBe(204);
    const [call] = neighbours.callsOf('claimKycCase');
    expect(call).toMatchObject({ request: { caseId }, token: maker.token });
    const told = await toldOf(app, userId, 'audit');
    expect(told.map(({ data }) => data['action'])).toEqual(['admin.action.requested', 'admin.action.performed']);
    const details = { action: 'kyc.claim', caseId, noteId: call?.request['noteId'] };
    expect(told.every(({ data }) => JSON.stringify(data['details']) === JSON.stringify(details))).toBe(true);
    expect(JSON.stringify(told)).not.toContain(reason);
  });

  test('409: a colleague has it, which is recorded', async () => {
    const { userId, ask } = await givenCase();
    neighbours.refusals.set('claimKycCase', 'kyc.case.claimed');
    expect(await ask('claim', { reason })).toMatchObject({ status: 409, body: { code: 'kyc.case.claimed' } });
    expect((await toldOf(app, userId, 'audit')).at(-1)).toMatchObject({ data: { reason: 'kyc.case.claimed' } });
  });

  test('404: no such case; SR-72, 403: a case of their own', async () => {
    const staff = staffOf(app, 'compliance');
    expect(await send('POST', `/kyc/cases/${uuidv7()}/claim`, staff, { reason })).toMatchObject({ status: 404 });
    await knownUser(app, neighbours, { userId: staff.userId });
    const own = await givenCase({ userId: staff.userId });
    expect((await own.ask('claim', { reason }, staff)).status).toBe(403);
    expect(neighbours.callsOf('claimKycCase')).toEqual([]);
  });
});

describe('SR-71: POST /v1/admin/kyc/cases/{id}/{approve,reject}', () => {
  test.each([
    ['approve', 'kyc.approve', {}],
    ['reject', 'kyc.reject', { reasons: ['face_mismatch'] }],
  ] as const)(
    '%s, 202: signed for the case as it stands; a colleague has it carried out',
    async (act, action, more) => {
      const { userId, caseId, ask, maker } = await givenCase();
      const { status, body } = await ask(act, { reason, ...more });
      expect(status).toBe(202);
      const approvalId = String(body['approvalId']);
      const payload = { userId, caseId, attempt: 2, ...more };
      const digest = new Uint8Array(approvalDigest(action, payload as never));
      expect(neighbours.callsOf('signApproval')).toMatchObject([{ request: { action, payloadDigest: digest } }]);
      expect(await rowOf(approvalId)).toMatchObject({ action, payload, status: 'pending', maker_id: maker.userId });
      expect(neighbours.callsOf('decideKycCase')).toEqual([]);

      const checker = staffOf(app, 'compliance');
      expect((await send('GET', `/approvals/${approvalId}`, checker)).body).toMatchObject({
        kycCaseId: caseId,
        action,
      });
      expect((await send('POST', `/approvals/${approvalId}/approve`, maker, {})).body['code']).toBe('approval.own');
      expect((await send('POST', `/approvals/${approvalId}/approve`, checker, {})).status).toBe(204);
      const decision = act === 'approve' ? KycDecision.APPROVE : KycDecision.REJECT;
      expect(neighbours.callsOf('decideKycCase')).toMatchObject([
        { request: { userId, caseId, attempt: 2, decision, approval: `signed.${approvalId}.x` }, token: checker.token },
      ]);
      expect(await rowOf(approvalId)).toMatchObject({ status: 'approved', checker_id: checker.userId });
    },
  );

  test('409: decided meanwhile, and the request is over', async () => {
    const { ask } = await givenCase();
    const { body } = await ask('approve', { reason });
    neighbours.refusals.set('decideKycCase', 'kyc.transition.illegal');
    const answer = await send('POST', `/approvals/${body['approvalId']}/approve`, staffOf(app, 'compliance'), {});
    expect(answer).toMatchObject({ status: 409, body: { code: 'kyc.transition.illegal' } });
    expect(await rowOf(String(body['approvalId']))).toMatchObject({ status: 'rejected' });
  });

  test('SR-71: who has taken the case over asks anew: what the one before asked for can never be done', async () => {
    const { userId, caseId, ask } = await givenCase();
    const first = String((await ask('approve', { reason })).body['approvalId']);
    const next = staffOf(app, 'compliance');
    neighbours.kycCases.set(caseId, { userId, status: 'in_review', reviewerId: next.userId });
    const second = String((await ask('approve', { reason }, next)).body['approvalId']);
    expect(await rowOf(first)).toMatchObject({ status: 'expired' });
    expect(await rowOf(second)).toMatchObject({ status: 'pending', maker_id: next.userId });
    neighbours.refusals.set('decideKycCase', 'kyc.case.unclaimed');
    const answer = await send('POST', `/approvals/${second}/approve`, staffOf(app, 'compliance'), {});
    expect(answer).toMatchObject({ status: 403, body: { code: 'kyc.case.unclaimed' } });
    expect(await rowOf(second)).toMatchObject({ status: 'rejected' });
  });

  test('SR-71: for the same reasons in another order is the same approval', async () => {
    const { ask } = await givenCase();
    const orders = [
      ['face_mismatch', 'document_expired'],
      ['document_expired', 'face_mismatch'],
    ];
    const ids: unknown[] = [];
    for (const reasons of orders) ids.push((await ask('reject', { reason, reasons })).body['approvalId']);
    expect(new Set(ids).size).toBe(1);
    const [one, other] = neighbours.callsOf('signApproval').map(({ request }) => request['payloadDigest']);
    expect(one).toEqual(other);
  });

  test('403: not claimed, or claimed by somebody else; 409: not in review', async () => {
    for (const reviewerId of ['', uuidv7()]) {
      const { ask } = await givenCase({ reviewerId });
      expect(await ask('approve', { reason })).toMatchObject({ status: 403, body: { code: 'kyc.case.unclaimed' } });
    }
    const { ask } = await givenCase({ status: 'approved' });
    expect(await ask('approve', { reason })).toMatchObject({ status: 409, body: { code: 'kyc.transition.illegal' } });
    expect(neighbours.callsOf('signApproval')).toEqual([]);
  });

  test.each([{}, { reasons: [] }, { reasons: ['because'] }, { reasons: ['other', 'other'] }])(
    '422: %j',
    async (more) => {
      const { ask } = await givenCase();
      expect((await ask('reject', { reason, ...more })).status).toBe(422);
    },
  );
});

describe('POST /v1/admin/kyc/cases/{id}/request-info', () => {
  test('204: profile is asked for the attempt that was looked at, without an approval', async () => {
    const { userId, caseId, ask } = await givenCase();
    expect((await ask('request-info', { reason, reasons: ['document_unreadable'] })).status).toBe(204);
    const asked = { userId, caseId, attempt: 2, reasons: ['document_unreadable'], approval: '' };
    expect(neighbours.callsOf('decideKycCase')).toMatchObject([
      { request: { ...asked, decision: KycDecision.REQUEST_INFORMATION } },
    ]);
    expect((await toldOf(app, userId, 'events')).map(({ data }) => data['action'])).toEqual([
      'kyc.request_information',
    ]);
  });
});

describe('GET /v1/admin/kyc/cases/{id}/documents/{documentId}', () => {
  const get = (staff: Staff, caseId: string, documentId: string, part = '') =>
    app.service.fetch(
      new Request(`http://app.test/v1/admin/kyc/cases/${caseId}/documents/${documentId}${part}`, {
        headers: { authorization: `Bearer ${staff.token}`, 'x-bank-listener': 'staff' },
      }),
    );

  test('200: the picture, for nobody to keep', async () => {
    const [staff, caseId, documentId] = [staffOf(app, 'compliance'), uuidv7(), uuidv7()];
    const answer = await get(staff, caseId, documentId);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect([answer.headers.get('cache-control'), answer.headers.get('x-content-type-options')]).toEqual([
      'no-store',
      'nosniff',
    ]);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(picture);
    expect(neighbours.callsOf('getKycDocument')).toMatchObject([
      { request: { caseId, documentId, particularsOnly: false, noteId: '' } },
    ]);
  });

  test('200: what the user typed, to be compared with the picture, which is not asked for; for nobody to keep', async () => {
    const [staff, caseId, documentId] = [staffOf(app, 'compliance'), uuidv7(), uuidv7()];
    const answer = await get(staff, caseId, documentId, '/particulars');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await answer.json()).toEqual(particulars);
    expect(neighbours.callsOf('getKycDocument')).toMatchObject([
      { request: { caseId, documentId, particularsOnly: true }, token: staff.token },
    ]);
  });

  test('200: of a kind that has no number there is none; 503: of one that has, profile does not say it', async () => {
    const [staff, selfie, passport, older] = [staffOf(app, 'compliance'), uuidv7(), uuidv7(), uuidv7()];
    otherDocuments.set(selfie, { kind: 'selfie' }).set(passport, { kind: 'passport' }).set(older, {});
    const none = await get(staff, uuidv7(), selfie, '/particulars');
    expect([none.status, await none.json()]).toEqual([200, { number: null, expiresOn: null }]);
    for (const unsaid of [passport, older]) {
      const answer = await get(staff, uuidv7(), unsaid, '/particulars');
      expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'service.unavailable' }]);
    }
  });

  test('404: none; 403: unclaimed and no reason given; 403: not for support, nor after an old authentication', async () => {
    neighbours.refusals.set('getKycDocument', 'kyc.document.not_found');
    expect((await get(staffOf(app, 'compliance'), uuidv7(), uuidv7())).status).toBe(404);
    neighbours.refusals.set('getKycDocument', 'kyc.document.reason_needed');
    expect((await get(staffOf(app, 'compliance'), uuidv7(), uuidv7())).status).toBe(403);
    expect((await get(staffOf(app, 'support'), uuidv7(), uuidv7())).status).toBe(403);
    const authTime = Math.floor(Date.now() / 1000) - 3600;
    expect((await get(staffOf(app, 'compliance', { authTime }), uuidv7(), uuidv7())).status).toBe(403);
  });
});

describe('POST /v1/admin/kyc/cases/{id}/unmask', () => {
  const expire = (staff: Staff) =>
    app.database.query('update admin.unmaskings set expires_at = now() where staff_id = $1', [staff.userId]);

  test('SR-86, 200: for 15 minutes profile is told why, by a note, of what this member of staff opens, and of nobody else', async () => {
    const { userId, caseId, ask } = await givenCase({ status: 'approved' });
    const staff = staffOf(app, 'compliance');
    const { status, body } = await ask('unmask', { reason }, staff);
    expect([status, body]).toEqual([200, { fields: ['documents'], expiresAt: expect.any(String) }]);
    const notes = await app.database.query<{ id: string }>(
      `select id from admin.staff_notes where user_id = $1 and author_id = $2 and action = 'kyc.unmask'`,
      [userId, staff.userId],
    );
    const noteId = notes[0]?.id;
    const told = await toldOf(app, userId, 'audit');
    expect(told).toMatchObject([
      { data: { action: 'admin.kyc_case.unmasked', details: { caseId, fields: 'documents', noteId } } },
    ]);
    expect(JSON.stringify(told)).not.toContain(reason);
    const path = `/kyc/cases/${caseId}/documents/${uuidv7()}/particulars`;
    const other = await givenCase({ status: 'approved' });
    await send('GET', path, staff);
    await send('GET', path, staffOf(app, 'compliance'));
    await send('GET', path.replace(caseId, other.caseId), staff);
    await expire(staff);
    await send('GET', path, staff);
    expect(neighbours.callsOf('getKycDocument').map(({ request }) => request['noteId'])).toEqual([noteId, '', '', '']);
  });

  test('SR-72, 403: not of oneself, nor of who stands as high; SR-65, 404: no such case, 403: not for support', async () => {
    const staff = staffOf(app, 'compliance');
    await knownUser(app, neighbours, { userId: staff.userId });
    const own = await givenCase({ userId: staff.userId });
    expect((await own.ask('unmask', { reason }, staff)).status).toBe(403);
    const colleague = await givenCase({ userId: await knownUser(app, neighbours, { roles: ['compliance'] }) });
    expect((await colleague.ask('unmask', { reason }, staff)).status).toBe(403);
    expect((await send('POST', `/kyc/cases/${uuidv7()}/unmask`, staff, { reason })).status).toBe(404);
    const { ask, userId } = await givenCase();
    for (const role of ['support', 'admin'] as const) {
      expect((await ask('unmask', { reason }, staffOf(app, role))).status).toBe(403);
    }
    const authTime = Math.floor(Date.now() / 1000) - 3600;
    expect((await ask('unmask', { reason }, staffOf(app, 'compliance', { authTime }))).status).toBe(403);
    expect((await ask('unmask', {}, staff)).status).toBe(422);
    const rows = await app.database.query('select 1 from admin.staff_notes where user_id = $1', [userId]);
    expect(rows).toEqual([]);
  });
});
