import { withTransaction } from '@bank/database';
import { allow, DomainError, parse } from '@bank/domain';
import type * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import { userActivated, userRegistered } from '#events.ts';
import type { Caller } from '#features/caller.ts';
import { resolveCustomerClient } from '#features/client/resolve-client.ts';
import { beginChange, countCodeAsked } from '#features/contact-change/begin-change.ts';
import { addressFailuresMax, codeAttemptsMax, countingDay } from '#features/registration/policies.ts';
import { proves } from '#features/registration/proof.ts';
import { VerifyRegistrationSchema } from '#features/registration/schemas.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { openingAudits, openSession } from '#features/session/open-session.ts';
import { presentedDevice } from '#features/session/recognise-device.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { openContact } from '#features/user/contact.ts';
import { createUser } from '#features/user/create-user.ts';
import type { UserView } from '#features/user/view-user.ts';
import { viewUser } from '#features/user/view-user.ts';
import type { Registration } from '#storage/registrations/registration.repository.ts';
import type { Client } from '#storage/sessions/client.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

const refusals = ['unknown', 'closed', 'wrong_code', 'address_taken'] as const;
const audits = ['auth.registration.verified', 'auth.registration.failed', ...openingAudits] as const;
type Outcome =
  | { kind: 'verified'; signedIn: SignedIn; user: UserView; isPhoneAsked: boolean }
  | { kind: (typeof refusals)[number] };

interface Presented {
  request: v.InferOutput<typeof VerifyRegistrationSchema>;
  client: Client;
  caller: Caller;
}

/**
 * Proves the address of a registration: creates the user, opens the first session on a device that is known from now on, and
 * ends every other registration of the address. The first to verify wins; a number that was given gets a code now. Wrong codes
 * are counted per registration and per address before they are compared (SR-25). @throws request.invalid, auth.client.unknown, auth.registration.code_invalid,
 * request.rate_limited
 */
export async function verifyRegistration(
  ctx: AppContext,
  input: unknown,
  caller: Caller,
): Promise<{ signedIn: SignedIn; user: UserView }> {
  const who = allow.anyone(caller.actor);
  const request = parse(VerifyRegistrationSchema, input);
  const client = resolveCustomerClient(ctx, request.clientId, caller);
  const judge = () => withTransaction(ctx, { who, audits }, (tx) => verify(tx, { request, client, caller }));
  const outcome = await withFailureLimit(ctx, caller.clientAddress, judge, ({ kind }) => kind !== 'verified');
  if (outcome.kind === 'verified') {
    const { signedIn, user, isPhoneAsked } = outcome;
    // The first of somebody new is within any limit: it is counted for those that follow (SR-18).
    if (isPhoneAsked) await countCodeAsked(ctx, 'phone', user.id);
    return { signedIn, user };
  }
  throw new DomainError('auth.registration.code_invalid', { reason: outcome.kind });
}

async function verify(tx: AppTransaction, { request, client, caller }: Presented): Promise<Outcome> {
  const claim = await claimAttempt(tx, request.registrationId, request.code);
  if (claim.kind !== 'proven') return claim;
  const { registration } = claim;
  const contact = { table: 'registrations', sealed: registration.contact } as const;
  const user = await createUser(tx, { ...registration, contact, roles: ['customer'] });
  if (user === undefined) return await refuse(tx, registration.id, 'address_taken');
  await tx.registrations.closeOthers(registration.addressHash, tx.clock.now());
  await announce(tx, registration, client);
  const device = presentedDevice(request, caller);
  const facts = { user, client, device, becomesKnown: true, dpopJkt: caller.dpopJkt };
  const signedIn = await openSession(tx, { ...facts, ...assuranceOf(['password', 'emailed_code']) });
  const isPhoneAsked = await provePhone(tx, user, signedIn.session.id);
  return { kind: 'verified', signedIn, user: viewUser(user), isPhoneAsked };
}

type Claim =
  | { kind: 'proven'; registration: Registration }
  | { kind: Exclude<(typeof refusals)[number], 'address_taken'> };

/**
 * Takes the address's counter and then the registration's row, always in this order: so all verifications of one address
 * stand in line, and every wrong code has been counted before the next one is compared.
 */
async function claimAttempt(tx: AppTransaction, id: string, code: string): Promise<Claim> {
  const now = tx.clock.now();
  const found = await tx.registrations.find(id, now);
  if (found === undefined) return { kind: 'unknown' };
  const day = countingDay(now);
  const failures = await tx.registrations.lockFailures(found.addressHash, day);
  const registration = await tx.registrations.claimAttempt(id, codeAttemptsMax, now);
  if (registration === undefined) return await refuse(tx, id, 'closed');
  if (proves(tx, registration, code)) {
    await tx.registrations.close(id, now);
    return { kind: 'proven', registration };
  }
  await tx.registrations.countFailure(found.addressHash, day);
  if (failures + 1 >= addressFailuresMax) await tx.registrations.dropCodes(found.addressHash);
  return await refuse(tx, id, 'wrong_code');
}

async function refuse<K extends (typeof refusals)[number]>(
  tx: AppTransaction,
  registrationId: string,
  kind: K,
): Promise<{ kind: K }> {
  await tx.audit({ action: 'auth.registration.failed', subject: registrationId, outcome: 'failure', reason: kind });
  return { kind };
}

/** The number that was given, if one was, is proven next by the session that has just opened; until then it names nobody. */
async function provePhone(tx: AppTransaction, user: User, sessionId: string): Promise<boolean> {
  if (user.contact === null) return false;
  const { phone } = await openContact(tx, { table: 'users', userId: user.id }, user.contact);
  return phone !== null && (await beginChange(tx, user, sessionId, { kind: 'phone', value: phone }));
}

async function announce(tx: AppTransaction, registration: Registration, client: Client): Promise<void> {
  const { userId, locale, acceptedTerms } = registration;
  const at = tx.clock.now();
  await tx.terms.accept({ id: tx.ids.next(), userId, version: acceptedTerms, at: registration.createdAt });
  await tx.emit(userRegistered({ userId, clientId: client.id, locale, acceptedTerms, at }));
  await tx.emit(userActivated({ userId, roles: ['customer'], locale, at }));
  const details = { acceptedTerms };
  await tx.audit({ action: 'auth.registration.verified', subject: userId, outcome: 'success', details });
}
