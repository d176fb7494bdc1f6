import { type RewrapReport, rewrapDataKeys } from '@bank/database';
import { exportSealed, importSealed, sealedKeyId } from '@bank/security';
import { type AppKeys, readPiiCommand, withApp } from '#ops/pii/apps.ts';
import { needOfOlderKeys } from '#ops/pii/need.ts';
import { describeNeed } from '#ops/pii/status.ts';
import { progressLine } from '#ops/progress-line.ts';

const usage = 'usage: pnpm ops pii rotate [--app <app>]';

/**
 * Wraps every data key of the apps under their current key-encryption key again, and what else is sealed under an older one. May be
 * interrupted and run again, beside everything that runs. Gives whether no older key is needed afterwards.
 */
export async function rotatePii(args: readonly string[]): Promise<boolean> {
  const { apps } = readPiiCommand(args, usage, 'no key id');
  let allOk = true;
  for (const app of apps) allOk = (await withApp(app, rotateApp)) && allOk;
  return allOk;
}

async function rotateApp(keys: AppKeys): Promise<boolean> {
  const { app, database } = keys;
  const keyring = await keys.keyring('kek');
  const before = Object.values(await needOfOlderKeys(keys, 'kek')).map((need) => need['data keys'] ?? 0);
  const total = before.reduce((sum, count) => sum + count, 0);
  const progress = progressLine();
  const report: RewrapReport = await rewrapDataKeys(database, keyring, (done) =>
    progress.show(`${app}: ${done} of ${total} data keys`),
  );
  progress.end();
  const signing = app === 'auth' ? await resealSigningKeys(keys) : 0;
  const left = Object.entries(await needOfOlderKeys(keys, 'kek')).filter(([, need]) => Object.keys(need).length > 0);
  const { id } = keyring.current();
  print([
    `${app}: ${report.rewrapped} data keys are wrapped under ${id}${signing > 0 ? `, ${signing} signing keys too` : ''}`,
    ...report.broken.map((keyId) => `${app}: data key ${keyId} does not unwrap and stays: damaged, or of another user`),
    ...left.map(([older, need]) => `${app}: ${older} is still ${describeNeed(need)}`),
  ]);
  return left.length === 0 && report.broken.length === 0;
}

/** The private halves of auth's signing keys, which are sealed under a key-encryption key as they are. */
async function resealSigningKeys({ database: { pool }, keyring }: AppKeys): Promise<number> {
  const kek = await keyring('kek');
  const sql = 'select kid, sealed_private as sealed from auth.signing_keys';
  const { rows } = await pool.query<{ kid: string; sealed: Buffer }>(sql);
  let resealed = 0;
  for (const { kid, sealed } of rows.filter((row) => sealedKeyId(row.sealed) !== kek.current().id)) {
    const again = exportSealed(importSealed(kid, sealed, kek), kek);
    const update = 'update auth.signing_keys set sealed_private = $1 where kid = $2 and sealed_private = $3';
    resealed += (await pool.query(update, [again, kid, sealed])).rowCount ?? 0;
  }
  return resealed;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
