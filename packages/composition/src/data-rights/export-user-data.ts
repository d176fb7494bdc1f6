import {
  type DataRights,
  type ExportRecord,
  exportRecords,
  readerOf,
  type TransactionalContext,
  withTransaction,
} from '@bank/database';
import { type Actor, allow, parse } from '@bank/domain';
import { DataRequest } from '#data-rights/schemas.ts';
import type { Foundations } from '#foundations.ts';

/** Who may ask: the app that holds what users ask for. */
const askers = ['profile'];

/**
 * Everything an app gives users of what it keeps about them; nothing for an unknown user. The ledger is told first, and
 * nothing leaves when it cannot be. @throws access.forbidden, request.invalid, service.unavailable
 */
export async function* exportUserData<R extends object>(
  ctx: Foundations & TransactionalContext<R>,
  rights: DataRights,
  actor: Actor,
  input: unknown,
): AsyncGenerator<ExportRecord> {
  const who = allow.service(actor, askers);
  const { userId, requestId } = parse(DataRequest, input);
  await withTransaction(ctx, { who, audits: ['user.data_exported'] }, (tx) =>
    tx.audit({ action: 'user.data_exported', subject: userId, outcome: 'success', details: { requestId } }),
  );
  const { em } = readerOf(ctx);
  yield* exportRecords({ em, vault: ctx.vault }, rights, userId);
}
