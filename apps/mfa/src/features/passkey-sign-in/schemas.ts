import { audiences, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { Assertion, bytes } from '#factor-types/webauthn/schemas.ts';

/** The answer of a passkey of whoever signs in, with what it had to sign. */
export const PasskeySignIn = v.strictObject({
  challenge: bytes(32, 32),
  assertion: Assertion,
  audience: v.picklist(Object.values(audiences)),
  signInId: Uuidv7Schema,
});
export type PasskeySignIn = v.InferOutput<typeof PasskeySignIn>;
