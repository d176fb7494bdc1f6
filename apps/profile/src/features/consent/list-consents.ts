import { readerOf } from '@bank/database';
import { type Actor, parse, requireUser } from '@bank/domain';
import { pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { standingOf, textVersionsOf } from '#features/consent/policies.ts';
import { type ConsentList, ConsentPage } from '#features/consent/schemas.ts';
import { toConsentView } from '#features/consent/view.ts';

/**
 * What the signed-in user has agreed to, and has not: how it stands with each purpose, and their decisions, the newest first.
 * @throws auth.token.missing, request.invalid
 */
export async function listConsents(ctx: AppContext, actor: Actor, input: unknown): Promise<ConsentList> {
  const { userId } = requireUser(actor);
  const { limit, cursor } = parse(ConsentPage, input);
  const list = `consents:${userId}`;
  const after = cursor === undefined ? undefined : String(ctx.cursors.decode(cursor, list)['id']);
  const { consents } = readerOf(ctx);
  const views = (await consents.list(userId, { after, limit: limit + 1 })).map(toConsentView);
  const { items, nextCursor } = pageOf(views, limit, (last) => ctx.cursors.encode({ id: last.id }, list));
  const current = standingOf(await consents.standing(userId), textVersionsOf(ctx.config));
  return { current, items: [...items], nextCursor };
}
