import { mintToken } from '@bank/security';
import type { AppContext } from '#context.ts';

/** `ac_<id>.<secret>`: makes a member of staff, once. */
export const activationTokenPrefix = 'ac';

/** What goes to the person, and what is stored of it. */
export interface ActivationLink {
  readonly url: string;
  readonly digest: Uint8Array;
}

/** The link of an activation. The secret rides in the fragment (SR-83); the base is configuration (SR-37). */
export function makeActivationLink(ctx: Pick<AppContext, 'config'>, activationId: string): ActivationLink {
  const { token, digest } = mintToken(activationTokenPrefix, activationId);
  const url = new URL('/activate', ctx.config.STAFF_BASE_URL);
  url.hash = new URLSearchParams({ token }).toString();
  return { url: url.href, digest };
}
