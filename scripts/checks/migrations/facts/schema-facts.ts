import type { Node, RenameStmt } from 'libpg-query';
import { tableFacts } from '#checks/migrations/facts/table-facts.ts';
import { functionNaming } from '#checks/migrations/facts/trigger-facts.ts';
import type { Facts, Finding, UsedThing } from '#checks/migrations/findings.ts';
import { functionName, listedName, tableName } from '#checks/migrations/sql.ts';
import type { ReleaseRecord } from '#contracts/releases.ts';
import { isNewer } from '#contracts/version.ts';

/** What the statements so far have made, read one after another in the order in which they run. */
export interface SchemaFacts extends Facts {
  /** Takes note of a statement of a migration; `released` when the last release has that migration. */
  note(node: Node, released: boolean): void;
  /** Begins a migration, which says since when nothing uses what it takes away. */
  begin(unusedSince: string | undefined): void;
}

interface Made {
  readonly node: Node;
  readonly isNew: boolean;
  /** Which migration made it, counted from 1. */
  readonly migration: number;
}

/** What is known of a schema beside the last release, or before the first. */
export function schemaFacts(release: ReleaseRecord | undefined): SchemaFacts {
  const made = new Map<string, Made>();
  const tables = tableFacts();
  let unusedSince: string | undefined;
  let migration = 0;
  const functionsNamed = (name: string) => [...made.keys()].filter((each) => each.startsWith(`${name}(`));
  const isNew = (name: string) => made.get(name)?.isNew === true;
  return {
    ...tables,
    functionsNamed,
    isNew(name) {
      if (!name.endsWith('(*)')) return isNew(name);
      const meant = functionsNamed(name.slice(0, -'(*)'.length));
      return meant.length > 0 && meant.every(isNew);
    },
    isEmpty: (table) => isNew(table) && (release === undefined || made.get(table)?.migration === migration),
    namedInUse: (table) =>
      functionNaming(
        table,
        [...made].map(([name, { node }]) => [name, node]),
        isNew,
      ),
    makerOf: (name) => made.get(name)?.node,
    stillUsed: (thing) => (release === undefined ? undefined : stillUsed(release, unusedSince, thing)),
    begin(since) {
      unusedSince = since;
      migration += 1;
    },
    note(node, released) {
      noteMade(made, node, { released, migration });
      tables.note(node, released);
    },
  };
}

interface Making {
  readonly released: boolean;
  readonly migration: number;
}

function noteMade(made: Map<string, Made>, node: Node, { released, migration }: Making): void {
  const name = nameMadeBy(node);
  const there = name === undefined ? undefined : made.get(name);
  if (name !== undefined && !(isOnlyIfMissing(node) && there !== undefined)) {
    const isNew = there?.isNew ?? !(released || isOnlyIfMissing(node) || isReplacement(node));
    made.set(name, { node, isNew, migration: there?.migration ?? migration });
  }
  if ('DropStmt' in node) for (const object of node.DropStmt.objects ?? []) made.delete(listedName(object));
  if ('RenameStmt' in node) rename(made, node.RenameStmt);
}

/** What has another name is no less new; of what is no relation the new name is not known. */
function rename(made: Map<string, Made>, { relation, object, subname, newname }: RenameStmt): void {
  if (subname !== undefined) return;
  const name = tableName(relation) || listedName(object);
  const there = made.get(name);
  made.delete(name);
  const next = tableName({ ...relation, relname: newname ?? '' });
  if (there !== undefined && relation !== undefined && !made.has(next)) made.set(next, there);
}

function stillUsed(
  release: ReleaseRecord,
  since: string | undefined,
  { what, table, column }: UsedThing,
): Finding | undefined {
  const { version } = release;
  if (table !== undefined && isLoaded(release, table, column)) {
    const instead =
      'first a release whose code neither reads nor writes it (its property of the entity is `lazy()`, or the entity is gone), then, after that release, this';
    return {
      rule: 'contract',
      what: `${what} goes, and release ${version}, which runs beside this migration, uses it`,
      instead,
    };
  }
  if (since !== undefined && (since === version || isNewer(version, since))) return undefined;
  const said = since === undefined ? 'nothing says that no release that runs uses it' : `${since} is not released`;
  return {
    rule: 'contract',
    what: `${what} goes, and ${said}`,
    instead: `a release that does without it first; then this, in a migration with \`override readonly unusedSince = '<that release>'\``,
  };
}

/** Whether the code of a release loads a column, or anything of a table or of the tables of a schema. */
function isLoaded({ columns }: ReleaseRecord, table: string, column: string | undefined): boolean {
  if (column !== undefined) return columns[table]?.includes(column) === true;
  return Object.entries(columns).some(
    ([name, loaded]) => (name === table || name.startsWith(`${table}.`)) && loaded.length > 0,
  );
}

/** What a statement makes. */
function nameMadeBy(node: Node): string | undefined {
  if ('CreateStmt' in node) return tableName(node.CreateStmt.relation);
  if ('CreateTableAsStmt' in node) return tableName(node.CreateTableAsStmt.into?.rel);
  if ('ViewStmt' in node) return tableName(node.ViewStmt.view);
  if ('CreateSeqStmt' in node) return tableName(node.CreateSeqStmt.sequence);
  if ('CreateEnumStmt' in node) return listedName({ List: { items: node.CreateEnumStmt.typeName ?? [] } });
  if ('CreateDomainStmt' in node) return listedName({ List: { items: node.CreateDomainStmt.domainname ?? [] } });
  if ('CreateFunctionStmt' in node) return functionName(node.CreateFunctionStmt);
  if ('CreateTrigStmt' in node) return `${tableName(node.CreateTrigStmt.relation)}.${node.CreateTrigStmt.trigname}`;
  if ('IndexStmt' in node) return tableName({ ...node.IndexStmt.relation, relname: node.IndexStmt.idxname ?? '' });
  return undefined;
}

/** `create … if not exists` may make nothing. */
function isOnlyIfMissing(node: Node): boolean {
  return Object.values(node).some(
    (statement: { readonly if_not_exists?: boolean }) => statement.if_not_exists === true,
  );
}

/** `create or replace` may change what is there. */
function isReplacement(node: Node): boolean {
  return Object.values(node).some((statement: { readonly replace?: boolean }) => statement.replace === true);
}
