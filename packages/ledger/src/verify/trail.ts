import { believe } from '#checkpoint/believe.ts';
import {
  CheckpointInvalid,
  checkpointHash,
  emptyHeads,
  readCheckpoint,
  type ShardHead,
  type SignedCheckpoint,
  type TrailCheckpoint,
} from '#checkpoint/checkpoint.ts';
import type { TrustedKeys } from '#checkpoint/checkpoint-keys.ts';
import type { CheckpointStore, CheckpointTable } from '#checkpoint/checkpoint-store.ts';
import type { LedgerProblem } from '#verify/report.ts';

/** Where checkpoints are looked for. Both have to agree; the file may only lack the newest. */
export interface CheckpointPlaces {
  readonly table: CheckpointTable;
  readonly file?: CheckpointStore | undefined;
}

/**
 * Reads both places side by side: signatures, numbers without gaps, each naming the one before, file and table the same.
 * Believes the file before the table, and nothing after the first checkpoint that fails. Keeps none but the last: there is
 * one for every minute since the ledger began.
 */
export class Trail {
  /** What is wrong with those that were read. */
  readonly problems: LedgerProblem[] = [];
  readonly #keys: TrustedKeys;
  readonly #base: number;
  readonly #hasFile: boolean;
  readonly #inTable: Cursor;
  readonly #inFile: Cursor;
  #number: number;
  #last: TrailCheckpoint | undefined;
  #verified = 0;
  #fileBehind = 0;
  #firstBehind: TrailCheckpoint | undefined;
  #hasFailed = false;

  /** Begins after a checkpoint, which is believed for its signature alone; 0 for the beginning. */
  constructor({ table, file }: CheckpointPlaces, keys: TrustedKeys, base: number) {
    this.#keys = keys;
    this.#base = base;
    this.#number = Math.max(1, base);
    this.#hasFile = file !== undefined;
    [this.#inTable, this.#inFile] = [new Cursor(table, this.#number), new Cursor(file, this.#number)];
  }

  /** The last that was believed. */
  get last(): TrailCheckpoint | undefined {
    return this.#last;
  }

  /** How many were believed after the base. */
  get verified(): number {
    return this.#verified;
  }

  /** How many of the last ones the file has yet to get. */
  get fileBehind(): number {
    return this.#fileBehind;
  }

  /** The first of those. */
  get firstBehind(): TrailCheckpoint | undefined {
    return this.#firstBehind;
  }

  /** Where every shard stands at the base. Undefined when it cannot be believed: then nothing after it can be. */
  async begin(): Promise<readonly ShardHead[] | undefined> {
    return this.#base === 0 ? emptyHeads : (await this.#next((stored) => this.#anchor(stored)))?.heads;
  }

  /** The next ones, as many as that; fewer at the end, or before the first that fails. */
  async take(count: number): Promise<readonly TrailCheckpoint[]> {
    const taken: TrailCheckpoint[] = [];
    while (taken.length < count) {
      const next = await this.#next((stored) => believe(stored, this.#last, this.#keys));
      if (next === undefined) break;
      this.#verified += 1;
      taken.push(next);
    }
    return taken;
  }

  /** To be called when no more are taken. */
  async close(): Promise<void> {
    await Promise.all([this.#inTable.close(), this.#inFile.close()]);
  }

  async #next(read: (stored: SignedCheckpoint) => TrailCheckpoint): Promise<TrailCheckpoint | undefined> {
    if (this.#hasFailed) return undefined;
    const number = this.#number;
    const { stored, written, fileGoesOn } = await this.#look(number);
    const next = written ?? stored;
    if (next === undefined) {
      const isExpected = number === this.#base || this.#inTable.hasMore || fileGoesOn;
      return isExpected ? this.#fail(number, 'it is missing') : undefined;
    }
    const problem = agreementProblem(stored, written, fileGoesOn);
    if (problem !== undefined) this.problems.push(problemAt(number, problem));
    try {
      this.#last = read(next);
    } catch (error) {
      if (!(error instanceof CheckpointInvalid)) throw error;
      return this.#fail(number, error.message);
    }
    if (this.#hasFile && written === undefined && !fileGoesOn) {
      this.#fileBehind += 1;
      this.#firstBehind ??= this.#last;
    }
    this.#number += 1;
    return this.#last;
  }

  async #look(number: number) {
    const [read, written] = [await this.#inTable.take(number), await this.#inFile.take(number)];
    // Both go on growing: what reached the file after the table was read to its end is in the table by now.
    const stored = read ?? (written && (await this.#inTable.lookAgain(number)));
    return { stored, written, fileGoesOn: this.#inFile.hasMore };
  }

  #fail(number: number, message: string): undefined {
    this.problems.push(problemAt(number, message));
    this.#hasFailed = true;
  }

  #anchor(stored: SignedCheckpoint): TrailCheckpoint {
    const checkpoint = readCheckpoint(stored.jws, this.#keys);
    if (checkpoint.number !== this.#base) throw new CheckpointInvalid('it was signed with another number');
    return { ...checkpoint, jwsHash: checkpointHash(stored.jws) };
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

/** What is wrong with a checkpoint. */
export function problemAt(checkpoint: number, message: string): LedgerProblem {
  return { rule: 'checkpoint', checkpoint, message };
}

/** Takes checkpoints out of a store by their numbers, from one on. */
class Cursor {
  readonly #store: CheckpointStore | undefined;
  #iterator: AsyncIterator<SignedCheckpoint> | undefined;
  #next: SignedCheckpoint | undefined;
  #started = false;

  constructor(store: CheckpointStore | undefined, from: number) {
    this.#store = store;
    this.#iterator = store?.readAfter(from - 1)[Symbol.asyncIterator]();
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

  /** Gives back what reading holds open. */
  async close(): Promise<void> {
    await this.#iterator?.return?.();
  }

  async #advance(): Promise<void> {
    this.#started = true;
    const step = await this.#iterator?.next();
    this.#next = step === undefined || step.done ? undefined : step.value;
  }
}
