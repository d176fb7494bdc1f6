import { randomUUID } from 'node:crypto';
import { topology, vhostDefinitions } from '@bank/messaging';
import { decodeEvent } from '@bank/proto/events';
import { KycService, VerificationCompletedSchema, VerificationOutcome } from '@bank/proto/kyc';
import { testRabbitVhost, until } from '@bank/testing';
import { Code, ConnectError } from '@connectrpc/connect';
import { connect } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runningPlatform } from './platform.ts';

const { APPROVED, MORE_INFORMATION, REJECTED, UNSPECIFIED } = VerificationOutcome;

function verification(number: string, caseId: string = randomUUID()) {
  const document = { kind: 'passport', side: 'front', country: 'DE', number, contentType: 'image/png' };
  const content = new Uint8Array([1, 2, 3]);
  return {
    submissionId: randomUUID(),
    caseId,
    attempt: 1,
    tier: 1,
    person: { givenName: 'Ada', familyName: 'Lovelace' },
    documents: [{ ...document, documentId: randomUUID(), content }],
  };
}

async function kycService(options: { slowMs?: number; brokerUrl?: string } = {}) {
  const platform = await runningPlatform(options);
  const client = await platform.client('kyc', KycService, 'spiffe://bank/app/profile');
  const outcomeOf = async (verificationId: string) => {
    const { outcome, reasons } = await client.getVerification({ verificationId });
    return outcome === UNSPECIFIED ? undefined : { outcome, reasons };
  };
  return { ...platform, client, outcomeOf, decided: (id: string) => until(() => outcomeOf(id)) };
}

async function codeOf(call: Promise<unknown>) {
  return ConnectError.from(await call.catch((reason: unknown) => reason)).code;
}

describe('KycService.SubmitVerification', () => {
  test.each([
    ['C01X00T47', APPROVED, []],
    ['reject-1', REJECTED, ['document_tampered', 'face_mismatch']],
    ['MORE-1', MORE_INFORMATION, ['document_unreadable']],
    ['SLOW-1', APPROVED, []],
    ['LOST-1', APPROVED, []],
  ])('a document %s comes to %i', async (number, outcome, reasons) => {
    const { client, decided } = await kycService();
    const { verificationId } = await client.submitVerification(verification(number));
    expect(await decided(verificationId)).toEqual({ outcome, reasons });
  });

  test('verifies once for a submission, and answers with the same verification', async () => {
    const { client } = await kycService();
    const submitted = verification('C01X00T47');
    expect(await client.submitVerification(submitted)).toEqual(await client.submitVerification(submitted));
  });

  test('tells what it has taken, by ids, and how often each came', async () => {
    const { client, json } = await kycService();
    const submitted = verification('C01X00T47');
    const { verificationId } = await client.submitVerification(submitted);
    await client.submitVerification(submitted);
    const { submissionId, caseId } = submitted;
    const item = { verificationId, submissionId, caseId, attempt: 1, calls: 2 };
    expect(await json('/api/kyc')).toEqual({ items: [item] });
  });

  test('INVALID_ARGUMENT for what can never be verified, UNAVAILABLE for a while or for good', async () => {
    const { client } = await kycService();
    const flaky = verification('FLAKY-1');
    expect(await codeOf(client.submitVerification(verification('INVALID-1')))).toBe(Code.InvalidArgument);
    expect(await codeOf(client.submitVerification({ ...verification('X-1'), documents: [] }))).toBe(
      Code.InvalidArgument,
    );
    expect(await codeOf(client.submitVerification(verification('DOWN-1')))).toBe(Code.Unavailable);
    expect(await codeOf(client.submitVerification(flaky))).toBe(Code.Unavailable);
    expect((await client.submitVerification(flaky)).verificationId).not.toBe('');
  });

  test('mute is taken, and its sender learns of it by asking again', async () => {
    const { client, decided } = await kycService();
    const submitted = verification('MUTE-1');
    await expect(client.submitVerification(submitted)).rejects.toThrow();
    const { verificationId } = await client.submitVerification(submitted);
    expect(await decided(verificationId)).toMatchObject({ outcome: APPROVED });
  });

  test('takes pictures of several MiB', async () => {
    const { client } = await kycService();
    const large = verification('C01X00T47');
    const documents = large.documents.map((document) => ({ ...document, content: new Uint8Array(4 << 20) }));
    expect((await client.submitVerification({ ...large, documents })).verificationId).not.toBe('');
  });

  test('is for profile alone', async () => {
    const platform = await runningPlatform();
    const device = await platform.client('kyc', KycService, 'spiffe://bank/app/device');
    expect(await codeOf(device.submitVerification(verification('X-1')))).toBe(Code.PermissionDenied);
  });
});

test('GetVerification: NOT_FOUND for what was never submitted, undecided for what never is', async () => {
  const { client, outcomeOf } = await kycService();
  expect(await codeOf(client.getVerification({ verificationId: 'none' }))).toBe(Code.NotFound);
  const { verificationId } = await client.submitVerification(verification('NEVER-1'));
  expect(await outcomeOf(verificationId)).toBeUndefined();
});

test('kyc.verification.completed.v1 tells of each result, without anything of the person', async () => {
  const vhost = await testRabbitVhost({ definitions: vhostDefinitions() });
  const connection = await connect(vhost.url);
  onTestFinished(() => connection.close());
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, topology.platform.kyc.exchange, 'kyc.verification.completed.v1');
  const bodies: string[] = [];
  await channel.consume(queue, (delivered) => bodies.push(delivered?.content.toString() ?? ''), { noAck: true });
  const told = () => bodies.map((body) => decodeEvent(VerificationCompletedSchema, JSON.parse(body).data));

  const { client, decided } = await kycService({ brokerUrl: vhost.url });
  const { verificationId: twice } = await client.submitVerification(verification('TWICE-1'));
  await until(() => bodies.length >= 2);
  expect(told()).toMatchObject([{ verificationId: twice }, { verificationId: twice, outcome: APPROVED }]);
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ subject: twice, source: '/kyc' });

  const late = verification('LATE-1');
  const { verificationId: first } = await client.submitVerification(late);
  await decided(first);
  await client.submitVerification({ ...late, submissionId: randomUUID(), attempt: 2 });
  await until(() => bodies.length >= 5);
  expect(
    told()
      .slice(2)
      .map(({ outcome }) => outcome),
  ).toEqual([MORE_INFORMATION, APPROVED, MORE_INFORMATION]);
  expect(bodies.join()).not.toContain('Lovelace');
  expect(bodies.join()).not.toContain('LATE-1');
});
