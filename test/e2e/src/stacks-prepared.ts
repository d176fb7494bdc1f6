import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { journeyLogs } from '@bank/scripts/canaries';
import { makeDatabaseTemplate, readTestSettings } from '@bank/scripts/stack';
import { buildBundles } from '@bank/test-bed';

/** The variable by which the workers learn what database their stacks begin with. */
export const TEMPLATE_VARIABLE = 'E2E_DATABASE_TEMPLATE';

/**
 * What all stacks of a run have in common: the bundles that are deployed, and a database that has run all migrations. The logs of
 * the run before go.
 */
export default async function stacksPrepared(): Promise<() => Promise<void>> {
  rmSync(journeyLogs, { recursive: true, force: true });
  buildBundles();
  const name = `e2e_template_${randomBytes(4).toString('hex')}`;
  const remove = await makeDatabaseTemplate(readTestSettings(process.env), name);
  process.env[TEMPLATE_VARIABLE] = name;
  return remove;
}
