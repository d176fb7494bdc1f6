import { DomainError, normaliseEmail, parse } from '@bank/domain';
import { blindIndex, type FirebaseParameters, type ForeignHash, readForeignHash } from '@bank/security';
import type { AppContext } from '#context.ts';
import { type Address, indexAddress } from '#features/address/index-address.ts';
import { type ImportedLine, ImportedLineSchema } from '#features/import/schemas.ts';
import type { Digest } from '#storage/users/identifier.repository.ts';

/** What became of a line. */
export type ImportOutcome =
  | { readonly kind: 'created' | 'already'; readonly userId: string | undefined }
  | { readonly kind: 'refused'; readonly field: string; readonly rule: string };

/** A hash that this one, or an installation with the same pepper, has made. */
interface OwnHash {
  readonly stored: string;
}

/** A line that can be imported, as far as it says itself. */
export interface Candidate {
  readonly index: number;
  readonly line: ImportedLine;
  /** Of another system, or one that is stored as it is. */
  readonly hash: ForeignHash | OwnHash | undefined;
  /** By what it is recognised when it comes again. */
  readonly identity: readonly Digest[];
  readonly email: readonly Digest[];
  readonly phone: readonly Digest[];
}

/** Nobody was a customer of anything online before. */
const earliest = new Date('1970-01-01T00:00:00Z');

/** What became of lines, by their index. */
export type Outcomes = Map<number, ImportOutcome>;

/** Reads lines one by one. A refusal names the field and the rule, never the value. */
export function judgeLines(
  ctx: AppContext,
  lines: readonly unknown[],
  firebase: FirebaseParameters | undefined,
): { readonly outcomes: Outcomes; readonly candidates: readonly Candidate[] } {
  const outcomes: Outcomes = new Map();
  const candidates: Candidate[] = [];
  for (const [index, given] of lines.entries()) {
    try {
      candidates.push(candidateOf(ctx, index, parse(ImportedLineSchema, given), firebase));
    } catch (error) {
      outcomes.set(index, refusalOf(error));
    }
  }
  return { outcomes, candidates };
}

function candidateOf(
  ctx: AppContext,
  index: number,
  line: ImportedLine,
  firebase: FirebaseParameters | undefined,
): Candidate {
  const { email, phone, externalId, passwordHash } = line;
  const hash = passwordHash === undefined ? undefined : readHash(ctx, passwordHash, firebase);
  const { createdAt } = line;
  if (createdAt !== undefined && (createdAt < earliest || createdAt > ctx.clock.now()))
    throw refused('createdAt', 'time');
  const name = externalId === undefined ? `email:${normaliseEmail(email)}` : `id:${externalId}`;
  return {
    index,
    line,
    hash,
    identity: blindIndex(ctx.keys.blindIndex, 'auth.imported_users', name),
    email: indexAddress(ctx, { kind: 'email', value: email }),
    // Only a proven number names a user, as everywhere.
    phone: phone !== undefined && line.phoneVerified ? indexAddress(ctx, phoneOf(phone)) : [],
  };
}

function readHash(ctx: AppContext, text: string, firebase: FirebaseParameters | undefined): ForeignHash | OwnHash {
  const own = ctx.hasher.adopt(text);
  if (own !== undefined && 'stored' in own) return own;
  const hash = own?.problem ?? readForeignHash(text, firebase);
  if (typeof hash === 'string') throw refused('passwordHash', hash);
  return hash;
}

function phoneOf(value: NonNullable<ImportedLine['phone']>): Address {
  return { kind: 'phone', value };
}

function refused(path: string, rule: string): DomainError {
  return new DomainError('request.invalid', { details: { errors: [{ path, rule }] } });
}

function refusalOf(error: unknown): ImportOutcome {
  const [problem] = error instanceof DomainError ? (error.details.errors ?? []) : [];
  if (problem === undefined) throw error;
  return { kind: 'refused', field: problem.path, rule: problem.rule };
}
