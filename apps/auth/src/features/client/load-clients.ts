import { readerOf } from '@bank/database';
import type { AppContext } from '#context.ts';

/** Reads the registry of clients into this process. */
export async function loadClients(ctx: AppContext): Promise<void> {
  ctx.clientRegistry.replace(await readerOf(ctx).clients.all());
}
