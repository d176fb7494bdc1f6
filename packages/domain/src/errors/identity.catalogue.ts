import type { ErrorEntry } from '#errors/kind.ts';
import { notFoundMessage } from '#errors/kind.ts';

/** The things a user owns and the staff looks after. */
export const identityErrors = {
  'user.not_found': { kind: 'not_found', message: notFoundMessage },
  'user.watch.position_lost': { kind: 'conflict', message: 'That position is not known (any more); begin anew.' },
  'user.transition.illegal': { kind: 'conflict', message: 'The user cannot move to that state now.' },
  'user.state.blocked': { kind: 'forbidden', message: 'This is not possible for the account at the moment.' },
  'user.contact_change.too_soon': { kind: 'limited', message: 'It was changed a short while ago; try again later.' },
  'user.contact_change.none_pending': { kind: 'conflict', message: 'No change of an address is waiting for a code.' },
  'user.contact_change.taken': {
    kind: 'conflict',
    message: 'Another account has this address by now. Everybody was signed out; contact us.',
  },
  'recovery.not_found': { kind: 'conflict', message: 'No recovery of this account waits for a decision.' },
  'profile.not_found': { kind: 'not_found', message: notFoundMessage },
  'profile.unreadable': { kind: 'unavailable', message: 'The profile cannot be read at the moment.' },
  'profile.field.locked': { kind: 'conflict', message: 'A verified field changes only through a change request.' },
  'settings.consent_missing': { kind: 'conflict', message: 'Agree to offers on this channel first.' },
  'consent.version.outdated': {
    kind: 'conflict',
    message: 'There is another version of this text; read it before you agree.',
  },
  'consent.not_given': { kind: 'conflict', message: 'There is no consent that could be withdrawn.' },
  'consent.not_withdrawable': { kind: 'conflict', message: 'The account rests on this; close it instead.' },
  'device.not_found': { kind: 'not_found', message: notFoundMessage },
  'device.not_current': { kind: 'forbidden', message: 'This is done on the device itself.' },
  'device.key.not_found': { kind: 'not_found', message: notFoundMessage },
  'device.key.taken': { kind: 'conflict', message: 'Make another key: this one is bound already.' },
  'device.key.unproven': { kind: 'invalid', message: 'The signature is not right; ask for another challenge.' },
  'factor.not_found': { kind: 'not_found', message: notFoundMessage },
  'factor.limit_reached': { kind: 'conflict', message: 'There are as many factors as there can be; remove one first.' },
  'factor.code_invalid': { kind: 'invalid', message: 'The code is not right; the factor is not confirmed.' },
  'factor.passkey_invalid': {
    kind: 'invalid',
    message: 'The passkey is not right, or known already; begin again.',
  },
  'factor.clock_off': {
    kind: 'invalid',
    message: 'The code is of another time: set the clock of the device to automatic.',
  },
  'factor.last_strong': {
    kind: 'conflict',
    message: 'This is the last factor that is good enough for staff; add another first.',
  },
  'factor.address_missing': { kind: 'conflict', message: 'Verify an address first: codes go to no other.' },
  'factor.missing': { kind: 'conflict', message: 'Add a second factor first.' },
  'challenge.not_found': { kind: 'not_found', message: notFoundMessage },
  'staff.invitation.not_found': { kind: 'not_found', message: notFoundMessage },
  'staff.invitations.too_many': {
    kind: 'conflict',
    message: 'Too many invitations are under way; wait until some are used or have expired.',
  },
  'staff.address.taken': { kind: 'conflict', message: 'This address belongs to a user already.' },
  'staff.administrators.enough': {
    kind: 'conflict',
    message: 'There are two administrators already: one of them invites, the other approves.',
  },
  'transaction.not_approved': { kind: 'forbidden', message: 'This transaction is not approved.' },
  'approval.not_found': { kind: 'not_found', message: notFoundMessage },
  'approval.own': { kind: 'forbidden', message: 'Somebody else must decide on this.' },
  'approval.invalid': { kind: 'forbidden', message: 'The approval does not allow this.' },
  'approval.expired': { kind: 'conflict', message: 'The approval has expired; ask for it again.' },
  'approval.already_decided': { kind: 'conflict', message: 'The approval has been decided already.' },
  'approval.in_progress': { kind: 'conflict', message: 'The approval is being decided; try again shortly.' },
} as const satisfies Record<string, ErrorEntry>;
