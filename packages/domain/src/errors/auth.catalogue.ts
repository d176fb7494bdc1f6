import type { ErrorEntry } from '#errors/kind.ts';
import { notFoundMessage } from '#errors/kind.ts';

/** Proving who one is: registration, sign-in, tokens and sessions. No message says which part was wrong (SR-16). */
export const authErrors = {
  'auth.credentials.invalid': { kind: 'unauthenticated', message: 'The sign-in details are not right.' },
  'auth.credentials.locked': { kind: 'limited', message: 'Too many attempts; try again later.' },
  'auth.client.unknown': { kind: 'invalid', message: 'This client cannot sign in here.' },
  'auth.origin.refused': { kind: 'forbidden', message: 'This origin may not make the request.' },
  'auth.login.invalid': { kind: 'unauthenticated', message: 'This sign-in cannot be continued; start again.' },
  'auth.token.missing': { kind: 'unauthenticated', message: 'Sign in first.' },
  'auth.token.invalid': { kind: 'unauthenticated', message: 'The access token is not valid; sign in again.' },
  'auth.proof.invalid': { kind: 'unauthenticated', message: 'The proof of possession is not valid.' },
  'auth.proof.nonce_required': {
    kind: 'unauthenticated',
    message: 'Make the proof of possession again, with the nonce of this answer.',
  },
  'auth.refresh.invalid': { kind: 'unauthenticated', message: 'The session cannot be renewed; sign in again.' },
  'auth.step_up.required': { kind: 'forbidden', message: 'Confirm that it is you, then try again.' },
  'auth.step_up.code_required': {
    kind: 'forbidden',
    message: 'The code that was sent by email is needed as well; ask for one.',
  },
  'auth.key.not_found': { kind: 'not_found', message: notFoundMessage },
  'auth.key.too_many': { kind: 'conflict', message: 'There are too many keys; wait until old ones are forgotten.' },
  'auth.session.not_found': { kind: 'not_found', message: notFoundMessage },
  'auth.registration.code_invalid': { kind: 'invalid', message: 'The code is not right or no longer valid.' },
  'auth.registration.closed': { kind: 'conflict', message: 'This registration is closed; start again.' },
  'auth.password.unacceptable': { kind: 'invalid', message: 'Choose another password; see errors.' },
  'auth.password.compromised': {
    kind: 'forbidden',
    message: 'This password is known to others: choose another by a link that we send by email, or ask us.',
  },
  'auth.email.unacceptable': { kind: 'invalid', message: 'Use another email address; see errors.' },
  'auth.terms.outdated': { kind: 'invalid', message: 'Accept the current terms.' },
  'auth.verification.invalid': { kind: 'invalid', message: 'The code or link is not right or no longer valid.' },
  'auth.callback.refused': { kind: 'forbidden', message: 'The call could not be verified.' },
  'auth.second_factor.invalid': { kind: 'unauthenticated', message: 'The second factor was not accepted.' },
  'auth.second_factor.clock_off': {
    kind: 'unauthenticated',
    message: 'The code is of another time: set the clock of the device to automatic.',
  },
  'auth.second_factor.locked': { kind: 'limited', message: 'Too many attempts; try again later.' },
} as const satisfies Record<string, ErrorEntry>;
