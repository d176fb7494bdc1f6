import { createHmac } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { caseOf, eventsOf, givenInReview, kycApp, webhookSecret } from './kyc-app.ts';

const { app } = await kycApp();
const rounds = 20;

describe('SR-90: POST /v1/webhooks/kyc', () => {
  const now = () => String(Math.floor(Date.now() / 1000));
  const sign = (timestamp: string, body: string, secret = webhookSecret) =>
    createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');

  async function call(body: string, changes: { timestamp?: string; signature?: string } = {}) {
    const { timestamp = now(), signature = sign(timestamp, body) } = changes;
    const headers = { 'content-type': 'application/json', 'x-kyc-timestamp': timestamp, 'x-kyc-signature': signature };
    const answer = await app.service.fetch(
      new Request('http://app.test/v1/webhooks/kyc', { method: 'POST', headers, body }),
    );
    const text = await answer.text();
    return text === '' ? answer.status : `${answer.status} ${(JSON.parse(text) as { code: string }).code}`;
  }
  const bodyOf = (submissionId: string, outcome = 'approved') => JSON.stringify({ submissionId, outcome, more: 1 });
  const refused = '403 kyc.callback.refused';

  test('204: a signed call of now is applied', async () => {
    const { caseId, submissionId } = await givenInReview(app);
    expect(await call(bodyOf(submissionId))).toBe(204);
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'approved', decided_by: 'provider' });
  });

  test('403: another body, another secret, another time, no signature at all', async () => {
    const { caseId, submissionId } = await givenInReview(app);
    const body = bodyOf(submissionId);
    const timestamp = now();
    const signature = sign(timestamp, body);
    expect(await call(bodyOf(submissionId, 'rejected'), { timestamp, signature })).toBe(refused);
    expect(await call(`${body} `, { timestamp, signature })).toBe(refused);
    expect(await call(body, { signature: sign(timestamp, body, `${webhookSecret}!`), timestamp })).toBe(refused);
    expect(await call(body, { timestamp: String(Number(timestamp) + 1), signature })).toBe(refused);
    // What is too early is so by half a minute, since it comes closer while a busy machine gets to it.
    for (const other of [-301, 330]) {
      expect(await call(body, { timestamp: String(Number(now()) + other) })).toBe(refused);
    }
    for (const none of ['', 'x', signature.slice(1), `${signature}0`, 'z'.repeat(64)]) {
      expect(await call(body, { timestamp, signature: none })).toBe(refused);
    }
    for (const odd of ['', '1e9', '-1', '99999999999999']) {
      expect(await call(body, { timestamp: odd })).toBe(refused);
    }
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'in_review' });
  });

  test('a call comes once, also at the same time and with the signature written otherwise', async () => {
    const { userId, submissionId } = await givenInReview(app);
    const body = bodyOf(submissionId);
    const timestamp = now();
    const race = winners(await raceOf(rounds, () => call(body, { timestamp })));
    expect(race.filter((status) => status === 204)).toHaveLength(1);
    expect(race.filter((status) => status === refused)).toHaveLength(rounds - 1);
    expect(await call(body, { timestamp, signature: sign(timestamp, body).toUpperCase() })).toBe(refused);
    expect(await eventsOf(app, userId)).toHaveLength(1);
  });

  test('what comes in another order than it happened changes nothing that is decided', async () => {
    const { caseId, submissionId } = await givenInReview(app);
    expect(await call(bodyOf(submissionId, 'rejected'))).toBe(204);
    expect(await call(bodyOf(submissionId, 'approved'))).toBe(204);
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'rejected' });
  });

  test('400: signed, and no result', async () => {
    for (const body of [
      '',
      '[]',
      '{"outcome":"approved"}',
      JSON.stringify({ submissionId: uuidv7(), outcome: 'none' }),
    ]) {
      expect(await call(body)).toBe('400 request.malformed');
    }
  });
});
