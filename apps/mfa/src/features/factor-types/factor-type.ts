import type { AssuranceLevel, UserId } from '@bank/domain';
import * as v from 'valibot';
import type { AppTransaction } from '#context.ts';
import type { ChallengePurposeName } from '#storage/challenge.entity.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';

/** What an answer was given with. */
export type Proof = FactorTypeName | 'recovery_code';

/** What an answer comes to: right or wrong, or wrong because the clock of what made it is off, which is told. */
export type Judgement = boolean | 'clock_off';

/** What an answer is judged about. */
export interface Given {
  readonly userId: UserId;
  /** The factor; none for what stands in for one. */
  readonly factorId: string | undefined;
  /** The challenge that is answered; none while a factor is enrolled, and for what stands in for one. */
  readonly challengeId: string | undefined;
  readonly now: Date;
}

/** A challenge that begins, as the kind of the factor sees it. */
export interface Beginning {
  readonly userId: UserId;
  readonly factorId: string;
  readonly challengeId: string;
  readonly purpose: ChallengePurposeName | 'enrolment';
  /** What is to be approved, in one line; for a transaction alone. */
  readonly transactionText?: string | undefined;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** A way to prove oneself: the shape of its answers, and who judges them. */
export interface Prover {
  readonly name: Proof;
  readonly response: v.GenericSchema<object>;
  /** Judges an answer, within the transaction that counted it, and uses up what is good once by a conditional statement. */
  check(tx: AppTransaction, given: Given, response: object): Promise<Judgement>;
}

/**
 * A kind of second factor: all that is particular to it. It keeps what proves it in a table of its own, which goes with the row
 * in `factors`; what belongs to one challenge goes with the row in `challenges`. Nothing outside is called by any of these.
 */
export interface FactorType extends Prover {
  readonly name: FactorTypeName;
  /** The level that its answers raise a session to; `aal1` raises nothing. */
  readonly assurance: AssuranceLevel;
  /** Whether it is good enough for staff (SR-72). */
  readonly forStaff: boolean;
  /** What people are asked for it for. */
  readonly purposes: readonly ChallengePurposeName[];
  /** How long an answer is waited for. */
  readonly challengeSeconds: number;
  /**
   * Begins a challenge that has just been written, while its user's row is locked: makes what an answer will be compared with,
   * and sends what is to be sent.
   */
  begin(tx: AppTransaction, beginning: Beginning): Promise<void>;
  /** Judges the answer that confirms a factor under enrolment. */
  confirm(tx: AppTransaction, given: Given & { readonly factorId: string }, response: object): Promise<Judgement>;
}

type Check<R, G> = (tx: AppTransaction, given: G, response: R) => Promise<Judgement>;

interface ProverParts<R extends object> {
  readonly response: v.GenericSchema<R>;
  readonly check: Check<R, Given>;
}

export interface FactorTypeParts<R extends object> {
  readonly assurance: AssuranceLevel;
  /** It is not unless said. */
  readonly forStaff?: boolean;
  readonly purposes: readonly ChallengePurposeName[];
  /** Five minutes unless said. */
  readonly challengeSeconds?: number;
  readonly response: v.GenericSchema<R>;
  readonly begin?: FactorType['begin'];
  readonly check: Check<R, Given & { readonly factorId: string; readonly challengeId: string }>;
  readonly confirm: Check<R, Given & { readonly factorId: string }>;
}

/** A kind of factor of its parts: what has not the shape of its answers is a wrong answer, and no part of it sees that. */
export function defineFactorType<R extends object>(name: FactorTypeName, parts: FactorTypeParts<R>): FactorType {
  const { response: shape, begin, assurance, purposes, forStaff = false, challengeSeconds = 300 } = parts;
  return {
    name,
    assurance,
    forStaff,
    purposes,
    challengeSeconds,
    response: shape,
    begin: async (tx, beginning) => await begin?.(tx, beginning),
    async check(tx, given, response) {
      const { factorId, challengeId } = given;
      if (factorId === undefined || challengeId === undefined || !v.is(shape, response)) return false;
      return await parts.check(tx, { ...given, factorId, challengeId }, response);
    },
    confirm: async (tx, given, response) => v.is(shape, response) && (await parts.confirm(tx, given, response)),
  };
}

/** What stands in for a factor, of its parts. */
export function defineStandIn<R extends object>(name: Proof, parts: ProverParts<R>): Prover {
  return {
    name,
    response: parts.response,
    check: async (tx, given, response) => v.is(parts.response, response) && (await parts.check(tx, given, response)),
  };
}
