import { audiences } from '@bank/domain';
import { defineRoutes, noContent, ok, pageSchema } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { endOwnSession, SessionParamsSchema } from '#features/session/end-own-session.ts';
import { getSession } from '#features/session/get-session.ts';
import { ListSessionsSchema, listSessions } from '#features/session/list-sessions.ts';
import { refreshSession } from '#features/session/refresh-session.ts';
import { CurrentSessionSchema, RefreshSchema, SessionSchema, TokensSchema } from '#features/session/schemas.ts';
import { signOut } from '#features/session/sign-out.ts';
import { signOutEverywhere } from '#features/session/sign-out-everywhere.ts';
import { signOutOthers } from '#features/session/sign-out-others.ts';
import { refreshFlood } from '#transport/http/address-limits.ts';
import { callerOf } from '#transport/http/caller.ts';
import { signedOutCookies, tokenReply } from '#transport/http/token-reply.ts';

const tag = 'sessions';

export const sessionRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/token/refresh',
    summary: 'Renew a session; the presented refresh token is spent',
    tag,
    access: 'public',
    proof: 'accepted',
    body: RefreshSchema,
    responses: { 200: TokensSchema },
    errors: ['request.invalid', 'auth.refresh.invalid', 'auth.origin.refused'],
    limits: [{ name: 'refresh', ...refreshFlood }],
    async handle(ctx, request) {
      const { body, cookies } = tokenReply(ctx, await refreshSession(ctx, request.body, callerOf(request)));
      return ok(body, { cookies });
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/logout',
    summary: 'End this session',
    tag,
    access: 'user',
    audiences: Object.values(audiences),
    responses: { 204: null },
    errors: [],
    async handle(ctx, request) {
      await signOut(ctx, callerOf(request));
      return noContent({ cookies: signedOutCookies });
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/logout-all',
    summary: 'End every session of the user',
    tag,
    access: 'user',
    responses: { 204: null },
    errors: [],
    async handle(ctx, request) {
      await signOutEverywhere(ctx, callerOf(request));
      return noContent({ cookies: signedOutCookies });
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/logout-others',
    summary: 'End every other session of the user',
    tag,
    access: 'user',
    responses: { 204: null },
    errors: [],
    limits: [{ name: 'logout-others', points: 60, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, request) {
      await signOutOthers(ctx, callerOf(request));
      return noContent();
    },
  },
  {
    method: 'GET',
    path: '/v1/auth/session',
    summary: 'The session of the access token',
    tag,
    access: 'user',
    audiences: Object.values(audiences),
    responses: { 200: CurrentSessionSchema },
    errors: [],
    async handle(_ctx, request) {
      return ok(getSession(request.claims));
    },
  },
  {
    method: 'GET',
    path: '/v1/auth/sessions',
    summary: 'The live sessions of the user, newest first',
    tag,
    access: 'user',
    query: ListSessionsSchema,
    responses: { 200: pageSchema(SessionSchema) },
    errors: ['request.invalid'],
    async handle(ctx, request) {
      return ok(await listSessions(ctx, request.query, callerOf(request)));
    },
  },
  {
    method: 'DELETE',
    path: '/v1/auth/sessions/:id',
    summary: 'End one of the sessions',
    tag,
    access: 'user',
    params: SessionParamsSchema,
    responses: { 204: null },
    errors: ['request.invalid', 'auth.session.not_found'],
    async handle(ctx, request) {
      await endOwnSession(ctx, request.params, callerOf(request));
      return noContent();
    },
  },
]);
