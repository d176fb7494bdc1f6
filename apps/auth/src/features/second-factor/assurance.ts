import type { AssuranceLevel } from '@bank/domain';
import type { PasskeyFacts } from '#adapters/factors/assertion.ts';

/** The level of a session and the methods by which it was proved, by their names in a token (RFC 8176). */
export interface Assurance {
  acr: AssuranceLevel;
  amr: readonly string[];
}

/** A way to prove oneself. `raises`: beside a password it makes two factors of different kinds. */
interface Method {
  readonly amr: readonly string[];
  readonly raises: boolean;
}

const methods: Readonly<Record<string, Method>> = {
  password: { amr: ['pwd'], raises: false },
  // One known to be the user's: with it the password alone is more than what a thief has.
  device: { amr: ['device'], raises: false },
  totp: { amr: ['otp'], raises: true },
  sms: { amr: ['sms'], raises: true },
  // Proves an address and no more (SR-29).
  email: { amr: ['otp'], raises: false },
  recovery_code: { amr: ['recovery'], raises: true },
};

/** A kind of factor that this version does not know raises nothing. */
const unknown: Method = { amr: ['otp'], raises: false };

/** A key that can be copied from one device to another, and one of which its maker says that it cannot. */
const synced = 'swk';
const hardware = 'hwk';

/** Of a passkey that nothing more is known of. */
const bare: PasskeyFacts = { isUserVerified: false, isDeviceBound: false, isAttested: false };

/**
 * What all the methods by which a session was proved are worth together: types of factors, `password`, `device` and `recovery_code`. A
 * second factor raises what a password began, and nothing by itself; a passkey that asked its user for a PIN, a finger or a
 * face is both factors in one.
 */
export function assuranceOf(proved: readonly string[], passkey: PasskeyFacts = bare): Assurance {
  const used = proved.map((name) => methodOf(name, passkey));
  const amr = [...new Set(used.flatMap((method) => method.amr))];
  const hasPasskey = proved.includes('webauthn');
  const isBoth = hasPasskey && passkey.isUserVerified;
  const isRaised = isBoth || (proved.includes('password') && used.some(({ raises }) => raises));
  if (!isRaised) return { acr: 'aal1', amr };
  return { acr: isBoth && isHardware(passkey) ? 'aal3' : 'aal2', amr: [...amr, 'mfa'] };
}

function methodOf(name: string, passkey: PasskeyFacts): Method {
  if (name === 'webauthn') return { amr: [isHardware(passkey) ? hardware : synced, 'user'], raises: true };
  return Object.hasOwn(methods, name) ? (methods[name] ?? unknown) : unknown;
}

/** That a key stays where it was made is believed of nobody who is not vouched for. */
function isHardware({ isDeviceBound, isAttested }: PasskeyFacts): boolean {
  return isDeviceBound && isAttested;
}

/** What a session keeps when another factor is proved: what it began with, which no factor takes the place of. */
const lasting: ReadonlySet<string> = new Set(['pwd', 'device']);

/**
 * What a live session comes to when its holder has proved a factor again: the session stands for the first proof, and the new
 * one takes the place of the factors before. `auth_time` is that of the new one, so a passkey of hours ago would count as
 * a fresh one beside a text message of now (SR-31, SR-62).
 */
export function assuranceOfStepUp(session: Pick<Assurance, 'amr'>, by: string, passkey?: PasskeyFacts): Assurance {
  const { acr, amr } = assuranceOf(['password', by], passkey);
  const added = amr.filter((method) => method !== 'pwd');
  return { acr, amr: [...session.amr.filter((method) => lasting.has(method)), ...added] };
}
