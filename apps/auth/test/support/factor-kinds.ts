import type { FactorKind } from '@bank/domain';
import type { ProofVerdict } from '#adapters/factors/factor-challenges.ts';
import type { EnrolledFactor } from '#adapters/factors/factor-directory.ts';
import { type ProvedBy, unknownKind } from '#adapters/factors/factor-kind.ts';

/** The kinds of now, as mfa tells of them. */
export const kinds = {
  totp: { name: 'totp', methods: ['otp'], raises: true, isSent: false, staffWorth: 1 },
  sms: { name: 'sms', methods: ['sms'], raises: true, isSent: true, staffWorth: 0 },
  email: { name: 'email', methods: ['otp'], raises: false, isSent: true, staffWorth: 0 },
  webauthn: { name: 'webauthn', methods: [], raises: true, isSent: false, staffWorth: 2 },
} as const satisfies Readonly<Record<string, FactorKind>>;

/** One of a later mfa, which no line of auth names. */
export const paperCode = {
  name: 'paper_code',
  methods: ['otp'],
  raises: true,
  isSent: false,
  staffWorth: 0,
} as const satisfies FactorKind;

/** What mfa says of a kind that a test calls by its name: what is none of now nobody knows. */
function kindNamed(name: string): FactorKind {
  return new Map<string, FactorKind>(Object.entries(kinds)).get(name) ?? unknownKind;
}

/** A factor that a user has, by the name of its kind, as clients read it. */
export type ToldFactor = Omit<EnrolledFactor, 'kind'> & { readonly type: string };

/** The same as auth is told of it. */
export function factorOf({ type, ...factor }: ToldFactor): EnrolledFactor {
  return { ...factor, kind: kindNamed(type) };
}

type Accepted = Extract<ProofVerdict, { kind: 'accepted' }>;

/** What mfa makes of an answer; a factor goes by the name of its kind. */
export type ToldProof = Exclude<ProofVerdict, Accepted> | (Omit<Accepted, 'by'> & { readonly by: string });

/** The same as auth is told of it. */
export function proofOf(told: ToldProof): ProofVerdict {
  if (told.kind !== 'accepted') return told;
  const by: ProvedBy = told.by === 'recovery_code' ? told.by : kindNamed(told.by);
  return { ...told, by };
}
