import { type RewrapReport, rewrapDataKeys } from '@bank/database';
import { exportSealed, importSealed, type Keyring, SealBroken, sealedKeyId } from '@bank/security';
import { readCommandLine } from '#ops/command-line.ts';
import { type OperatorRun, operatorRun } from '#ops/operator-run.ts';
import { type AppKeys, appsOf, withApp } from '#ops/pii/apps.ts';
import { needOfMissingKeys, needOfOlderKeys } from '#ops/pii/need.ts';
import { describeMissing, describeNeed } from '#ops/pii/status.ts';
import { progressLine } from '#ops/progress-line.ts';

const usage = 'usage: pnpm ops pii rotate [--app <app>]';

/**
 * Wraps every data key of the apps under their current key-encryption key again, and what else is sealed under an older one. May be
 * interrupted and run again, beside everything that runs. Gives whether no older key is needed afterwards.
 */
export async function rotatePii(args: readonly string[]): Promise<boolean> {
  const { values } = readCommandLine(args, { options: { app: { type: 'string' } } }, usage);
  const run = operatorRun('pii rotate');
  let allOk = true;
  for (const app of appsOf(values.app)) allOk = (await withApp(app, (keys) => rotateApp(keys, run))) && allOk;
  return allOk;
}

async function rotateApp(keys: AppKeys, run: OperatorRun): Promise<boolean> {
  const { app, database } = keys;
  const keyring = await keys.keyring('kek');
  const before = Object.values(await needOfOlderKeys(keys, 'kek')).map((need) => need['data keys'] ?? 0);
  const total = before.reduce((sum, count) => sum + count, 0);
  const { id } = keyring.current();
  // Before anything is wrapped again, and how it ended: a run that is killed has told that it began.
  await keys.tell(run, { key: id, state: 'begun', dataKeys: total });
  const progress = progressLine();
  const report: RewrapReport = await rewrapDataKeys(database, keyring, (done) =>
    progress.show(`${app}: ${done} of ${total} data keys`),
  );
  progress.end();
  const signing = app === 'auth' ? await resealSigningKeys(keys) : { resealed: 0, broken: [] };
  const left = Object.entries(await needOfOlderKeys(keys, 'kek')).filter(([, need]) => Object.keys(need).length > 0);
  const missing = Object.entries(await needOfMissingKeys(keys));
  const broken = report.broken.length + signing.broken.length;
  const ended = { dataKeys: report.rewrapped, signingKeys: signing.resealed, broken };
  await keys.tell(run, { key: id, state: 'ended', ...ended });
  print([
    `${app}: ${report.rewrapped} data keys are wrapped under ${id}${signing.resealed > 0 ? `, ${signing.resealed} signing keys too` : ''}`,
    ...report.broken.map((keyId) => `${app}: data key ${keyId} does not unwrap and stays: damaged, or of another user`),
    ...signing.broken.map((kid) => `${app}: signing key ${kid} does not open and stays: damaged, or its key is gone`),
    ...left.map(([older, need]) => `${app}: ${older} is still ${describeNeed(need)}`),
    ...missing.map(([gone, need]) => `${app}: ${gone} ${describeMissing(need)}`),
  ]);
  return left.length === 0 && missing.length === 0 && broken === 0;
}

interface Resealed {
  readonly resealed: number;
  /** Ids of those that do not open. */
  readonly broken: readonly string[];
}

/** The private halves of auth's signing keys, which are sealed under a key-encryption key as they are. */
async function resealSigningKeys({ database: { pool }, keyring }: AppKeys): Promise<Resealed> {
  const kek = await keyring('kek');
  const sql = 'select kid, sealed_private as sealed from auth.signing_keys';
  const { rows } = await pool.query<{ kid: string; sealed: Buffer }>(sql);
  const broken: string[] = [];
  let resealed = 0;
  for (const { kid, sealed } of rows.filter((row) => sealedKeyId(row.sealed) !== kek.current().id)) {
    const again = sealAgain(kid, sealed, kek);
    if (again === undefined) {
      broken.push(kid);
      continue;
    }
    const update = 'update auth.signing_keys set sealed_private = $1 where kid = $2 and sealed_private = $3';
    resealed += (await pool.query(update, [again, kid, sealed])).rowCount ?? 0;
  }
  return { resealed, broken };
}

/** Undefined when it does not open. */
function sealAgain(kid: string, sealed: Uint8Array, kek: Keyring): Uint8Array | undefined {
  try {
    return exportSealed(importSealed(kid, sealed, kek), kek);
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
