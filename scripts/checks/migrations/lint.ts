import type { MigrationPlan } from '@bank/database';
import { type AlterTableCmd, type IndexStmt, loadModule, type Node } from 'libpg-query';
import { type SchemaFacts, schemaFacts } from '#checks/migrations/facts/schema-facts.ts';
import { indexColumns } from '#checks/migrations/facts/table-facts.ts';
import type { Facts, Finding, PlacedFinding } from '#checks/migrations/findings.ts';
import { strongLocks } from '#checks/migrations/rules/locks.ts';
import { batchFindings } from '#checks/migrations/rules/rows.ts';
import { statementFindings } from '#checks/migrations/rules/statements.ts';
import {
  isConstant,
  isNull,
  listedName,
  type ParsedStatement,
  parseStatement,
  tableName,
  type Unparsed,
} from '#checks/migrations/sql.ts';
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
  const locks = new Map<string, string>();
  for (const [index, statement] of statements.entries()) {
    const { number, text } = statement;
    const place = (finding: Finding): PlacedFinding => ({ ...finding, migration: plan.name, statement: number, text });
    if ('error' in statement) {
      findings.push(
        place({ rule: 'syntax', what: `Postgres does not understand it: ${statement.error}`, instead: 'SQL' }),
      );
      continue;
    }
    const { node } = statement;
    findings.push(...kindFindings(plan, node, facts).map(place));
    const isBrief = plan.kind === 'transaction' || plan.kind === 'validation';
    const isList = 'DropStmt' in node || 'TruncateStmt' in node; // a statement for each would do as well
    for (const table of isBrief ? strongLocks(node, facts) : []) locks.set(table, isList ? table : String(index));
    facts.note(node, false);
  }
  return [...findings.map((finding) => withLocks(finding, [...locks.keys()])), ...lockFindings(plan, locks)];
}

function kindFindings({ kind }: MigrationPlan, node: Node, facts: Facts): readonly Finding[] {
  if (kind === 'index') return indexFindings(node, facts);
  if (kind === 'backfill') return batchFindings(node, facts);
  if (kind === 'validation') return validationFindings(node);
  return statementFindings(node, facts);
}

/** Without an end to it goes nothing but what keeps nobody out. */
function validationFindings(node: Node): readonly Finding[] {
  const commands = 'AlterTableStmt' in node ? (node.AlterTableStmt.cmds ?? []) : [{}];
  const isValidation = (command: object) =>
    'AlterTableCmd' in command && (command.AlterTableCmd as AlterTableCmd).subtype === 'AT_ValidateConstraint';
  if (commands.every(isValidation)) return [];
  const what = 'a ValidationMigration goes on for as long as it takes, and this is no validation';
  return [{ rule: 'validate', what, instead: 'an SqlMigration of its own' }];
}

function indexFindings(node: Node, facts: Facts): readonly Finding[] {
  if ('IndexStmt' in node && node.IndexStmt.concurrent === true) return uniqueFindings(node, facts);
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_INDEX' && node.DropStmt.concurrent === true) {
    return (node.DropStmt.objects ?? []).map(listedName).flatMap((name) => {
      const maker = facts.makerOf(name);
      const isRule = maker !== undefined && 'IndexStmt' in maker && maker.IndexStmt.unique === true;
      return isRule && !facts.isNew(name) ? (facts.stillUsed({ what: `the unique index ${name}` }) ?? []) : [];
    });
  }
  const what = 'an IndexMigration makes or drops an index `concurrently`, and this does something else';
  return [{ rule: 'index', what, instead: 'an SqlMigration of its own' }];
}

/** The release before writes the same into columns that it does not know, row by row. */
function uniqueFindings(node: { readonly IndexStmt: IndexStmt }, facts: Facts): readonly Finding[] {
  const { unique, relation, nulls_not_distinct: isNullOne, idxname } = node.IndexStmt;
  const table = tableName(relation);
  const columns = unique === true && !facts.isNew(table) ? (indexColumns(node) ?? []) : [];
  const isAlike = (column: string) => {
    const unknown = facts.unknownColumn(table, column);
    if (unknown === undefined) return false;
    return isNull(unknown.fallback) ? isNullOne === true : isConstant(unknown.fallback);
  };
  if (columns.length === 0 || !columns.every(isAlike)) return [];
  const what = `the release before does not know ${columns.join(' and ')}, so that ${idxname} lets it write one row and no other`;
  return [{ rule: 'contract', what, instead: 'this once a release that fills them has been made' }];
}

/** Two tables that are locked together are two chances to be in the way, and one to meet somebody who locks them the other way round. */
function lockFindings(plan: MigrationPlan, locks: ReadonlyMap<string, string>): readonly PlacedFinding[] {
  if (new Set(locks.values()).size < 2) return [];
  const what = `it keeps ${[...locks.keys()].join(' and ')} from everybody until its end, and waits for one while it holds the other`;
  return [{ migration: plan.name, rule: 'locks', what, instead: 'a migration for each table' }];
}

function withLocks(finding: PlacedFinding, tables: readonly string[]): PlacedFinding {
  if (finding.long !== true || tables.length === 0) return finding;
  return { ...finding, what: `${finding.what} (the transaction locks ${tables.join(', ')})` };
}
