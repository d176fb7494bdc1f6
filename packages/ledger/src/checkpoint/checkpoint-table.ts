import type { SignedCheckpoint } from '#checkpoint/checkpoint.ts';
import type { CheckpointStore } from '#checkpoint/checkpoint-store.ts';
import type { RunQuery } from '#verify/entry-source.ts';

const pageSize = 100;

/** The checkpoints in the table of schema `admin`. */
export function createCheckpointTable(query: RunQuery): CheckpointStore {
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
    async manifestOf(number) {
      const [row] = (await query('select manifest from admin.ledger_checkpoints where number = $1', [number])) as {
        manifest: Uint8Array;
      }[];
      return row?.manifest;
    },
  };
}

const pageSql = `select number::float8, jws, manifest from admin.ledger_checkpoints
  where number > $1 order by number limit $2`;
