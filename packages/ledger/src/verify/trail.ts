import {
  CheckpointInvalid,
  checkpointHash,
  emptyHeads,
  readCheckpoint,
  type ShardHead,
  type SignedCheckpoint,
  successionProblem,
  type TrailCheckpoint,
} from '#checkpoint/checkpoint.ts';
import type { TrustedKeys } from '#checkpoint/checkpoint-keys.ts';
import type { CheckpointStore } from '#checkpoint/checkpoint-store.ts';
import { manifestHash } from '#checkpoint/manifest.ts';
import type { LedgerProblem } from '#verify/report.ts';

/** Where checkpoints are looked for. Both have to agree; the file may only lack the newest. */
export interface CheckpointPlaces {
  readonly table: CheckpointStore;
  readonly file?: CheckpointStore | undefined;
}

/** The checkpoints that can be believed, in their order, and what is wrong with those that cannot. */
export interface Trail {
  readonly checkpoints: readonly TrailCheckpoint[];
  readonly problems: readonly LedgerProblem[];
  /** Checkpoints of the table that the file has yet to get. */
  readonly fileBehind: number;
}

/** The heads after a checkpoint of the trail; those of an empty ledger for number 0. */
export function headsAfter({ checkpoints }: Pick<Trail, 'checkpoints'>, number: number): readonly ShardHead[] {
  return number === 0 ? emptyHeads : (checkpoints[number - 1]?.heads ?? emptyHeads);
}

/**
 * Reads both places side by side: signatures, numbers without gaps, each naming the one before, file and table the same.
 * Believes the file before the table, and nothing after the first checkpoint that fails.
 */
export async function readTrail({ table, file }: CheckpointPlaces, keys: TrustedKeys): Promise<Trail> {
  const checkpoints: TrailCheckpoint[] = [];
  const problems: LedgerProblem[] = [];
  let fileBehind = 0;
  const [inTable, inFile] = [new Cursor(table), new Cursor(file)];
  for (let number = 1; ; number += 1) {
    const [read, written] = [await inTable.take(number), await inFile.take(number)];
    // Both go on growing: what reached the file after the table was read to its end is in the table by now.
    const stored = read ?? (written && (await inTable.lookAgain(number)));
    const next = written ?? stored;
    if (next === undefined) {
      if (inTable.hasMore || inFile.hasMore) problems.push(problemAt(number, 'it is missing'));
      return { checkpoints, problems, fileBehind };
    }
    const problem = agreementProblem(stored, written, inFile.hasMore);
    if (problem !== undefined) problems.push(problemAt(number, problem));
    if (file !== undefined && written === undefined) fileBehind += 1;
    try {
      checkpoints.push(believe(next, checkpoints.at(-1), keys));
    } catch (error) {
      if (!(error instanceof CheckpointInvalid)) throw error;
      problems.push(problemAt(number, error.message));
      return { checkpoints, problems, fileBehind };
    }
  }
}

function agreementProblem(
  stored: SignedCheckpoint | undefined,
  written: SignedCheckpoint | undefined,
  fileGoesOn: boolean,
): string | undefined {
  if (stored === undefined) return 'it stands in the file and not in the table';
  if (written === undefined) return fileGoesOn ? 'it stands in the table and not in the file' : undefined;
  return stored.jws === written.jws ? undefined : 'the table and the file have different ones';
}

/** A checkpoint that is signed, follows the one before and has the manifest that was signed. @throws CheckpointInvalid */
export function believe(
  next: SignedCheckpoint,
  before: TrailCheckpoint | undefined,
  keys: TrustedKeys,
): TrailCheckpoint {
  const checkpoint = readCheckpoint(next.jws, keys);
  const problem = successionProblem(checkpoint, before);
  if (problem !== undefined) throw new CheckpointInvalid(problem);
  if (manifestHash(next.manifest) !== checkpoint.manifestHash) {
    throw new CheckpointInvalid('its manifest is not the one that was signed');
  }
  return { ...checkpoint, jwsHash: checkpointHash(next.jws) };
}

/** What is wrong with a checkpoint. */
export function problemAt(checkpoint: number, message: string): LedgerProblem {
  return { rule: 'checkpoint', checkpoint, message };
}

/** Takes checkpoints out of a store by their numbers. */
class Cursor {
  readonly #store: CheckpointStore | undefined;
  #iterator: AsyncIterator<SignedCheckpoint> | undefined;
  #next: SignedCheckpoint | undefined;
  #started = false;

  constructor(store: CheckpointStore | undefined) {
    this.#store = store;
    this.#iterator = store?.readAfter(0)[Symbol.asyncIterator]();
  }

  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** The checkpoint of that number; a line of the file that repeats the one before is passed over. */
  async take(number: number): Promise<SignedCheckpoint | undefined> {
    if (!this.#started) await this.#advance();
    while (this.#next !== undefined && this.#next.number < number) await this.#advance();
    if (this.#next?.number !== number) return undefined;
    const taken = this.#next;
    await this.#advance();
    return taken;
  }

  /** Takes one that has come since the end was reached. */
  async lookAgain(number: number): Promise<SignedCheckpoint | undefined> {
    if (this.#next !== undefined) return undefined;
    this.#iterator = this.#store?.readAfter(number - 1)[Symbol.asyncIterator]();
    await this.#advance();
    return this.take(number);
  }

  async #advance(): Promise<void> {
    this.#started = true;
    const step = await this.#iterator?.next();
    this.#next = step === undefined || step.done ? undefined : step.value;
  }
}
