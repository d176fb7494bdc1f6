import { withTransaction } from '@bank/database';
import { allow, audiences, DomainError, isBlocked, parse } from '@bank/domain';
import type { ReadToken } from '@bank/security';
import { readToken, sameBytes } from '@bank/security';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { isCalled, isEntitled } from '#features/client/entitlement.ts';
import { foreignPage, isFromPageOf } from '#features/client/resolve-client.ts';
import { opensSession } from '#features/second-factor/policies.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { isLive } from '#features/session/policies.ts';
import { punishReuse } from '#features/session/punish-reuse.ts';
import { presentedDevice, readSecrets } from '#features/session/recognise-device.ts';
import { renewAgain, rotate } from '#features/session/rotate-refresh-token.ts';
import { RefreshSchema } from '#features/session/schemas.ts';
import { refreshTokenPrefix } from '#features/session/tokens.ts';
import type { Client } from '#storage/sessions/client.repository.ts';
import type { TokenHolder } from '#storage/sessions/refresh-token.repository.ts';

/** What a request presents: the token, how it came, and who the caller says it is. */
interface Presented {
  token: ReadToken;
  fromCookie: boolean;
  clientId: string | undefined;
  /** Of the browser, or of the client. */
  devices: readonly ReadToken[];
}

type Outcome =
  | { kind: 'renewed'; signedIn: SignedIn }
  | { kind: 'invalid' | 'foreign' | 'unproven' | 'superseded' | 'reuse' };

/**
 * Rotates a refresh token (RFC 9700 §4.14.2). A second use within ten seconds by the same device gets the same successor,
 * while nobody has spent that, and none where a step-up has overtaken it; every other second use ends the session and tells
 * its user. The token of a session that is bound to a key does nothing for anybody who does not prove that key (RFC 9449 §5):
 * it is not even used up.
 * @throws request.invalid, auth.refresh.invalid, auth.proof.invalid, auth.origin.refused, service.unavailable
 */
export async function refreshSession(ctx: AppContext, input: unknown, caller: Caller): Promise<SignedIn> {
  const who = allow.anyone(caller.actor);
  const presented = readPresented(ctx, input, caller);
  const unaudited = 'a renewal is routine: the ledger has how the session opened and how it ends';
  const outcome = await withTransaction(ctx, { who, unaudited }, async (tx): Promise<Outcome> => {
    // Locks the session row, as revoking does: a session cannot be renewed and ended at once.
    const holder = await tx.refreshTokens.lockHolder(presented.token.id);
    const client = holder === undefined ? undefined : ctx.clientRegistry.find(holder.session.clientId);
    if (holder === undefined || client === undefined || !isGood(ctx, holder, presented)) return { kind: 'invalid' };
    if (!isItsClient(ctx, client, presented, caller) || !mayGoOn(client, holder)) return { kind: 'invalid' };
    if (presented.fromCookie && !isFromPageOf(ctx, client, caller)) return { kind: 'foreign' };
    if (!isProven(client, holder, caller)) return { kind: 'unproven' };
    const renewal =
      (await rotate(tx, { holder, client, presented: presented.token })) ??
      (await renewAgain(tx, { holder, presented: presented.token, isSameHolder: isSameHolder(holder, presented) }));
    if (renewal === 'superseded' || renewal === 'reuse') return { kind: renewal };
    const session = { ...holder.session, idleExpiresAt: renewal.idleExpiresAt };
    const { roles } = holder;
    const device = { id: session.deviceId };
    return { kind: 'renewed', signedIn: { session, client, roles, device, refreshToken: renewal.refreshToken } };
  });
  if (outcome.kind === 'reuse') await punishReuse(ctx, presented.token.id);
  if (outcome.kind === 'foreign') throw foreignPage();
  if (outcome.kind === 'unproven') {
    throw new DomainError('auth.proof.invalid', { reason: 'not the key of the session' });
  }
  if (outcome.kind !== 'renewed') throw new DomainError('auth.refresh.invalid', { reason: outcome.kind });
  return outcome.signedIn;
}

/** The token comes in the body or, from clients with cookie delivery, in the cookie. @throws auth.refresh.invalid */
function readPresented(ctx: AppContext, input: unknown, caller: Caller): Presented {
  const request = parse(RefreshSchema, input ?? {});
  const fromCookie = request.refreshToken === undefined;
  // Before anything is looked up; the pages of its own client are held against it once that is known.
  const isFromOurs = isFromPageOf(ctx, undefined, caller);
  if (fromCookie && caller.cookies.refreshToken !== undefined && !isFromOurs) throw foreignPage();
  const token = readToken(refreshTokenPrefix, request.refreshToken ?? caller.cookies.refreshToken ?? '');
  if (token === undefined) throw new DomainError('auth.refresh.invalid', { reason: 'malformed or missing' });
  return { token, fromCookie, clientId: request.clientId, devices: readSecrets(presentedDevice(request, caller)) };
}

function isGood(ctx: AppContext, { session, token, userState }: TokenHolder, presented: Presented): boolean {
  const isTheToken = sameBytes(token.digest, presented.token.digest);
  return isTheToken && isLive(session, ctx.clock.now()) && !isBlocked(userState, 'session');
}

/** Whoever is not entitled any more ends here, and a session of staff from before they needed passkeys (SR-72). */
function mayGoOn(client: Client, { roles, session }: TokenHolder): boolean {
  return isEntitled(client, roles) && (client.audience !== audiences.staff || opensSession(client.audience, session));
}

function isItsClient(ctx: AppContext, client: Client, presented: Presented, caller: Caller): boolean {
  return (
    isCalled(ctx, client, presented.clientId) &&
    client.listener === caller.listener &&
    (client.tokenDelivery === 'cookie') === presented.fromCookie
  );
}

/** Whether the key of a bound session was proved, and the client's policy is met by how the session was opened. */
function isProven(client: Client, { session: { dpopJkt } }: TokenHolder, caller: Caller): boolean {
  return dpopJkt === null ? client.dpopPolicy !== 'required' : caller.dpopJkt === dpopJkt;
}

/** Who proved the key of a bound session is its holder. */
function isSameHolder({ session, deviceDigest }: TokenHolder, { devices }: Presented): boolean {
  if (session.dpopJkt !== null) return true;
  return devices.some(({ id, digest }) => id === session.deviceId && sameBytes(digest, deviceDigest));
}
