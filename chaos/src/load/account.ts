import type { Authenticator, Person } from '@bank/test-bed';
import type { Text } from '#load/text.ts';

/** A user of the load. One client alone acts for them, so that only the stack can be at fault. */
export interface Account {
  readonly userId: string;
  readonly email: string;
  /** What users were told their password is, and those that they asked for since without hearing what became of it. */
  readonly password: { told: string; readonly asked: Set<string> };
  readonly device: { readonly id: string; readonly secret: string };
  readonly app: App;
  /** What staff have made of the user; `unknown` when they asked for something without hearing what became of it. */
  standing: Standing;
  /** What one of staff has asked for, and another has yet to approve. */
  approval: { readonly id: string; readonly to: Standing } | undefined;
  session: Session | undefined;
  readonly occupation: Text;
  /** What the device is called. */
  readonly deviceName: Text;
  /** Uploads of which the user does not know whether they were completed, the newest alone. */
  readonly open: { avatar: string | undefined; document: string | undefined };
}

export type Standing = 'open' | 'locked' | 'suspended' | 'unknown';

/** Authenticator apps of a user. */
export interface App {
  /** The secrets of all that may be enrolled, by the id of the factor. */
  readonly secrets: Map<string, Authenticator>;
  /** The factor that the user was told is enrolled, and has not asked to remove since. */
  told: string | undefined;
  /** Those of which the user was told that they are removed. */
  readonly removed: Set<string>;
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
    ...{ userId, email, device, standing: 'open', approval: undefined, session: sessionOf(tokens) },
    password: { told: password, asked: new Set() },
    app: { secrets: new Map(), told: undefined, removed: new Set() },
    occupation: { told: null, asked: new Set() },
    deviceName: { told: null, asked: new Set() },
    open: { avatar: undefined, document: undefined },
  };
}

export function sessionOf({ sessionId, accessToken, refreshToken }: Tokens): Session {
  return { id: sessionId, accessToken, refreshToken, renewingSince: undefined };
}
