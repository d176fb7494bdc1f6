import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import * as v from 'valibot';
import type { RecordProblem } from '#ops/users/record.ts';
import { StackError } from '#stack/host/stack-error.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const ProgressSchema = v.object({
  runId: v.string(),
  /** Of the file, by which it is known to be the same. */
  size: count,
  modifiedAt: v.string(),
  /** Where the lines that are done were imported into. */
  installation: v.optional(v.string(), 'what its release did not note'),
  /** Digest of what reads Firebase's hashes; empty without it. */
  firebase: v.optional(v.string(), ''),
  /** Lines up to this one are done. */
  line: count,
  errorBytes: count,
  created: count,
  already: count,
  refused: count,
});
type Progress = v.InferOutput<typeof ProgressSchema>;

/** In the names of the files that lie beside the one that is imported. */
export type ImportKind = '' | '.dry-run';

/** What became of a line. */
export type LineResult = { readonly line: number } & (
  | { readonly kind: 'created' | 'already' }
  | ({ readonly kind: 'refused' } & RecordProblem)
);

/** What an import is of, apart from its file: a run goes on from another one only where it is the same. */
export interface ImportIdentity {
  /** The address of auth. */
  readonly installation: string;
  /** Digest of what reads Firebase's hashes; empty without it. */
  readonly firebase: string;
}

/** How far an import has come. It lies beside its file, so that whatever ends it, the next run goes on from there. */
export interface ImportProgress {
  readonly runId: string;
  /** Lines up to this one were done by runs before. */
  readonly doneBefore: number;
  readonly errorsFile: string;
  /** Lines that this run has done. */
  doneNow(): number;
  counts(): { readonly created: number; readonly already: number; readonly refused: number };
  /** Notes that these lines are done, all before them being done. */
  advance(results: readonly LineResult[]): void;
  /** The run is over: nothing is left to be gone on with. */
  finish(): void;
}

/**
 * Opens the progress of an import: `<file>.progress`, and `<file>.errors.csv` with line, field and rule of what was refused.
 * What a run before wrote of lines that it did not note as done is cut off, as they come again.
 * Whoever opens it keeps every other run away from the file.
 * @throws StackError when the file has changed since, or was imported elsewhere or otherwise
 */
export function openProgress(
  file: string,
  { kind, newRunId, ...same }: ImportIdentity & { readonly kind: ImportKind; readonly newRunId: string },
): ImportProgress {
  const { size, mtime } = statSync(file);
  const found = { size, modifiedAt: mtime.toISOString(), ...same };
  const path = `${file}${kind}.progress`;
  const errorsFile = `${file}${kind}.errors.csv`;
  const before = readProgress(path);
  const difference = before === undefined ? undefined : differenceOf(before, found);
  if (difference !== undefined) {
    throw new StackError(`${file} ${difference}; remove ${path} to begin again: nobody is imported twice`);
  }
  const state: Progress = before ?? {
    runId: newRunId,
    ...found,
    line: 0,
    errorBytes: 0,
    created: 0,
    already: 0,
    refused: 0,
  };
  const doneBefore = state.line;
  let done = 0;
  const errors = openErrors(errorsFile, state.errorBytes);
  state.errorBytes = errors.size();

  return {
    runId: state.runId,
    doneBefore,
    errorsFile,
    doneNow: () => done,
    counts: () => state,
    advance(results) {
      const refused = results.filter((result) => result.kind === 'refused');
      errors.append(refused.map(({ line, field, rule }) => `${line},${field},${rule}\n`).join(''));
      for (const result of results) state[result.kind] += 1;
      done += results.length;
      state.line = results.at(-1)?.line ?? state.line;
      state.errorBytes = errors.size();
      writeWhole(path, JSON.stringify(state));
    },
    finish() {
      errors.close();
      rmSync(path, { force: true });
    },
  };
}

/** Why a run cannot go on from where one before was. */
function differenceOf(before: Progress, now: ImportIdentity & Pick<Progress, 'size' | 'modifiedAt'>) {
  if (before.size !== now.size || before.modifiedAt !== now.modifiedAt) return 'has changed since its import began';
  if (before.installation !== now.installation) {
    return `was begun to be imported into ${before.installation}, not ${now.installation}`;
  }
  const hashesOf = ({ firebase }: ImportIdentity) => (firebase === '' ? 'none' : `one of SHA-256 ${firebase}`);
  if (before.firebase === now.firebase) return undefined;
  return `was begun with another --firebase-hash-config (${hashesOf(before)}, not ${hashesOf(now)})`;
}

function readProgress(path: string): Progress | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return v.parse(ProgressSchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new StackError(`${path} is damaged; remove it to begin again: nobody is imported twice`);
  }
}

function openErrors(path: string, bytes: number) {
  const descriptor = openSync(path, existsSync(path) && bytes > 0 ? 'r+' : 'w', 0o600);
  let position = bytes;
  ftruncateSync(descriptor, bytes);
  const append = (text: string) => {
    position += writeSync(descriptor, text, position);
  };
  if (bytes === 0) append('line,field,rule\n');
  return {
    append,
    size: () => position,
    close() {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}

/** The old content or the new, whenever it ends. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
