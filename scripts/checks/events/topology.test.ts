import { expect, it } from 'vitest';
import { checkTopology } from '#checks/events/topology.ts';
import { formatProblem } from '#checks/problem.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const events = 'proto/bank/events/v1/device_events.proto';
const file = 'infra/rabbitmq/topology.json';
const topology = {
  apps: { device: { emits: ['device'] }, mfa: { emits: ['mfa'] } },
  emittedByEveryApp: [],
  queues: [
    { destination: 'events', types: ['device.removed.v1'] },
    { destination: 'kyc', types: ['kyc.verification.completed.v1'] },
    { destination: 'audit' },
  ],
  unsubscribed: { types: ['device.trusted.v1'] },
};
const both = ['device.removed.v1', 'device.trusted.v1'];

async function problems(types: readonly string[], changes: Partial<typeof topology> = {}): Promise<string[]> {
  const proto = types.map((type) => `message M {\n  option (event_type) = "${type}";\n}\n`).join('');
  const files = { [events]: proto, [file]: JSON.stringify({ ...topology, ...changes }) };
  return (await inWorkspace(files, checkTopology)).map(formatProblem);
}

it('passes event types that are read, or said not to be', async () => {
  expect(await problems(both)).toEqual([]);
});

it('fails an event type that goes nowhere', async () => {
  expect(await problems([...both, 'device.named.v1'])).toEqual([
    `${events}:8  device.named.v1 goes nowhere: add it to ${file}, to \`types\` of the queue that reads it or to \`unsubscribed\``,
  ]);
});

it('fails one that is read and said not to be', async () => {
  expect(await problems(both, { unsubscribed: { types: both } })).toEqual([
    `${events}:2  device.removed.v1 is read by a queue: take it away from \`unsubscribed\` of ${file}`,
  ]);
});

it('fails one of an area that no app emits', async () => {
  const unsubscribed = { types: ['device.trusted.v1', 'devices.named.v1'] };
  expect(await problems([...both, 'devices.named.v1'], { unsubscribed })).toEqual([
    `${events}:8  devices.named.v1: "devices" stands in \`emits\` of one app in ${file}, or none may emit it`,
  ]);
});

it('fails a type that is no event', async () => {
  expect(await problems(['device.removed.v1'])).toEqual([
    `${file}  device.trusted.v1 is no event of proto/bank/events/v1`,
  ]);
});
