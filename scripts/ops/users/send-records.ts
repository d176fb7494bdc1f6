import { DomainError } from '@bank/domain';
import { type ImportOutcome, ImportResult } from '@bank/proto/user';
import { callPatiently } from '#ops/call-patiently.ts';
import { type Installation, userClient } from '#ops/installation.ts';
import type { FileRecord } from '#ops/users/file-record.ts';
import type { FirebaseProject } from '#ops/users/firebase.ts';
import type { ImportProgress, LineResult } from '#ops/users/import-progress.ts';
import { readRecords } from '#ops/users/read-file.ts';
import { toImportedUser } from '#ops/users/record.ts';

export interface Sending {
  readonly file: string;
  readonly dryRun: boolean;
  readonly firebase: FirebaseProject | undefined;
  readonly installation: Installation;
}

/** Lines in a call; fewer where hashing them takes its time. */
const linesMax = 500;
const hashesMax = 64;
/** Calls on their way, so that one is hashed while another one is written. */
const callsMax = 4;

const deadlineMs = 120_000;

type Prepared = ReturnType<typeof toImportedUser> & { readonly line: number };

/**
 * Sends the records of a file to auth, some calls at a time, and notes in the order of the lines what became of them. Gives whether
 * there were hashes among them.
 */
export async function sendRecords(
  sending: Sending,
  progress: ImportProgress,
  onProgress: () => void,
): Promise<boolean> {
  const users = userClient(sending.installation, deadlineMs);
  const underWay: Promise<readonly LineResult[]>[] = [];
  let hasHashes = false;
  const settle = async () => {
    progress.advance((await underWay.shift()) ?? []);
    onProgress();
  };
  const call = async (batch: readonly Prepared[]): Promise<readonly LineResult[]> => {
    const sent = batch.flatMap((record) => ('user' in record ? [record.user] : []));
    hasHashes ||= sent.some(({ passwordHash }) => Boolean(passwordHash));
    const { dryRun, firebase } = sending;
    const request = { runId: progress.runId, dryRun, users: sent, ...(firebase && { firebase }) };
    const { outcomes } = sent.length === 0 ? { outcomes: [] } : await callPatiently(() => users.importUsers(request));
    return resultsOf(batch, outcomes);
  };
  try {
    for await (const batch of batches(sending.file, progress.doneBefore)) {
      const result = call(batch);
      // Whoever waits for it hears of its failure; until then it is nobody's.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= callsMax) await settle();
    }
    while (underWay.length > 0) await settle();
  } finally {
    await Promise.allSettled(underWay);
  }
  return hasHashes;
}

async function* batches(file: string, doneBefore: number): AsyncGenerator<readonly Prepared[]> {
  let batch: Prepared[] = [];
  let hashes = 0;
  for await (const record of readRecords(file)) {
    if (record.line <= doneBefore) continue;
    batch.push(prepare(record));
    if (typeof record.fields?.['passwordHash'] === 'string') hashes += 1;
    if (batch.length < linesMax && hashes < hashesMax) continue;
    yield batch;
    batch = [];
    hashes = 0;
  }
  if (batch.length > 0) yield batch;
}

function prepare({ line, fields }: FileRecord): Prepared {
  return { line, ...toImportedUser(fields) };
}

function resultsOf(batch: readonly Prepared[], outcomes: readonly ImportOutcome[]): readonly LineResult[] {
  let next = 0;
  return batch.map((record): LineResult => {
    const { line } = record;
    if (!('user' in record)) return { line, kind: 'refused', field: record.field, rule: record.rule };
    const outcome = outcomes[next];
    next += 1;
    switch (outcome?.result) {
      case ImportResult.CREATED:
        return { line, kind: 'created' };
      case ImportResult.ALREADY:
        return { line, kind: 'already' };
      case ImportResult.REFUSED:
        return { line, kind: 'refused', field: outcome.field, rule: outcome.rule };
      default:
        throw new DomainError('service.internal', { reason: 'a line got no outcome' });
    }
  });
}
