import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { StackError } from '#stack/host/stack-error.ts';
import { writePrivately } from '#stack/secrets/secret-store.ts';
import type { StorePlan } from '#stack/stores/plan.ts';

const PlaceSchema = v.object({
  kind: v.picklist(['private', 'container', 'given']),
  /** Host and port of a server that was given; empty for one of ours. */
  address: v.string(),
});
type Place = v.InferOutput<typeof PlaceSchema>;

/**
 * Holds the Postgres of a stack against the one that has its data: keys, checkpoints and files of the folder belong to that.
 * Gives what notes it, for when the data is there.
 * @throws StackError when the stack would begin with another one
 */
export function requireSamePlace(folder: string, postgres: StorePlan['postgres']): { note(): void } {
  const place = placeOf(postgres);
  const before = readDataPlace(folder);
  if (before !== undefined && (before.kind !== place.kind || before.address !== place.address)) {
    throw new StackError(
      `the data of this stack is in ${describe(before)}, and would now be in ${describe(place)}: set it back, begin anew with ` +
        `"pnpm stack reset", or remove ${dataPlaceFile(folder)} when you have moved the data`,
    );
  }
  return {
    note() {
      mkdirSync(folder, { recursive: true });
      writePrivately(dataPlaceFile(folder), JSON.stringify(place));
    },
  };
}

/** Where the data of a stack is, in words, when that is a server that its reset leaves alone. */
export function foreignDataPlace(folder: string): string | undefined {
  const place = readDataPlace(folder);
  return place?.kind === 'given' ? describe(place) : undefined;
}

/** The file that says where the data of a stack is. */
export function dataPlaceFile(folder: string): string {
  return join(folder, 'data-place.json');
}

function placeOf(postgres: StorePlan['postgres']): Place {
  if (postgres.kind !== 'given') return { kind: postgres.kind, address: '' };
  const { hostname, port } = new URL(postgres.given.url);
  return { kind: 'given', address: `${hostname}:${port || 5432}` };
}

// A file that cannot be read says nothing.
function readDataPlace(folder: string): Place | undefined {
  const file = dataPlaceFile(folder);
  if (!existsSync(file)) return undefined;
  try {
    return v.parse(PlaceSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function describe({ kind, address }: Place): string {
  if (kind === 'given') return `the Postgres of POSTGRES_URL (${address})`;
  return kind === 'container' ? 'a container of Docker' : 'a Postgres process of its own';
}
