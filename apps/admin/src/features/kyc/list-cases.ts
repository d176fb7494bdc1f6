import { type Actor, allow, parse } from '@bank/domain';
import type { Page } from '@bank/service-kit';
import type { ListedCase } from '#adapters/profile/kyc-desk.ts';
import type { AppContext } from '#context.ts';
import { CaseQuery } from '#features/kyc/schemas.ts';

/** Cases for review. @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, service.unavailable */
export async function listCases(ctx: AppContext, actor: Actor, query: unknown): Promise<Page<ListedCase>> {
  allow.permission(actor, 'kyc.read');
  const { status, limit, cursor } = parse(CaseQuery, query);
  const { cases, nextCursor } = await ctx.owners.kyc.list({ status, limit, cursor });
  return { items: cases, nextCursor };
}
