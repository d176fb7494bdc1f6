import { readerOf } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { WaitingPage } from '#features/change-request/schemas.ts';
import type { WaitingRequest } from '#storage/change-request.entity.ts';

/**
 * The requests that wait for a decision, the oldest first: whose they are and which fields they name, and no values.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid
 */
export async function listWaiting(ctx: AppContext, actor: Actor, input: unknown): Promise<Page<WaitingRequest>> {
  allow.permission(actor, 'kyc.read');
  const { limit, cursor } = parse(WaitingPage, input);
  const context = `waiting-change-requests:${requireUser(actor).userId}`;
  const after = cursor === '' ? undefined : String(ctx.cursors.decode(cursor, context)['id']);
  const found = await readerOf(ctx).changeRequests.listWaiting({ after, limit: limit + 1 });
  return pageOf(found, limit, ({ id }) => ctx.cursors.encode({ id }, context));
}
