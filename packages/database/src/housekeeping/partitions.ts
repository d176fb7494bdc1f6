import type { Database } from '#connection/database.ts';
import { identifier } from '#connection/identifier.ts';
import { runStatement } from '#transaction/repository.ts';

const WEEKS_AHEAD = 4;

export interface PartitionReport {
  /** Names of the partitions that were made. */
  readonly created: readonly string[];
  /** Names of the partitions that were dropped, being older than their table keeps and blocked by no row. */
  readonly dropped: readonly string[];
}

/**
 * Makes the partitions of the next four weeks and drops those past keeping, in every registered table of the schema.
 * Replicas may run it at once: one works, the others find it done. @throws service.unavailable when a lock is not to be had
 */
export async function maintainPartitions(database: Database): Promise<PartitionReport> {
  const { rows } = await runStatement(
    database.fork(),
    `select created, dropped from ${identifier(database.schema)}.maintain_partitions(?)`,
    [WEEKS_AHEAD],
  );
  return rows[0] as PartitionReport;
}
