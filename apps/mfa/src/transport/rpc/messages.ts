import {
  type Assertion,
  ChallengePurpose,
  FactorType,
  type StartChallengeRequest,
  type VerifyChallengeRequest,
} from '@bank/proto/mfa';
import { numberOf } from '#events.ts';
import type { AssertionOptions, Proof } from '#factor-types/factor-type.ts';
import { factorTypeOf } from '#factor-types/registry.ts';

const purposes: Readonly<Record<number, string>> = {
  [ChallengePurpose.SIGN_IN]: 'sign_in',
  [ChallengePurpose.STEP_UP]: 'step_up',
  [ChallengePurpose.RECOVERY]: 'recovery',
  [ChallengePurpose.TRANSACTION]: 'transaction',
};

/** What proved somebody, as a message. A recovery code is no kind of factor, and of what this version does not know it can tell nothing. */
export function toKind(proof: Proof) {
  const factorType = proof === 'recovery_code' ? undefined : factorTypeOf(proof);
  if (factorType === undefined) return { type: FactorType.UNSPECIFIED };
  const { name, methods, raises, isSent, staffWorth } = factorType;
  return { type: numberOf(name), kind: { name, methods: [...methods], raises, isSent, staffWorth } };
}

/** A question as the feature reads it; what is about no transaction says so by nothing at all. */
export function toQuestion({ transactionText: text, transactionDigest: digest, ...request }: StartChallengeRequest) {
  const { userId, factorId, bindingId } = request;
  const question = { userId, factorId, purpose: purposes[request.purpose], bindingId };
  return text === '' && digest.length === 0 ? question : { ...question, transaction: { text, digest } };
}

/** An answer as the feature reads it. */
export function toAnswer({ userId, purpose, bindingId, audience, proof }: VerifyChallengeRequest) {
  const binding = { userId, purpose: purposes[purpose], bindingId, ...(audience !== '' && { audience }) };
  switch (proof.case) {
    case 'answer': {
      const { challengeId, code, assertion } = proof.value;
      const response = assertion === undefined ? { code } : { assertion: toAssertion(assertion) };
      return { ...binding, challengeId, response };
    }
    case 'recoveryCode':
      return { ...binding, response: { recoveryCode: proof.value } };
    default:
      return binding;
  }
}

/** An assertion as the feature reads it; one that says no user says so by nothing at all. */
export function toAssertion(assertion: Assertion | undefined) {
  if (assertion === undefined) return undefined;
  const { credentialId, clientDataJson, authenticatorData, signature, userHandle } = assertion;
  const told = { credentialId, clientDataJson, authenticatorData, signature };
  return userHandle.length === 0 ? told : { ...told, userHandle };
}

/** What a browser needs, as a message. */
export function toOptions({ challenge, nonce, rpId, allowCredentials, userVerification, timeoutMs }: AssertionOptions) {
  const credentials = allowCredentials.map(({ credentialId, transports }) => ({
    credentialId: new Uint8Array(credentialId),
    transports: [...transports],
  }));
  const options = {
    challenge: new Uint8Array(challenge),
    rpId,
    allowCredentials: credentials,
    userVerification,
    timeoutMs,
  };
  return nonce === undefined ? options : { ...options, nonce: new Uint8Array(nonce) };
}
