import type { SignedCheckpoint } from '#checkpoint/checkpoint.ts';
import type { CheckpointTable } from '#checkpoint/checkpoint-store.ts';
import { manifestEntryBytes } from '#checkpoint/manifest.ts';
import type { RunQuery } from '#verify/entry-source.ts';

const pageSize = 100;

/** The checkpoints in the table of schema `admin`. */
export function createCheckpointTable(query: RunQuery): CheckpointTable {
  return {
    async *readAfter(number) {
      let after = number;
      let page: readonly SignedCheckpoint[];
      do {
        page = (await query(pageSql, [after, pageSize])) as SignedCheckpoint[];
        yield* page;
        after = page.at(-1)?.number ?? after;
      } while (page.length === pageSize);
    },
    async last() {
      return (await query(lastSql, []))[0] as SignedCheckpoint | undefined;
    },
    async manifestOf(number) {
      const [row] = (await query('select manifest from admin.ledger_checkpoints where number = $1', [number])) as {
        manifest: Uint8Array;
      }[];
      return row?.manifest;
    },
    async baseOf({ entriesMax, checkpointsMax }) {
      const [row] = (await query(baseSql, [entriesMax * manifestEntryBytes, checkpointsMax])) as { base: number }[];
      return row?.base ?? 0;
    },
  };
}

const pageSql = `select number::float8, jws, manifest from admin.ledger_checkpoints
  where number > $1 order by number limit $2`;

const lastSql = 'select number::float8, jws, manifest from admin.ledger_checkpoints order by number desc limit 1';

// The length of a manifest is known without reading it.
const baseSql = `select (coalesce(min(number), 1) - 1)::float8 as base from (
    select number, row_number() over newest_first as place, sum(bytes) over newest_first as bytes from (
      select number, octet_length(manifest) as bytes from admin.ledger_checkpoints order by number desc limit $2
    ) as newest window newest_first as (order by number desc)
  ) as counted where bytes <= $1 or place = 1`;
