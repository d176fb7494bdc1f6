import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { PasskeyQuestion } from '#adapters/factors/assertion.ts';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { resolveClient } from '#features/client/resolve-client.ts';
import { passkeySignInSeconds } from '#features/passkey/policies.ts';
import { AskPasskeySchema } from '#features/passkey/schemas.ts';

export interface AskedPasskey {
  loginId: string;
  options: PasskeyQuestion;
  expiresIn: number;
}

/**
 * Begins a sign-in by a passkey: what any of them may be asked with, whoever's it is, so that the question tells of nobody
 * (SR-15). Its challenge is good for one answer, from the same client (WebAuthn L3 §13.4.3).
 * @throws request.invalid, auth.client.unknown, auth.origin.refused, service.unavailable
 */
export async function askPasskey(ctx: AppContext, input: unknown, caller: Caller): Promise<AskedPasskey> {
  const who = allow.anyone(caller.actor);
  const { clientId } = parse(AskPasskeySchema, input ?? {});
  const client = resolveClient(ctx, clientId, caller);
  const { challenge, question } = await ctx.passkeys.ask();
  const id = ctx.ids.next();
  const createdAt = ctx.clock.now();
  const expiresAt = new Date(createdAt.getTime() + passkeySignInSeconds * 1000);
  const unaudited = 'a question to nobody: the ledger gets what comes of it';
  await withTransaction(ctx, { who, unaudited }, (tx) =>
    tx.passkeySignIns.insert({ id, clientId: client.id, challenge, createdAt, expiresAt }),
  );
  return { loginId: id, options: question, expiresIn: passkeySignInSeconds };
}
