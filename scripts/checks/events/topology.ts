import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

const topologyFile = 'infra/rabbitmq/topology.json';
const eventFiles = /^proto\/bank\/events\/v1\/.*\.proto$/;
const eventType = /option \(event_type\) = "([^"]+)"/;

const Types = v.array(v.string());
const Topology = v.object({
  apps: v.record(v.string(), v.object({ emits: Types })),
  emittedByEveryApp: Types,
  queues: v.array(v.object({ destination: v.string(), types: v.optional(Types, []) })),
  unsubscribed: v.object({ types: Types }),
});
type Topology = v.InferOutput<typeof Topology>;

/** Every event type of the contracts goes to a queue or is said to be read by nobody, never both, and one app may emit it. */
export async function checkTopology(root: string): Promise<readonly Problem[]> {
  const topology = v.parse(Topology, JSON.parse(await readFile(join(root, topologyFile), 'utf8')));
  const events = await eventTypes(root);
  const declared = new Set(events.map(({ type }) => type));
  const subscribed = new Set(
    topology.queues.filter(({ destination }) => destination === 'events').flatMap(({ types }) => types),
  );
  const unsubscribed = new Set(topology.unsubscribed.types);
  const unrouted = events
    .filter(({ type }) => subscribed.has(type) === unsubscribed.has(type))
    .map(({ type, file, line }) => {
      const message = subscribed.has(type)
        ? `${type} is read by a queue: take it away from \`unsubscribed\` of ${topologyFile}`
        : `${type} goes nowhere: add it to ${topologyFile}, to \`types\` of the queue that reads it or to \`unsubscribed\``;
      return { file, line, message };
    });
  const unemitted = events.filter(({ type }) => !isEmittedOnce(topology, type)).map(unemittedProblem);
  const leftOver = [...new Set([...subscribed, ...unsubscribed])]
    .filter((type) => !declared.has(type))
    .map((type) => ({ file: topologyFile, message: `${type} is no event of proto/bank/events/v1` }));
  return [...unrouted, ...unemitted, ...leftOver];
}

interface EventType {
  readonly type: string;
  readonly file: string;
  readonly line: number;
}

async function eventTypes(root: string): Promise<readonly EventType[]> {
  const files = (await workspaceFiles(root)).filter((file) => eventFiles.test(file));
  const types = await Promise.all(
    files.map(async (file) => {
      const lines = (await readFile(join(root, file), 'utf8')).split('\n');
      return lines.flatMap((text, index) => {
        const [, type] = eventType.exec(text) ?? [];
        return type === undefined ? [] : [{ type, file, line: index + 1 }];
      });
    }),
  );
  return types.flat();
}

/** The first word of a type is its area, which one app emits. */
function isEmittedOnce({ apps, emittedByEveryApp }: Topology, type: string): boolean {
  const [area = ''] = type.split('.');
  const emitters = Object.values(apps).filter(({ emits }) => emits.includes(area));
  return emitters.length === 1 || emittedByEveryApp.includes(type);
}

function unemittedProblem({ type, file, line }: EventType): Problem {
  const [area = ''] = type.split('.');
  return {
    file,
    line,
    message: `${type}: "${area}" stands in \`emits\` of one app in ${topologyFile}, or none may emit it`,
  };
}
