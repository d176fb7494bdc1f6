import type { Constraint, Node } from 'libpg-query';
import type { Facts, Finding, UsedThing } from '#checks/migrations/findings.ts';
import { listedName, nodesOf, tableName, wordsOf } from '#checks/migrations/sql.ts';
import type { ReleaseRecord } from '#contracts/releases.ts';
import { isNewer } from '#contracts/version.ts';

/** What the statements so far have made, read one after another in the order in which they run. */
export interface SchemaFacts extends Facts {
  /** Takes note of a statement of a migration; `released` when the last release has that migration. */
  note(node: Node, released: boolean): void;
  /** Begins a migration, which says since when nothing uses what it takes away. */
  begin(unusedSince: string | undefined): void;
}

/** What is known of a schema beside the last release, or before the first. */
export function schemaFacts(release: ReleaseRecord | undefined): SchemaFacts {
  const made = new Set<string>();
  const notNull = new Map<string, string>(); // of `<table> <constraint>` the column that is not null by it
  const proven = new Set<string>();
  let unusedSince: string | undefined;
  return {
    isNew: (name) => made.has(name),
    isProven: (table, column) => proven.has(`${table} ${column}`),
    stillUsed: (thing) => (release === undefined ? undefined : stillUsed(release, unusedSince, thing)),
    begin(since) {
      unusedSince = since;
    },
    note(node, released) {
      if (!released) for (const name of madeBy(node)) made.add(name);
      if (!('AlterTableStmt' in node)) return;
      const table = tableName(node.AlterTableStmt.relation);
      for (const command of node.AlterTableStmt.cmds ?? []) {
        if (!('AlterTableCmd' in command)) continue;
        const { subtype, name, def } = command.AlterTableCmd;
        const column = def !== undefined && 'Constraint' in def ? columnNotNull(def.Constraint) : undefined;
        if (def !== undefined && 'Constraint' in def && column !== undefined) {
          notNull.set(`${table} ${def.Constraint.conname}`, column);
          if (def.Constraint.skip_validation !== true) proven.add(`${table} ${column}`);
        }
        const validated = subtype === 'AT_ValidateConstraint' ? notNull.get(`${table} ${name}`) : undefined;
        if (validated !== undefined) proven.add(`${table} ${validated}`);
      }
    },
  };
}

function stillUsed(
  release: ReleaseRecord,
  since: string | undefined,
  { what, table, column }: UsedThing,
): Finding | undefined {
  const { version, columns } = release;
  if (table !== undefined && column !== undefined && columns[table]?.includes(column) === true) {
    const instead =
      'first a release whose code neither reads nor writes it (its property of the entity is `lazy()`), then, after that release, the drop';
    return {
      rule: 'contract',
      what: `${what} goes, and release ${version}, which runs beside this migration, uses it`,
      instead,
    };
  }
  if (since !== undefined && !isNewer(since, version)) return undefined;
  const said = since === undefined ? 'nothing says that no release that runs uses it' : `${since} is not released`;
  return {
    rule: 'contract',
    what: `${what} goes, and ${said}`,
    instead: `a release that does without it first; then this, in a migration with \`override readonly unusedSince = '<that release>'\``,
  };
}

/** What did not exist before a statement. */
function madeBy(node: Node): readonly string[] {
  if ('CreateStmt' in node) return [tableName(node.CreateStmt.relation)];
  if ('CreateTableAsStmt' in node) return [tableName(node.CreateTableAsStmt.into?.rel)];
  if ('ViewStmt' in node) return [tableName(node.ViewStmt.view)];
  if ('CreateSeqStmt' in node) return [tableName(node.CreateSeqStmt.sequence)];
  if ('CreateEnumStmt' in node) return [(node.CreateEnumStmt.typeName ?? []).flatMap(wordsOf).join('.')];
  if ('CreateFunctionStmt' in node && node.CreateFunctionStmt.replace !== true) {
    return [listedName({ List: { items: node.CreateFunctionStmt.funcname ?? [] } })];
  }
  if ('IndexStmt' in node) {
    const { relation, idxname = '' } = node.IndexStmt;
    return [[relation?.schemaname, idxname].filter(Boolean).join('.')];
  }
  return [];
}

/** The column of a check that says nothing but that it is not null. */
function columnNotNull({ contype, raw_expr: expression }: Constraint): string | undefined {
  if (contype !== 'CONSTR_CHECK' || expression === undefined || !('NullTest' in expression)) return undefined;
  if (expression.NullTest.nulltesttype !== 'IS_NOT_NULL') return undefined;
  const [field] = nodesOf(expression.NullTest.arg, 'ColumnRef') as readonly { fields?: Node[] }[];
  return (field?.fields ?? []).flatMap(wordsOf).at(-1);
}
