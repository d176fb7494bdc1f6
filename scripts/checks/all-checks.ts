import { checkAccessTable } from '#checks/access/access-table.ts';
import { checkTransactions } from '#checks/access/transactions.ts';
import { checkCommands } from '#checks/docs/commands.ts';
import { checkExcerpts } from '#checks/docs/excerpts.ts';
import { checkLinks } from '#checks/docs/links.ts';
import { checkRequirements } from '#checks/docs/requirements.ts';
import { checkTopology } from '#checks/events/topology.ts';
import { checkFileSizes } from '#checks/files/file-sizes.ts';
import { checkMachineText } from '#checks/files/machine-text.ts';
import { checkNames } from '#checks/files/names.ts';
import { checkBoundaries } from '#checks/imports/boundaries.ts';
import { checkImportRules } from '#checks/imports/import-rules.ts';
import type { Check } from '#checks/problem.ts';
import { checkWorkflows } from '#checks/workflows.ts';
import { checkFloors } from '#coverage-floors/floors.ts';

const ofDocs: readonly Check[] = [checkLinks, checkCommands, checkExcerpts, checkRequirements];

/** Every check that is ours, by the name it is called with: `node scripts/check.ts <name>`. */
export const allChecks: Readonly<Record<string, Check>> = {
  'access-table': checkAccessTable,
  boundaries: checkBoundaries,
  // Loaded when asked for: they bring the apps' route inventories with them.
  compatibility: async (root) => (await import('#checks/contracts.ts')).checkCompatibility(root),
  'coverage-floors': checkFloors,
  docs: async (root) => (await Promise.all(ofDocs.map((check) => check(root)))).flat(),
  'file-sizes': checkFileSizes,
  generated: async (root) => (await import('#checks/contracts.ts')).checkGenerated(root),
  imports: checkImportRules,
  'machine-text': checkMachineText,
  migrations: async (root) => (await import('#checks/migrations/check-migrations.ts')).checkMigrations(root),
  names: checkNames,
  settings: async (root) => (await import('#checks/settings/settings.ts')).checkSettings(root),
  topology: checkTopology,
  transactions: checkTransactions,
  workflows: checkWorkflows,
};
