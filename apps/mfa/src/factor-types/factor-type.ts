import type { ErrorCode, UserId } from '@bank/domain';
import * as v from 'valibot';
import type { AppTransaction } from '#context.ts';
import type { ChallengePurposeName } from '#storage/challenge.entity.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';

/** What an answer was given with. */
export type Proof = FactorTypeName | 'recovery_code';

/** What a right answer is worth beyond its kind, where answers of one kind are not all worth the same. */
export interface Worth {
  /** Its user was verified where it was made. */
  readonly userVerified: boolean;
  /** What made it cannot be copied. */
  readonly deviceBound: boolean;
  /** A maker that is trusted vouched for that. */
  readonly attested: boolean;
}

/** What an answer comes to: right or wrong, or wrong because the clock of what made it is off, which is told. */
export type Judgement = boolean | Worth | 'clock_off';

/** Whether an answer is right. */
export function isRight(judgement: Judgement): judgement is true | Worth {
  return judgement === true || typeof judgement === 'object';
}

/** What a browser needs to have a passkey used (WebAuthn level 3 §5.5). */
export interface AssertionOptions {
  readonly challenge: Uint8Array;
  /** With the digest of a transaction it gives the challenge. */
  readonly nonce?: Uint8Array | undefined;
  readonly rpId: string;
  readonly allowCredentials: readonly { readonly credentialId: Uint8Array; readonly transports: readonly string[] }[];
  readonly userVerification: 'required';
  readonly timeoutMs: number;
}

/** What an answer is judged about. */
export interface Given {
  readonly userId: UserId;
  /** The factor; none for what stands in for one. */
  readonly factorId: string | undefined;
  /** The challenge that is answered; none while a factor is enrolled, and for what stands in for one. */
  readonly challengeId: string | undefined;
  /** The audience of the session that it is for, where that is known. */
  readonly audience: string | undefined;
  readonly now: Date;
}

/** A challenge that begins, as the kind of the factor sees it. */
export interface Beginning {
  readonly userId: UserId;
  readonly factorId: string;
  readonly challengeId: string;
  readonly purpose: ChallengePurposeName | 'enrolment';
  /** What is to be approved, in one line and as its SHA-256; for a transaction alone. */
  readonly transaction?: { readonly text: string; readonly digest: Uint8Array } | undefined;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** A way to prove oneself: the shape of its answers, and who judges them. */
export interface Prover {
  readonly name: Proof;
  /**
   * Nobody guesses its answers, which are signatures or secrets of 112 bits at least: a wrong one counts against nobody, and neither a block
   * nor tries that are used up refuse one (SR-14).
   */
  readonly isUnguessable: boolean;
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
  /** What its answers put into the `amr` of a token (RFC 8176); empty where what an answer is worth says it. */
  readonly methods: readonly string[];
  /** Beside a password it makes two factors of different kinds. */
  readonly raises: boolean;
  /** How good it is for staff (SR-72): 0 not good enough; of those that are, a better one is not given up for a lesser. */
  readonly staffWorth: 0 | 1 | 2;
  /** No page but ours can ask for it, so that nobody is tricked out of it. */
  readonly isPhishingResistant: boolean;
  /** What proves it is sent to an address of its user, who has one such address: whoever enrols it may not know what was sent. */
  readonly isSent: boolean;
  /** What people are asked for it for. */
  readonly purposes: readonly ChallengePurposeName[];
  /** What tells its user that it was added. */
  readonly notice: 'factor-added' | 'sms-factor-added';
  /** How long an answer is waited for. */
  readonly challengeSeconds: number;
  /** The shape of the answer that confirms a factor under enrolment, and what is told when it is wrong. */
  readonly confirmation: v.GenericSchema<object>;
  readonly refusal: ErrorCode;
  /**
   * Begins a challenge that has just been written, while its user's row is locked: makes what an answer will be compared with,
   * and sends what is to be sent. Gives what a browser needs to answer, if it needs anything.
   */
  begin(tx: AppTransaction, beginning: Beginning): Promise<AssertionOptions | undefined>;
  /** Judges the answer that confirms a factor under enrolment. */
  confirm(tx: AppTransaction, given: Given & { readonly factorId: string }, response: object): Promise<Judgement>;
}

type Check<R, G> = (tx: AppTransaction, given: G, response: R) => Promise<Judgement>;

interface ProverParts<R extends object> {
  /** It is not so unless said. */
  readonly isUnguessable?: boolean;
  readonly response: v.GenericSchema<R>;
  readonly check: Check<R, Given>;
}

export interface FactorTypeParts<R extends object, C extends object> {
  readonly methods: readonly string[];
  readonly raises: boolean;
  /** It is not good enough for them unless said. */
  readonly staffWorth?: FactorType['staffWorth'];
  readonly purposes: readonly ChallengePurposeName[];
  /** None of these is so unless said. */
  readonly isUnguessable?: boolean;
  readonly isPhishingResistant?: boolean;
  readonly isSent?: boolean;
  /** That a factor was added, unless said. */
  readonly notice?: FactorType['notice'];
  /** Five minutes unless said. */
  readonly challengeSeconds?: number;
  /** That a code is not right, unless said. */
  readonly refusal?: ErrorCode;
  readonly response: v.GenericSchema<R>;
  readonly confirmation: v.GenericSchema<C>;
  readonly begin?: FactorType['begin'];
  readonly check: Check<R, Given & { readonly factorId: string; readonly challengeId: string }>;
  readonly confirm: Check<C, Given & { readonly factorId: string }>;
}

export type NamedFactorType<N extends FactorTypeName> = FactorType & { readonly name: N };

/**
 * A kind of factor of its parts, by the name of its folder: what has not the shape of its answers is a wrong answer, and no part of it
 * sees that.
 */
export function defineFactorType<N extends FactorTypeName, R extends object, C extends object>(
  name: N,
  parts: FactorTypeParts<R, C>,
): NamedFactorType<N> {
  const { response: shape, confirmation, begin, methods, raises, purposes } = parts;
  const { staffWorth = 0, challengeSeconds = 300, refusal = 'factor.code_invalid', notice = 'factor-added' } = parts;
  const { isUnguessable = false, isPhishingResistant = false, isSent = false } = parts;
  return {
    name,
    isUnguessable,
    isPhishingResistant,
    isSent,
    notice,
    methods,
    raises,
    staffWorth,
    purposes,
    challengeSeconds,
    confirmation,
    refusal,
    response: shape,
    begin: async (tx, beginning) => await begin?.(tx, beginning),
    async check(tx, given, response) {
      const { factorId, challengeId } = given;
      if (factorId === undefined || challengeId === undefined || !v.is(shape, response)) return false;
      return await parts.check(tx, { ...given, factorId, challengeId }, response);
    },
    confirm: async (tx, given, response) => v.is(confirmation, response) && (await parts.confirm(tx, given, response)),
  };
}

/** What stands in for a factor, of its parts. */
export function defineStandIn<R extends object>(name: Proof, parts: ProverParts<R>): Prover {
  const { response: shape, isUnguessable = false } = parts;
  return {
    name,
    isUnguessable,
    response: shape,
    check: async (tx, given, response) => v.is(shape, response) && (await parts.check(tx, given, response)),
  };
}
