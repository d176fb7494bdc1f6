import { readerOf } from '@bank/database';
import type { AppContext } from '#context.ts';

/**
 * Writes to the file, outside of the database, what was committed since the last time. Every process keeps its folder
 * whole, so it does not matter who signed, nor when a process died between the commit and the file. Gives how many.
 * @throws CheckpointInvalid when the table does not continue what stands in the file
 */
export function copyCheckpoints(ctx: AppContext): Promise<number> {
  return ctx.checkpointing.file.catchUp(readerOf(ctx).checkpoints.table);
}
