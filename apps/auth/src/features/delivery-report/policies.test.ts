import { describe, expect, it } from 'vitest';
import { readSendgridReports, readTwilioReport } from './policies.ts';

const deliveryId = '01980000-0000-7000-8000-000000000001';

describe('readTwilioReport', () => {
  const read = (fields: Record<string, string>) =>
    readTwilioReport(deliveryId, new Map(Object.entries({ MessageSid: 'SM1', ...fields })));

  it.each([
    [{ MessageStatus: 'delivered' }, 'delivered', null],
    [{ MessageStatus: 'undelivered', ErrorCode: '30003' }, 'failed', 'TWILIO_30003'],
    [{ MessageStatus: 'failed', ErrorCode: 'x@y' }, 'failed', 'TWILIO_FAILED'],
  ])('%j', (fields, outcome, failure) => {
    expect(read(fields)).toEqual({ deliveryId, messageId: 'SM1', outcome, failure });
  });

  it.each(['queued', 'sent', 'constructor', ''])('%s says nothing yet', (MessageStatus) => {
    expect(read({ MessageStatus })).toBeUndefined();
  });
});

describe('readSendgridReports', () => {
  const event = (name: string, changes: object = {}) => ({
    event: name,
    delivery_id: deliveryId,
    sg_message_id: 'mid-1.recvd-7c5-1-0',
    ...changes,
  });

  it('takes the id of the message without what SendGrid adds to it', () => {
    const expected = { deliveryId, messageId: 'mid-1', outcome: 'delivered', failure: null };
    expect(readSendgridReports([event('processed'), event('delivered'), event('open')])).toEqual([expected]);
  });

  it('tells why a message did not arrive, in codes', () => {
    const reasons = [event('bounce', { status: '5.1.1' }), event('dropped'), event('bounce', { status: 'no ada' })];
    const failures = reasons.flatMap((one) => readSendgridReports([one])).map(({ failure }) => failure);
    expect(failures).toEqual(['SENDGRID_BOUNCE_5.1.1', 'SENDGRID_DROPPED', 'SENDGRID_BOUNCE']);
  });

  it('believes the oldest of several, whatever their order', () => {
    const events = [event('bounce', { timestamp: 2 }), event('delivered', { timestamp: 1 })];
    expect(readSendgridReports(events).map(({ outcome }) => outcome)).toEqual(['delivered']);
  });

  it('passes over what is not about a message of ours', () => {
    const foreign = [event('delivered', { delivery_id: undefined }), event('delivered', { delivery_id: `' or 1=1` })];
    expect(readSendgridReports(foreign)).toEqual([]);
  });
});
