import { readerOf } from '@bank/database';
import { type Actor, parse, requireUser } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { SignInPage, type SignInView } from '#features/sign-in/schemas.ts';
import { toSignInView } from '#features/sign-in/view.ts';

/** The attempts to sign in to the signed-in user's account, the newest first. @throws auth.token.missing, request.invalid */
export async function listSignIns(ctx: AppContext, actor: Actor, input: unknown): Promise<Page<SignInView>> {
  const { userId, sessionId } = requireUser(actor);
  const { limit, cursor } = parse(SignInPage, input);
  const list = `sign-ins:${userId}`;
  const after = cursor === undefined ? undefined : String(ctx.cursors.decode(cursor, list)['id']);
  const signIns = await readerOf(ctx).signIns.list(userId, { after, limit: limit + 1 });
  const views = signIns.map((signIn) => toSignInView(signIn, sessionId));
  return pageOf(views, limit, (last) => ctx.cursors.encode({ id: last.id }, list));
}
