import type { Person } from '@bank/test-bed';

/** A user of the load. One client alone acts for them, so that only the stack can be at fault. */
export interface Account {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly device: { readonly id: string; readonly secret: string };
  session: Session | undefined;
  /** What users were told their occupation is, and what they asked for since without hearing what became of it. */
  readonly occupation: { told: string | null; asked: Set<string> };
  /** Uploads of which the user does not know whether they were completed, the newest alone. */
  readonly open: { avatar: string | undefined; document: string | undefined };
}

export interface Session {
  readonly id: string;
  accessToken: string;
  refreshToken: string;
  /** Since when a renewal is without an answer: the token may be spent or not. */
  renewingSince: number | undefined;
}

/** What opens a session in an answer of auth. */
export interface Tokens {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export function accountOf({ userId, email, password, device, ...tokens }: Person): Account {
  return {
    ...{ userId, email, password, device, session: sessionOf(tokens) },
    occupation: { told: null, asked: new Set() },
    open: { avatar: undefined, document: undefined },
  };
}

export function sessionOf({ sessionId, accessToken, refreshToken }: Tokens): Session {
  return { id: sessionId, accessToken, refreshToken, renewingSince: undefined };
}
