import { describe, expect, it } from 'vitest';
import { parseCloudEvent } from '#envelope/cloud-event.ts';

const event = {
  specversion: '1.0',
  id: '01980000-0000-7000-8000-000000000001',
  source: '/user-service/auth',
  type: 'user.activated.v1',
  subject: '01980000-0000-7000-8000-000000000002',
  time: '2026-01-02T03:04:05.678Z',
  dataschema: 'proto:bank.events.v1.UserActivated',
  datacontenttype: 'application/json',
  sequence: 3,
  data: { userId: '01980000-0000-7000-8000-000000000002' },
};

function body(changes: Record<string, unknown>): Buffer {
  return Buffer.from(JSON.stringify({ ...event, ...changes }));
}

describe('parseCloudEvent', () => {
  it('reads an event, with attributes of a newer producer', () => {
    expect(parseCloudEvent(body({ newer: true }))).toEqual({ ...event, newer: true });
  });

  it.each(['sequence', 'traceparent'])('does without %s', (name) => {
    expect(parseCloudEvent(body({ [name]: undefined }))).not.toHaveProperty(name);
  });

  it.each([
    ['specversion', '0.3'],
    ['id', ''],
    ['source', undefined],
    ['type', 7],
    ['subject', null],
    ['time', 'yesterday'],
    ['dataschema', undefined],
    ['datacontenttype', undefined],
    ['sequence', '3'],
    ['sequence', 1.5],
    ['traceparent', {}],
    ['data', undefined],
  ])('refuses %s: %j, and names the attribute without its value', (name, value) => {
    expect(() => parseCloudEvent(body({ [name]: value }))).toThrow(`message.malformed: ${name}`);
  });

  it.each(['', '{', '[]', 'null', '"text"'])('refuses %j', (text) => {
    expect(() => parseCloudEvent(Buffer.from(text))).toThrow(/^message\.malformed: not (JSON|an object)$/);
  });
});
