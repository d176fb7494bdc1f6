import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { DomainError, uuidv7 } from '@bank/domain';
import { readCommandLine } from '#ops/command-line.ts';
import {
  type Installation,
  installationOf,
  installationOptions,
  installationUsage,
  reasonOf,
} from '#ops/installation.ts';
import { progressLine } from '#ops/progress-line.ts';
import { type FirebaseProject, readFirebaseProject } from '#ops/users/firebase.ts';
import { type ImportKind, type ImportProgress, openProgress } from '#ops/users/import-progress.ts';
import { kindOfFile } from '#ops/users/read-file.ts';
import { sendRecords } from '#ops/users/send-records.ts';
import { acquireLock } from '#stack/host/lock.ts';
import { StackError } from '#stack/host/stack-error.ts';

const usage = `usage: pnpm ops users import <file.jsonl|file.csv> [--dry-run] [--firebase-hash-config <json>] ${installationUsage}`;

/** What auth has is not told to this command, so it says so whenever there were hashes (SR-15). */
const timeHint =
  'Imported hashes take longer until their first sign-in: is PASSWORD_CHECK_MIN_MS of auth set? See docs/deployment/import.md\n';

interface Options {
  readonly file: string;
  readonly dryRun: boolean;
  readonly firebase: FirebaseProject | undefined;
  readonly installation: Installation;
}

/**
 * Imports the customers of another system. Whatever ends it, the same command goes on from where it was. Lines that cannot
 * be imported stand in `<file>.errors.csv` by number, field and rule. Gives whether there was none.
 * @throws StackError for options that do not fit together, while another run imports the file, and when auth does not answer
 */
export async function importFile(args: readonly string[]): Promise<boolean> {
  const options = readOptions(args);
  // A rehearsal leaves no trace that the real run would go on from.
  const kind = options.dryRun ? '.dry-run' : '';
  const taken = (pid: number) => `process ${pid} imports ${options.file} already`;
  const lock = await acquireLock(`${options.file}${kind}.lock`, { taken });
  try {
    return await importLocked(options, kind);
  } finally {
    lock.release();
  }
}

async function importLocked(options: Options, kind: ImportKind): Promise<boolean> {
  const identity = { installation: options.installation.baseUrl, firebase: digestOf(options.firebase) };
  const progress = openProgress(options.file, { ...identity, kind, newRunId: uuidv7() });
  const line = progressLine();
  const startedAt = performance.now();
  let hasHashes: boolean;
  try {
    hasHashes = await sendRecords(options, progress, () => line.show(describe(progress, startedAt)));
  } catch (error) {
    line.end();
    throw error instanceof DomainError ? new StackError(`${reasonOf(error)} Run it again to go on.`) : error;
  }
  progress.finish();
  line.end();
  const { refused } = progress.counts();
  const hint = refused === 0 ? '' : `; see ${progress.errorsFile}`;
  process.stdout.write(`${options.dryRun ? 'dry run: ' : ''}${describe(progress, startedAt)}${hint}\n`);
  if (hasHashes) process.stdout.write(timeHint);
  return refused === 0;
}

/** Tells one project from another one, and says nothing of its key. */
function digestOf(project: FirebaseProject | undefined): string {
  if (project === undefined) return '';
  const { signerKey, saltSeparator, rounds, memoryCost } = project;
  const values = [signerKey, saltSeparator].map((bytes) => Buffer.from(bytes).toString('base64'));
  return createHash('sha256')
    .update([...values, rounds, memoryCost].join(' '))
    .digest('hex');
}

function describe(progress: ImportProgress, startedAt: number): string {
  const { created, already, refused } = progress.counts();
  const perSecond = progress.doneNow() / ((performance.now() - startedAt) / 1000);
  return `${created} imported, ${already} were there, ${refused} refused (${perSecond.toFixed(0)} lines/s)`;
}

const commandLine = {
  allowPositionals: true,
  options: {
    'dry-run': { type: 'boolean' },
    'firebase-hash-config': { type: 'string' },
    ...installationOptions,
  },
} as const;

function readOptions(args: readonly string[]): Options {
  const { values, positionals } = readCommandLine(args, commandLine, usage);
  const { 'dry-run': dryRun = false, 'firebase-hash-config': config, ...installation } = values;
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new StackError(usage);
  for (const needed of [file, ...(config === undefined ? [] : [config])]) {
    if (!existsSync(needed)) throw new StackError(`there is no ${needed}`);
  }
  kindOfFile(file);
  const firebase = config === undefined ? undefined : readFirebaseProject(config, readFileSync(config, 'utf8'));
  return { file, dryRun, firebase, installation: installationOf(installation, usage) };
}
