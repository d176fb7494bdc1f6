import { Secret, uuidv7 } from '@bank/domain';
import { createPublisher, type OutboxRow, packRows } from '@bank/messaging';
import { createLogger, newTraceparent } from '@bank/observability';
import { until } from '@bank/testing';
import type { TestEnvironment } from '#testing/test-environment.ts';

/** What an app tells: as `encodeEvent` gives it, under an id when the test needs to know it. */
export interface TestEvent extends Pick<OutboxRow, 'type' | 'subject' | 'dataschema' | 'data'> {
  readonly id?: string;
  readonly destination?: OutboxRow['destination'];
  readonly requestId?: string;
}

/** Publishes messages as the relay of `service` does, and resolves when the broker has them. */
export async function publishEvents(
  environment: Pick<TestEnvironment, 'broker'>,
  service: string,
  events: readonly TestEvent[],
): Promise<void> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const publisher = createPublisher({ url: new Secret(environment.broker.url), service, logger });
  const common = { destination: 'events', sequence: 1, requestId: uuidv7(), traceparent: newTraceparent() } as const;
  try {
    const rows = events.map((event) => ({ ...common, id: uuidv7(), createdAt: new Date(), ...event }));
    await publisher.publish(packRows(rows, service).map(({ message }) => message));
  } finally {
    await publisher.close();
  }
}

/** Resolves when a message lies among the dead letters of a queue. The broker counts them every five seconds. */
export async function untilDeadLettered(environment: Pick<TestEnvironment, 'broker'>, queue: string): Promise<void> {
  const arrived = async () => (await environment.broker.depth(`${queue}.dead`)) > 0;
  await until(arrived, { deadlineMs: 18_000, everyMs: 200, what: `a dead letter of ${queue}` });
}
