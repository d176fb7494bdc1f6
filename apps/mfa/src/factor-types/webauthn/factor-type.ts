import type { AppTransaction } from '#context.ts';
import {
  type AssertionOptions,
  type Beginning,
  defineFactorType,
  type Given,
  type Judgement,
} from '#factor-types/factor-type.ts';
import { acceptUse } from '#factor-types/webauthn/accept-use.ts';
import {
  assertionOptions,
  ceremonySeconds,
  newChallenge,
  transactionChallenge,
  worthOf,
} from '#factor-types/webauthn/ceremony.ts';
import { AssertionResponse, RegistrationResponse } from '#factor-types/webauthn/schemas.ts';
import { verifyAssertion } from '#factor-types/webauthn/verify-assertion.ts';
import { verifyRegistration } from '#factor-types/webauthn/verify-registration.ts';

/** Passkeys and security keys (WebAuthn level 3): what no page but ours can ask for, so that nobody is tricked out of them. */
export const factorType = defineFactorType('webauthn', {
  // Auth tells by what an answer says of its key.
  methods: [],
  raises: true,
  staffWorth: 2,
  isUnguessable: true,
  isPhishingResistant: true,
  purposes: ['sign_in', 'step_up', 'transaction'],
  challengeSeconds: ceremonySeconds,
  refusal: 'factor.passkey_invalid',
  response: AssertionResponse,
  confirmation: RegistrationResponse,
  begin: askForPasskey,
  check: usePasskey,
  confirm: registerPasskey,
});

type OfFactor = Given & { readonly factorId: string };

async function askForPasskey(tx: AppTransaction, beginning: Beginning): Promise<AssertionOptions> {
  const { userId, factorId, challengeId, transaction, expiresAt } = beginning;
  const { challenge, nonce } = asked(transaction?.digest);
  await tx.webauthnChallenges.insert(userId, challengeId, { challenge, expiresAt });
  const named = await tx.webauthnCredentials.findNamed(factorId);
  return { ...assertionOptions(tx.relyingParty, challenge, named === undefined ? [] : [named]), nonce };
}

function asked(digest: Uint8Array | undefined): { challenge: Uint8Array; nonce?: Uint8Array } {
  return digest === undefined ? { challenge: newChallenge() } : transactionChallenge(digest);
}

/** Checks an assertion. What it had to sign is used up by it, right or wrong (SR-30). */
async function usePasskey(
  tx: AppTransaction,
  given: OfFactor & { readonly challengeId: string },
  { assertion }: AssertionResponse,
): Promise<Judgement> {
  const { userId, factorId, challengeId, audience, now } = given;
  const challenge = await tx.webauthnChallenges.consume(userId, challengeId, now);
  const credential = await tx.webauthnCredentials.holdOfFactor(factorId);
  if (challenge === undefined || credential === undefined) return false;
  const question = { challenge, audience, userId, isUsernameless: false };
  const use = await verifyAssertion(tx, credential, question, assertion);
  if (use === undefined || !(await acceptUse(tx, given, use))) return false;
  return worthOf(credential);
}

/** Checks a registration, and keeps the credential if there is none of its id. */
async function registerPasskey(
  tx: AppTransaction,
  { userId, factorId, audience, now }: OfFactor,
  response: RegistrationResponse,
): Promise<Judgement> {
  const challenge = await tx.webauthnChallenges.consume(userId, factorId, now);
  if (challenge === undefined || audience === undefined) return false;
  const credential = await verifyRegistration(tx, { challenge, audience, now }, response);
  return credential !== undefined && (await tx.webauthnCredentials.insert(factorId, credential));
}
