import type { Node, RangeVar } from 'libpg-query';
import type { Facts } from '#checks/migrations/findings.ts';
import { listedName, nodesOf, tableName, tableOfPart, tablesBelow } from '#checks/migrations/sql.ts';

/** These take `share update exclusive` alone, beside which everybody reads and writes. */
const gentle = new Set([
  'AT_ValidateConstraint',
  'AT_SetStatistics',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_SetOptions',
  'AT_ResetOptions',
]);

/**
 * The tables in use that a statement keeps others from: `access exclusive` for changes and drops, `share row exclusive` for
 * triggers and for the table that a foreign key refers to.
 */
export function strongLocks(node: Node, facts: Facts): readonly string[] {
  return [...new Set(lockedBy(node))].filter((table) => table !== '' && !facts.isEmpty(table));
}

function lockedBy(node: Node): readonly string[] {
  const referred = nodesOf(node, 'Constraint').map((constraint) =>
    tableName((constraint as { pktable?: RangeVar }).pktable),
  );
  if ('CreateStmt' in node) return referred;
  if ('AlterTableStmt' in node) {
    const { relation, cmds = [] } = node.AlterTableStmt;
    const isGentle = cmds.every(
      (command) => 'AlterTableCmd' in command && gentle.has(command.AlterTableCmd.subtype ?? ''),
    );
    return isGentle ? [] : [tableName(relation), ...referred];
  }
  if ('CreateTrigStmt' in node) return tablesBelow(node);
  if ('RenameStmt' in node) return [tableName(node.RenameStmt.relation)];
  if ('IndexStmt' in node) return [tableName(node.IndexStmt.relation)];
  if ('TruncateStmt' in node) return tablesBelow(node);
  if ('DropStmt' in node) {
    const { removeType, objects = [] } = node.DropStmt;
    if (removeType === 'OBJECT_TABLE') return objects.map(listedName);
    return objects.flatMap((object) => tableOfPart(removeType, listedName(object)) ?? []);
  }
  return [];
}
