import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { testDatabase, testRabbitVhost } from '#index.ts';
import { ledgerFile } from '#run/ledger.ts';
import { removeAbandonedRuns, removeRun } from '#run/removal.ts';

it('removes what a killed run left behind, and leaves running ones alone', async () => {
  const dead = `${(spawnSync('true').pid ?? 0).toString(36)}_00000001`;
  const alive = `${process.pid.toString(36)}_00000002`;
  const abandoned = await testDatabase({ name: 'abandoned' });
  const used = await testDatabase({ name: 'used' });
  const vhost = await testRabbitVhost();
  writeFileSync(ledgerFile(dead), `database ${abandoned.name}\nvhost ${vhost.name}\n`);
  writeFileSync(ledgerFile(alive), `database ${used.name}\n`);

  await removeAbandonedRuns();

  await expect(abandoned.query('select 1')).rejects.toThrow('does not exist');
  expect(existsSync(ledgerFile(dead))).toBe(false);
  expect(await used.query('select 1 as one')).toEqual([{ one: 1 }]);
  await removeRun(alive);
  await expect(used.query('select 1')).rejects.toThrow('does not exist');
});
