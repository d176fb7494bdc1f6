import { describe, expect, it } from 'vitest';
import { cloudEventMediaType } from '#envelope/cloud-event.ts';
import { batchBody, eventBatchMediaType, eventsOf } from '#envelope/event-batch.ts';

const event = (id: string) => ({
  specversion: '1.0',
  id,
  source: '/user-service/auth',
  type: 'audit.entry_recorded.v1',
  subject: 'ünïcode',
  time: '2026-01-02T03:04:05.678Z',
  dataschema: 'proto:bank.ledger.v1.AuditEntry',
  datacontenttype: 'application/json',
  data: {},
});

const bodyOf = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('eventsOf', () => {
  it('gives the one event of a message', () => {
    expect(eventsOf(bodyOf(event('a')), cloudEventMediaType)).toEqual([event('a')]);
  });

  it.each([[[]], [['a']], [['a', 'b', 'c']]])('gives the events of a batch in their order: %j', (ids) => {
    const body = batchBody(ids.map((id) => bodyOf(event(id))));
    expect(eventsOf(body, eventBatchMediaType).map(({ id }) => id)).toEqual(ids);
  });

  it.each(['application/cloudevents-batch+json', 'Application/CloudEvents-Batch+JSON ;charset=UTF-8'])(
    'knows a batch by %s',
    (contentType) => {
      expect(eventsOf(bodyOf([event('a')]), contentType)).toHaveLength(1);
    },
  );

  it.each([undefined, 7, 'application/json', 'application/cloudevents-batch+json-seq'])(
    'takes no batch for one event: %j',
    (contentType) => {
      expect(() => eventsOf(bodyOf([event('a')]), contentType)).toThrow('message.malformed: not an object');
    },
  );

  it.each([
    ['{', 'not JSON'],
    ['{}', 'not an array'],
    ['null', 'not an array'],
    ['[null]', 'not an object'],
    ['[{"specversion":"1.0"}]', 'id'],
  ])('refuses the batch %s', (text, what) => {
    expect(() => eventsOf(Buffer.from(text), eventBatchMediaType)).toThrow(`message.malformed: ${what}`);
  });
});
