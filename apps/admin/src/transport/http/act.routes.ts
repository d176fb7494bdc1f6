import { defineRoutes, noContent, type Route } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { type DirectActName, directActs } from '#features/act/direct-acts.ts';
import { ownerRefusals } from '#features/act/outcome.ts';
import { performAct } from '#features/act/perform-act.ts';
import { Reasoned, UserParams } from '#features/act/schemas.ts';

/** An act that one member of staff does alone. */
function directRoute(name: DirectActName, summary: string): Route<AppContext> {
  return {
    method: 'POST',
    path: `/v1/admin/users/:id/${name}`,
    summary,
    tag: 'acts',
    access: { permission: directActs[name].permission },
    params: UserParams,
    body: Reasoned,
    responses: { 204: null },
    errors: [...ownerRefusals],
    limits: [{ name: 'staff-act', points: 60, windowSeconds: 60, by: 'user' }],
    idempotent: true,
    async handle(ctx, request) {
      await performAct(ctx, request.actor, name, request);
      return noContent();
    },
  };
}

export const actRoutes = defineRoutes<AppContext>([
  directRoute('lock', 'Lock a user: no sign-in, and all sessions end within a second'),
  directRoute('unlock', 'Unlock a locked user'),
  directRoute('sign-out', 'End all sessions of a user'),
  directRoute('start-password-reset', 'Send the user a link for choosing another password; nothing changes by it'),
  directRoute('resend-verification', "Send the code of a user's pending change of address again"),
]);
