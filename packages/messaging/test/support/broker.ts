import { Secret, uuidv7 } from '@bank/domain';
import { createLogger, createMetrics, type Logger, type Metrics } from '@bank/observability';
import { type TestRabbitVhost, testRabbitVhost } from '@bank/testing';
import { cloudEventMediaType, type OutgoingMessage, type TopologyTuning, vhostDefinitions } from '#index.ts';

export const silent: Logger = createLogger({ service: 'test', level: 'silent' });

export function testMetrics(): Metrics {
  return createMetrics({ service: 'test' });
}

/** A virtual host with the real topology, whose retries come back within half a second. */
export async function testBroker(tuning: TopologyTuning = {}): Promise<TestRabbitVhost & { secretUrl: Secret }> {
  const retryDelaysMs = [40, 60, 80, 100];
  const vhost = await testRabbitVhost({ definitions: vhostDefinitions({ retryDelaysMs, ...tuning }) });
  return { ...vhost, secretUrl: new Secret(vhost.url) };
}

/** Tells the ledger of what is done to dead letters, as a command of operators does. */
export const entryOf = () =>
  message('audit.entry_recorded.v1', { exchange: 'user-service.audit', routingKey: 'audit' });

/** What messages carry, in one for the ledger. */
export function batchOf(messages: readonly OutgoingMessage[], changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return message('audit.entry_recorded.v1', {
    id: messages[0]?.id ?? uuidv7(),
    exchange: 'user-service.audit',
    routingKey: 'audit',
    contentType: 'application/cloudevents-batch+json; charset=utf-8',
    body: Buffer.from(`[${messages.map(({ body }) => body.toString()).join(',')}]`),
    ...changes,
  });
}

/** A message as the relay of `auth` would publish it. */
export function message(type: string, changes: Partial<OutgoingMessage> & { data?: object } = {}): OutgoingMessage {
  const { data = { userId: 'u1' }, ...rest } = changes;
  const id = rest.id ?? uuidv7();
  const event = {
    specversion: '1.0',
    id,
    source: '/user-service/auth',
    type,
    subject: 'u1',
    time: '2026-01-02T03:04:05.678Z',
    dataschema: 'proto:bank.events.v1.UserActivated',
    datacontenttype: 'application/json',
    sequence: 1,
    data,
  };
  return {
    id,
    exchange: 'user-service.events',
    routingKey: type,
    type,
    contentType: cloudEventMediaType,
    body: Buffer.from(JSON.stringify(event)),
    headers: {},
    time: new Date(event.time),
    ...rest,
  };
}
