import { randomBytes } from 'node:crypto';
import { DomainError, uuidv7 } from '@bank/domain';
import type { DeviceKeyBinding, DeviceKeys } from '#adapters/device-keys/device-keys.ts';
import type { PasskeyQuestion } from '#adapters/factors/assertion.ts';
import type { ChallengeBinding, FactorChallenges, Proof, StartedFactor } from '#adapters/factors/factor-challenges.ts';
import type { FactorDirectory } from '#adapters/factors/factor-directory.ts';
import type { RemoveFactors } from '#adapters/factors/factor-removal.ts';
import type { FactorRule } from '#adapters/factors/factor-rule.ts';
import type { PasskeyAnswer, Passkeys, PasskeyVerdict } from '#adapters/factors/passkeys.ts';
import type { NameDirectory } from '#adapters/names/name-directory.ts';
import type { SignInAssessor } from '#adapters/risk/sign-in-assessor.ts';
import type { MessageSettings, SettingsDirectory } from '#adapters/settings/settings-directory.ts';
import type { ShiftedClock } from './clock.ts';
import { factorOf, proofOf, type ToldFactor, type ToldProof } from './factor-kinds.ts';

/** What device, mfa and profile answer, and what they were asked. */
export interface Neighbours {
  verdict: Awaited<ReturnType<SignInAssessor['assess']>>['verdict'];
  /** Since when whoever signs in has trusted the known device. */
  deviceTrustedAt?: Date | undefined;
  factors: readonly ToldFactor[] | undefined;
  /** What mfa says to a challenge that is started, and to a proof; undefined while it is away. */
  started: StartedFactor | undefined;
  proof: ToldProof | undefined;
  /** What happens while mfa judges a proof. */
  whileJudging?: (() => Promise<unknown>) | undefined;
  /** What mfa says to the answer of a passkey that names nobody; undefined while it is away. */
  passkey: PasskeyVerdict | undefined;
  /** What mfa says of whoever moves their number: that they may, until a test has it judge. */
  factorRule: FactorRule;
  /** Whether mfa removes factors, and for which recoveries it did. */
  removes: boolean;
  removed: { userId: string; recoveryId: string }[];
  /** Whether devices have keys, and what device says to an answer of one; undefined while it is away. */
  hasKey: boolean;
  signature: 'accepted' | 'wrong' | 'closed' | undefined;
  /** What profile calls everybody. */
  names: readonly string[];
  /** What the users of profile have chosen; undefined while it is away. */
  settings: MessageSettings | undefined;
  /** User ids that were asked about, and the proofs that were presented. */
  asked: {
    device: string[];
    mfa: string[];
    names: string[];
    settings: string[];
    proofs: { binding: ChallengeBinding; proof: Proof }[];
    passkeys: PasskeyAnswer[];
    keys: AskedKey[];
    texts: AskedText[];
  };
}

/** What mfa was asked to have approved. */
export interface AskedText {
  readonly binding: ChallengeBinding;
  readonly text: string;
  readonly digest: Uint8Array;
}

/** What the key of a device was asked to sign. */
export interface AskedKey {
  readonly binding: DeviceKeyBinding;
  readonly payloadDigest: Uint8Array;
}

/** The authenticator app of whoever has one. */
export const totpFactor = { id: uuidv7(), type: 'totp', hint: '' };

/** The passkey of whoever has one. */
export const passkeyFactor = { id: uuidv7(), type: 'webauthn', hint: '' };

/** What mfa asks any passkey with, but for the challenge. */
const passkeyQuestion = {
  rpId: 'bank.example',
  allowCredentials: [],
  userVerification: 'required',
  timeout: 300_000,
} satisfies Omit<PasskeyQuestion, 'challenge'>;

/** What profile says of somebody who has chosen nothing. */
export const noChoices: MessageSettings = {
  version: 0,
  language: undefined,
  timeZone: 'UTC',
  quietHours: undefined,
  switchedOff: new Set(),
};

/** A device nobody doubts, no factor, and a right answer to every challenge. */
export function usualAnswers(): Neighbours {
  return {
    verdict: 'allow',
    factors: [],
    started: {
      kind: 'started',
      challengeId: uuidv7(),
      type: 'totp',
      expiresAt: new Date(Date.now() + 300_000),
      question: undefined,
    },
    proof: { kind: 'accepted', by: 'totp' },
    passkey: { kind: 'wrong' },
    factorRule: { missing: async () => undefined },
    removes: true,
    removed: [],
    hasKey: true,
    signature: 'accepted',
    names: [],
    settings: noChoices,
    asked: { device: [], mfa: [], names: [], settings: [], proofs: [], passkeys: [], keys: [], texts: [] },
  };
}

interface NeighbourAdapters {
  assessor: SignInAssessor;
  factors: FactorDirectory;
  factorChallenges: FactorChallenges;
  factorRule: FactorRule;
  passkeys: Passkeys;
  removeFactors: RemoveFactors;
  deviceKeys: DeviceKeys;
  names: NameDirectory;
  settings: SettingsDirectory;
}

/** The adapters that give the answers. */
export function answersOf(neighbours: Neighbours, clock: ShiftedClock): NeighbourAdapters {
  return {
    assessor: {
      async assess({ userId }) {
        neighbours.asked.device.push(userId);
        const { verdict, deviceTrustedAt } = neighbours;
        return { verdict, deviceTrustedAt };
      },
    },
    factors: {
      async list(userId) {
        neighbours.asked.mfa.push(userId);
        return neighbours.factors?.map(factorOf);
      },
    },
    factorChallenges: {
      async start(binding, _factorId, transaction) {
        if (transaction !== undefined) neighbours.asked.texts.push({ binding, ...transaction });
        return orAway(neighbours.started);
      },
      async verify(binding, proof) {
        neighbours.asked.proofs.push({ binding, proof });
        await neighbours.whileJudging?.();
        return proofOf(orAway(neighbours.proof));
      },
    },
    factorRule: { missing: () => neighbours.factorRule.missing() },
    deviceKeys: keysOf(neighbours, clock),
    passkeys: {
      async ask() {
        orAway(neighbours.passkey);
        const challenge = randomBytes(32);
        return { challenge, question: { ...passkeyQuestion, challenge: challenge.toString('base64url') } };
      },
      async verify(answer) {
        neighbours.asked.passkeys.push(answer);
        return orAway(neighbours.passkey);
      },
    },
    async removeFactors(due) {
      orAway(neighbours.removes || undefined);
      neighbours.removed.push(due);
    },
    names: {
      async of(userId) {
        neighbours.asked.names.push(userId);
        return neighbours.names;
      },
    },
    settings: {
      async of(userId) {
        neighbours.asked.settings.push(userId);
        return orAway(neighbours.settings);
      },
    },
  };
}

function keysOf(neighbours: Neighbours, clock: ShiftedClock): DeviceKeys {
  return {
    async start(binding, payloadDigest) {
      orAway(neighbours.signature);
      neighbours.asked.keys.push({ binding, payloadDigest });
      const question = { challengeId: uuidv7(), challenge: new Uint8Array(32).fill(7) };
      const expiresAt = new Date(clock.now().getTime() + 300_000);
      return neighbours.hasKey ? { ...question, expiresAt } : undefined;
    },
    verify: async () => orAway(neighbours.signature),
  };
}

function orAway<T>(answer: T | undefined): T {
  if (answer === undefined) throw new DomainError('service.unavailable', { details: { retryAfterSeconds: 2 } });
  return answer;
}
