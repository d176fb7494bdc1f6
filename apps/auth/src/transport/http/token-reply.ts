import type { Cookie } from '@bank/service-kit';
import { expiredCookie, secureCookie } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { cookieOfSecrets } from '#features/session/recognise-device.ts';
import { issueTokens } from '#features/token/issue-tokens.ts';
import { deviceCookie, refreshCookie } from '#transport/http/caller.ts';

const deviceCookieSeconds = 400 * 86_400;

/** Tokens as a client of this registration gets them: secrets in the body, or in cookies that no script can read (SR-61). */
export function tokenReply(ctx: AppContext, signedIn: SignedIn): { body: object; cookies: Cookie[] } {
  const tokens = issueTokens(ctx, signedIn);
  if (signedIn.client.tokenDelivery === 'body') return { body: tokens, cookies: [] };
  const { refreshToken, device, ...body } = tokens;
  const cookies = [secureCookie(refreshCookie, refreshToken, { maxAgeSeconds: tokens.refreshExpiresIn })];
  if (device.secret !== undefined) {
    const secrets = cookieOfSecrets(device.secret, signedIn.presentedSecrets ?? []);
    cookies.push(secureCookie(deviceCookie, secrets, { maxAgeSeconds: deviceCookieSeconds }));
  }
  return { body: { ...body, device: { id: device.id } }, cookies };
}

/** Takes the refresh cookie away; the device stays known. */
export const signedOutCookies: readonly Cookie[] = [expiredCookie(refreshCookie)];
