export type { BrokerAddress } from '#connection/broker-address.ts';
export { BrokerUnavailable } from '#connection/broker-unavailable.ts';
export { type BatchConsumer, inBatches } from '#consume/batch-consumer.ts';
export type { Consumer } from '#consume/consumer.ts';
export { type Consumers, type ConsumersOptions, createConsumers } from '#consume/consumers.ts';
export { PermanentFailure } from '#consume/failure.ts';
export {
  type DeadLetter,
  type DeadLettersOptions,
  type Discard,
  discardDeadLetters,
  discardUnreadable,
  type LetterAct,
  listDeadLetters,
  type Replay,
  replayDeadLetters,
} from '#dead-letters/dead-letters.ts';
export { type CloudEvent, cloudEventMediaType } from '#envelope/cloud-event.ts';
export { eventsOf } from '#envelope/event-batch.ts';
export type { BatchOutcome } from '#publish/batch.ts';
export type { OutgoingMessage } from '#publish/outgoing-message.ts';
export { createPublisher, type Publisher } from '#publish/publisher.ts';
export type { OutboxRow, OutboxStore } from '#relay/outbox-store.ts';
export { outgoingRow, sourceOf } from '#relay/outgoing-row.ts';
export { packRows } from '#relay/pack-rows.ts';
export { createRelay, type RelayOptions } from '#relay/relay.ts';
export * from '#topology/index.ts';
export type { Worker } from '#worker.ts';
