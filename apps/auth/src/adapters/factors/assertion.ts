import type { PasskeyFacts as PasskeyFactsMessage, AssertionOptions as QuestionMessage } from '@bank/proto/mfa';
import { toBase64Url } from '@bank/security';

/** What a browser asks for a passkey with: `PublicKeyCredentialRequestOptionsJSON` (WebAuthn L3 §5.5). */
export interface PasskeyQuestion {
  challenge: string;
  rpId: string;
  /** Empty where any passkey of the bank may answer, and says itself whose it is. */
  allowCredentials: { id: string; type: 'public-key'; transports: string[] }[];
  userVerification: string;
  /** In milliseconds. */
  timeout: number;
}

/** What a passkey answered; bytes in base64url. */
export interface Assertion {
  credentialId: string;
  clientDataJson: string;
  authenticatorData: string;
  signature: string;
  /** Empty where it gave none. */
  userHandle: string;
}

/** What is known of a passkey that has proved itself: as much as its answer is worth depends on it. */
export interface PasskeyFacts {
  /** It asked its user for a PIN, a finger or a face. */
  isUserVerified: boolean;
  /** It cannot leave the device that it was made on. */
  isDeviceBound: boolean;
  /** Who made the device vouches for it. */
  isAttested: boolean;
}

/** @throws Error where mfa left out what a passkey has to be asked with */
export function questionOf(message: QuestionMessage | undefined): PasskeyQuestion {
  if (message === undefined || message.challenge.length === 0) throw new Error('a passkey needs a challenge');
  return {
    challenge: toBase64Url(message.challenge),
    rpId: message.rpId,
    allowCredentials: message.allowCredentials.map(({ credentialId, transports }) => ({
      id: toBase64Url(credentialId),
      type: 'public-key',
      transports: [...transports],
    })),
    userVerification: message.userVerification,
    timeout: message.timeoutMs,
  };
}

/** The same as a message. */
export function assertionMessage({
  credentialId,
  clientDataJson,
  authenticatorData,
  signature,
  userHandle,
}: Assertion) {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  return {
    credentialId: bytes(credentialId),
    clientDataJson: bytes(clientDataJson),
    authenticatorData: bytes(authenticatorData),
    signature: bytes(signature),
    userHandle: bytes(userHandle),
  };
}

/** Nothing that mfa does not say is taken for so. */
export function factsOf(message: PasskeyFactsMessage | undefined): PasskeyFacts {
  return {
    isUserVerified: message?.userVerified ?? false,
    isDeviceBound: message?.deviceBound ?? false,
    isAttested: message?.attested ?? false,
  };
}
