/** What a kind of second factor is worth, as mfa says it; no list of kinds is kept here. */
export interface FactorKind {
  /** As clients read it. */
  readonly name: string;
  /** Its methods in a token (RFC 8176); of a passkey its facts give them. */
  readonly methods: readonly string[];
  /** Beside a password it makes two factors of different kinds. */
  readonly raises: boolean;
  /** What proves it is sent to an address of its user. */
  readonly isSent: boolean;
  /** For staff at the console: 0 nothing, 1 opens a session that enrols alone, 2 signs in. */
  readonly staffWorth: 0 | 1 | 2;
}

/** What nobody has said anything of that counts: it raises nothing, and does nothing for staff. */
export const unknownKind: FactorKind = {
  name: 'unknown',
  methods: ['otp'],
  raises: false,
  isSent: false,
  staffWorth: 0,
};

/** What a user has proved themselves by: a factor of that kind, or a recovery code in place of any. */
export type ProvedBy = FactorKind | 'recovery_code';

/** How the log, and what is kept, calls it. */
export function nameOf(by: ProvedBy): string {
  return typeof by === 'string' ? by : by.name;
}

/** Whether it is that of passkeys, the one kind whose answers say more than that they are right. */
export function isPasskey({ name }: FactorKind): boolean {
  return name === 'webauthn';
}
