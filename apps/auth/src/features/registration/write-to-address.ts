import type { Email, UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { addressGroups } from '@bank/service-kit';
import type { AppContext, AppTransaction } from '#context.ts';
import { countOne } from '#features/limit/count-one.ts';
import { mailsOfNetwork } from '#features/registration/policies.ts';
import type { Proof } from '#features/registration/proof.ts';

/** Whom a registration writes to: its address, or the user who owns that address already. */
export interface RegistrationMessage {
  email: Email;
  ownerId: UserId | undefined;
  proof: Proof;
  locale: string | undefined;
}

/**
 * Whether an address may get another message now, for somebody at this client address: one network (of IPv6 the /48 of a site) has a
 * part of an hour's alone, so that none alone keeps all others from an address (SR-18). Whoever shares the network shares its part,
 * resends included. Asked for every address alike, owned or not.
 */
export async function mayWriteTo(
  ctx: AppContext,
  { addressHash, clientAddress }: { addressHash: Uint8Array; clientAddress: string },
): Promise<boolean> {
  const mailsPerHour = ctx.config.REGISTRATION_MAILS_PER_HOUR;
  const address = `registration-mail:${Buffer.from(addressHash).toString('hex')}`;
  const [subscriber, site = subscriber] = addressGroups(clientAddress);
  const ofNetwork = await countOne(ctx, `${address}:${site.name}`, {
    points: mailsOfNetwork(mailsPerHour) * ctx.config.RATE_LIMIT_IP_MULTIPLIER,
    windowSeconds: 3600,
  });
  if (!ofNetwork.allowed) return false;
  const { allowed } = await ctx.rateLimits.consume(address, { points: mailsPerHour, windowSeconds: 3600 });
  if (!allowed) await ofNetwork.giveBack();
  return allowed;
}

/** What the ledger is told of a registration whose address may be written to, or not. */
export function outcomeOf(mayWrite: boolean) {
  return mayWrite ? ({ outcome: 'success' } as const) : ({ outcome: 'denied', reason: 'limit' } as const);
}

/** Writes the message that belongs to the registration: the proof, or to the owner of the address that somebody tried. */
export async function writeToAddress(tx: AppTransaction, message: RegistrationMessage): Promise<void> {
  const { proof, ownerId } = message;
  const now = tx.clock.now();
  const minutes = Math.round((proof.expiresAt.getTime() - now.getTime()) / 60_000);
  const common = { channel: 'email', expiresAt: proof.expiresAt } as const;
  if (ownerId !== undefined) {
    await tx.deliver({ ...common, to: { userId: ownerId }, ...messageOf('registration-attempted', { at: now }) });
    return;
  }
  const locale = message.locale === undefined ? {} : { locale: message.locale };
  const content =
    proof.kind === 'code'
      ? messageOf('registration-code', { code: proof.plain, minutes })
      : messageOf('registration-link', { url: linkOf(tx, proof.plain), minutes });
  await tx.deliver({ ...common, ...locale, ...content, to: { email: message.email } });
}

/**
 * The secret rides in the fragment, which no browser sends to a server or in a Referer (SR-83); the base is configuration
 * (SR-37). Only the browser that began a registration knows which one the secret proves: an owner who opens the link of a
 * stranger's would make an account with the stranger's password.
 */
function linkOf(ctx: AppContext, secret: string): string {
  const url = new URL('/register/verify', ctx.config.PUBLIC_BASE_URL);
  url.hash = new URLSearchParams({ code: secret }).toString();
  return url.href;
}
