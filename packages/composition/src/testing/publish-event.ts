import { Secret, uuidv7 } from '@bank/domain';
import { createPublisher, type OutboxRow, outgoingRow } from '@bank/messaging';
import { createLogger, newTraceparent } from '@bank/observability';
import type { TestEnvironment } from '#testing/test-environment.ts';

/** What an app tells: as `encodeEvent` gives it, under an id when the test needs to know it. */
export interface TestEvent extends Pick<OutboxRow, 'type' | 'subject' | 'dataschema' | 'data'> {
  readonly id?: string;
  readonly destination?: OutboxRow['destination'];
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
    await publisher.publish(
      events.map((event) => outgoingRow({ ...common, id: uuidv7(), createdAt: new Date(), ...event }, service)),
    );
  } finally {
    await publisher.close();
  }
}
