import * as v from 'valibot';

/** What a kind of second factor is worth, as mfa says it and auth believes it. */
export interface FactorKind {
  /** As clients read it. */
  readonly name: string;
  /** Its methods in a token (RFC 8176); of a passkey its facts give them. */
  readonly methods: readonly string[];
  /** Beside a password it makes two factors of different kinds. */
  readonly raises: boolean;
  /** What proves it is sent to an address of its user. */
  readonly isSent: boolean;
  /** For staff at the console: 0 nothing, 1 opens a session that enrols alone, 2 signs in, which passkeys alone do. */
  readonly staffWorth: 0 | 1 | 2;
}

/** The kind of passkeys, whose answers alone say more than that they are right. */
const passkeyKind = 'webauthn';

/** Whether it is that of passkeys. */
export function isPasskey({ name }: Pick<FactorKind, 'name'>): boolean {
  return name === passkeyKind;
}

/** What only auth says of a session: a kind that said it would pass for a password, a passkey, a device or both factors at once. */
const ownMethods: ReadonlySet<string> = new Set(['pwd', 'device', 'recovery', 'mfa', 'user', 'hwk', 'swk', 'pop']);

/** What is no kind, and goes by these names beside them. */
const ownNames: ReadonlySet<string> = new Set(['unknown', 'recovery_code']);

/** The form of a kind: what has another auth does not know, and mfa does not start with. The message of an issue is a sentence. */
export const FactorKindSchema = v.pipe(
  v.object({
    name: v.pipe(
      v.string(),
      v.regex(/^[a-z][a-z0-9_]{0,31}$/, 'a name is lower case, of 32 characters at most'),
      v.check((name) => !ownNames.has(name), 'that name is of something that is no kind'),
    ),
    methods: v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.regex(/^[a-z]{2,8}$/, 'a method is of two to eight letters'),
          v.check((method) => !ownMethods.has(method), 'that method in a token means something else than this kind'),
        ),
      ),
      v.maxLength(4, 'no more than four methods'),
    ),
    raises: v.boolean(),
    isSent: v.boolean(),
    staffWorth: v.picklist([0, 1, 2], 'worth 0, 1 or 2 for staff'),
  }),
  v.check((kind) => isPasskey(kind) || kind.methods.length > 0, 'passkeys alone have no method'),
  v.check((kind) => isPasskey(kind) || kind.staffWorth < 2, 'passkeys alone sign staff in'),
);
