import { mkdirSync, renameSync, rmSync } from 'node:fs';
import type { Stack } from '@bank/scripts/stack';
import { registerPeople } from '@bank/test-bed';
import type { Bench } from '#bench.ts';
import { asAdministrator, databaseNameOf } from '#scale/administrator.ts';
import type { DataSet } from '#scale/data-set.ts';
import { ensureTemplate } from '#scale/template.ts';
import { openMint } from '#tokens.ts';

/** Copies of data sets that take the place of the stack's database in turn. */
export interface Clones {
  /** Starts the apps anew on the copy of that data set, and gives a bench with people who registered there. */
  on(data: DataSet): Promise<Bench>;
  /** Puts the stack's own database back and removes the copies. */
  close(): Promise<void>;
}

const ownName = 'own';

/** Makes the templates that are not there yet. Nothing is changed under the apps before `on`. */
export async function openClones(bench: Bench, sets: readonly DataSet[]): Promise<Clones> {
  const { stack, options } = bench;
  const templates = new Map<DataSet, string>();
  for (const data of sets) templates.set(data, await ensureTemplate(bench, data));
  const name = databaseNameOf(stack);
  // Checkpoints are kept outside of the ledger that they vouch for: each database has its own, or admin would raise an alarm.
  const checkpoints = stack.environments.admin['CHECKPOINT_DIR'] ?? '';
  const benches = new Map<DataSet, Bench>();
  let current = ownName;

  async function exchange(to: string, template?: string): Promise<void> {
    if (to === current) return;
    await stopApps(stack);
    await asAdministrator(stack, async (client) => {
      await client.query(`alter database ${name} rename to ${name}_${current}`);
      const make = `create database ${name} template ${template} strategy file_copy`;
      await client.query(template === undefined ? `alter database ${name}_${to} rename to ${name}` : make);
    });
    renameSync(checkpoints, `${checkpoints}_${current}`);
    if (template === undefined) renameSync(`${checkpoints}_${to}`, checkpoints);
    else mkdirSync(checkpoints, { mode: 0o700 });
    current = to;
    await startApps(stack);
  }

  return {
    async on(data) {
      const known = benches.get(data);
      await exchange(data.name, known === undefined ? templates.get(data) : undefined);
      if (known !== undefined) return known;
      bench.report(`registering ${options.users} users among ${data.name}`);
      const people = await registerPeople(stack.addresses, options.users);
      const made = { ...bench, people, mint: await openMint(stack) };
      benches.set(data, made);
      return made;
    },
    async close() {
      await exchange(ownName);
      await asAdministrator(stack, async (client) => {
        for (const data of benches.keys()) await client.query(`drop database ${name}_${data.name} with (force)`);
      });
      for (const data of benches.keys()) rmSync(`${checkpoints}_${data.name}`, { recursive: true });
    },
  };
}

async function stopApps({ apps }: Stack): Promise<void> {
  await Promise.all(Object.values(apps).map((app) => app.stop()));
}

async function startApps({ apps }: Stack): Promise<void> {
  await Promise.all(Object.values(apps).map((app) => app.start()));
}
