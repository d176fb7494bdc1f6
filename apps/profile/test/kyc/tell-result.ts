import { randomUUID } from 'node:crypto';
import { Secret } from '@bank/domain';
import { cloudEventMediaType, createPublisher, topology } from '@bank/messaging';
import { createLogger } from '@bank/observability';
import { encodeEvent } from '@bank/proto/events';
import { VerificationCompletedSchema, VerificationOutcome } from '@bank/proto/kyc';
import type { KycApp } from './kyc-app.ts';

/** Tells the broker of a result, as the platform's service does. */
export async function tellResult(
  { broker }: KycApp,
  submissionId: string,
  outcome: VerificationOutcome = VerificationOutcome.APPROVED,
  id: string = randomUUID(),
): Promise<void> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const publisher = createPublisher({ url: new Secret(broker.url), service: 'test', logger });
  const subject = `verification-${submissionId}`;
  const told = { verificationId: subject, submissionId, outcome, reasons: ['document_unreadable'] };
  const event = encodeEvent(VerificationCompletedSchema, told);
  const time = new Date();
  const cloudEvent = { specversion: '1.0', id, source: '/kyc', subject, datacontenttype: 'application/json' };
  const body = Buffer.from(JSON.stringify({ ...event, ...cloudEvent, time: time.toISOString() }));
  const properties = { id, type: event.type, time, headers: {}, contentType: cloudEventMediaType };
  await publisher.publish([{ ...properties, exchange: topology.platform.kyc.exchange, routingKey: event.type, body }]);
  await publisher.close();
}
