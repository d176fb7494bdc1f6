import type { MigrationPlan } from '@bank/database';
import { loadModule } from 'libpg-query';
import type { Finding, PlacedFinding } from '#checks/migrations/findings.ts';
import { strongLocks } from '#checks/migrations/locks.ts';
import { type SchemaFacts, schemaFacts } from '#checks/migrations/schema-facts.ts';
import { nodesOf, type ParsedStatement, parseStatement, type Unparsed } from '#checks/migrations/sql.ts';
import { statementFindings } from '#checks/migrations/statements.ts';
import type { ReleaseRecord } from '#contracts/releases.ts';

/**
 * What is wrong with the migrations of an app, given in the order in which they run. Those of the last release have run and
 * stay as they are; those after it run beside that release's processes, on tables that are full and in use.
 */
export async function lintMigrations(
  app: string,
  plans: readonly MigrationPlan[],
  release: ReleaseRecord | undefined,
): Promise<readonly PlacedFinding[]> {
  await loadModule();
  const released = release?.migrations[app] ?? [];
  const facts = schemaFacts(release);
  const findings: PlacedFinding[] = [...releasedFindings(plans, released, release?.version)];
  const isReleased = new Set(released.map(({ name }) => name));
  for (const plan of plans) {
    const statements = plan.statements.flatMap((text, index) => parseStatement(text, index + 1));
    facts.begin(plan.unusedSince);
    if (isReleased.has(plan.name)) {
      for (const statement of statements) if ('node' in statement) facts.note(statement.node, true);
    } else {
      findings.push(...planFindings(plan, statements, facts));
    }
  }
  return findings;
}

function releasedFindings(
  plans: readonly MigrationPlan[],
  released: ReleaseRecord['migrations'][string],
  version: string | undefined,
): readonly PlacedFinding[] {
  return released.flatMap(({ name, checksum }, index): readonly PlacedFinding[] => {
    const plan = plans.find((each) => each.name === name);
    const wrong = (what: string, instead: string): readonly PlacedFinding[] => [
      { migration: name, rule: 'released', what, instead },
    ];
    if (plan === undefined)
      return wrong(`release ${version} ran it, and it is gone`, 'put it back: a new migration undoes what it did');
    if (plan.checksum !== checksum)
      return wrong(`it is not what release ${version} ran`, 'put it back, and change the tables by a new migration');
    if (plans[index]?.name === name) return [];
    return wrong(
      `release ${version} ran it as number ${index + 1}`,
      'list new migrations after those of the release, in the same order',
    );
  });
}

function planFindings(
  plan: MigrationPlan,
  statements: readonly (ParsedStatement | Unparsed)[],
  facts: SchemaFacts,
): readonly PlacedFinding[] {
  const findings: PlacedFinding[] = [];
  const locks = new Map<string, { readonly table: string; readonly statement: number }>();
  for (const statement of statements) {
    const { number, text } = statement;
    const place = (finding: Finding): PlacedFinding => ({ ...finding, migration: plan.name, statement: number, text });
    if ('error' in statement) {
      findings.push(
        place({ rule: 'syntax', what: `Postgres does not understand it: ${statement.error}`, instead: 'SQL' }),
      );
      continue;
    }
    findings.push(...kindFindings(plan, statement, facts).map(place));
    const isBrief = plan.kind === 'transaction' || plan.kind === 'validation';
    for (const table of isBrief ? strongLocks(statement.node, facts) : [])
      locks.set(table, { table, statement: number });
    facts.note(statement.node, false);
  }
  return [...findings.map((finding) => withLocks(finding, [...locks.keys()])), ...lockFindings(plan, locks)];
}

function kindFindings(plan: MigrationPlan, { node }: ParsedStatement, facts: SchemaFacts): readonly Finding[] {
  if (plan.kind === 'index') return [];
  if (plan.kind !== 'backfill') return statementFindings(node, facts, plan.kind === 'validation');
  const isChange = 'UpdateStmt' in node || 'DeleteStmt' in node || 'InsertStmt' in node;
  const isBounded = (nodesOf(node, 'SelectStmt') as readonly { limitCount?: object }[]).some(
    ({ limitCount }) => limitCount !== undefined,
  );
  if (isChange && isBounded) return [];
  const instead =
    '`update … where id in (select id from … where <not yet done> limit 1000)`, or a delete or an insert of that form';
  return [{ rule: 'backfill', what: 'a batch has no limit, so it is the whole table in one transaction', instead }];
}

/** Two tables that are locked together are two chances to be in the way, and one to meet somebody who locks them the other way round. */
function lockFindings(
  plan: MigrationPlan,
  locks: ReadonlyMap<string, { readonly table: string; readonly statement: number }>,
): readonly PlacedFinding[] {
  const places = [...locks.values()];
  if (new Set(places.map(({ statement }) => statement)).size < 2 || places.length < 2) return [];
  const what = `it keeps ${places.map(({ table }) => table).join(' and ')} from everybody until its end, and waits for one while it holds the other`;
  return [{ migration: plan.name, rule: 'locks', what, instead: 'a migration for each table' }];
}

function withLocks(finding: PlacedFinding, tables: readonly string[]): PlacedFinding {
  if (finding.long !== true || tables.length === 0) return finding;
  return { ...finding, what: `${finding.what} (the transaction locks ${tables.join(', ')})` };
}
