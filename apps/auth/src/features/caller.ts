import type { Actor } from '@bank/domain';
import type { Listener } from '@bank/service-kit';

/** Who calls a verb, and what the transport knows about the request apart from its body. */
export interface Caller {
  readonly actor: Actor;
  readonly clientAddress: string;
  readonly listener: Listener;
  readonly userAgent?: string | undefined;
  /** The `Origin` header, which cookie-bearing requests must have (SR-61). */
  readonly origin?: string | undefined;
  /** What the browser says about where the request comes from, where it says anything (`Sec-Fetch-Site`). */
  readonly fetchSite?: string | undefined;
  /** Thumbprint of the key that the request proved to have (DPoP, RFC 9449). */
  readonly dpopJkt?: string | undefined;
  readonly cookies: { readonly refreshToken?: string | undefined; readonly deviceSecret?: string | undefined };
}
