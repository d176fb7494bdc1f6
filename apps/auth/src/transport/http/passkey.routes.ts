import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { askPasskey } from '#features/passkey/ask-passkey.ts';
import { AskPasskeySchema, PasskeyAskedSchema, PasskeySignInSchema } from '#features/passkey/schemas.ts';
import { signInWithPasskey } from '#features/passkey/sign-in-with-passkey.ts';
import { TokensSchema } from '#features/session/schemas.ts';
import { flood } from '#transport/http/address-limits.ts';
import { callerOf } from '#transport/http/caller.ts';
import { tokenReply } from '#transport/http/token-reply.ts';

const tag = 'sign-in';

export const passkeyRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/passkey/options',
    summary: 'Ask for a passkey, whoever has one: sign-in without a name and a password',
    tag,
    access: 'public',
    // Of a client that has to have a key.
    proof: 'accepted',
    body: AskPasskeySchema,
    responses: { 200: PasskeyAskedSchema },
    errors: ['request.invalid', 'auth.client.unknown', 'auth.origin.refused', 'service.unavailable'],
    limits: [{ name: 'passkey-options', ...flood }],
    async handle(ctx, request) {
      return ok(await askPasskey(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/passkey/verify',
    summary: 'Sign in with a passkey',
    tag,
    access: 'public',
    proof: 'accepted',
    body: PasskeySignInSchema,
    responses: { 200: TokensSchema },
    errors: [
      'request.invalid',
      'request.rate_limited',
      'auth.client.unknown',
      'auth.origin.refused',
      'auth.login.invalid',
      'auth.credentials.invalid',
      'service.unavailable',
    ],
    limits: [{ name: 'passkey-verify', ...flood }],
    async handle(ctx, request) {
      const { body, cookies } = tokenReply(ctx, await signInWithPasskey(ctx, request.body, callerOf(request)));
      return ok(body, { cookies });
    },
  },
]);
