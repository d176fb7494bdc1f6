import { type AssuranceLevel, type FactorKind, isPasskey } from '@bank/domain';
import type { PasskeyFacts } from '#adapters/factors/assertion.ts';

/** The level of a session and the methods by which it was proved, by their names in a token (RFC 8176). */
export interface Assurance {
  acr: AssuranceLevel;
  amr: readonly string[];
}

/** What a way to prove oneself is worth. */
type Worth = Pick<FactorKind, 'methods' | 'raises'>;

/** The ways that are no factor of mfa's. */
const ownWays = {
  password: { methods: ['pwd'], raises: false },
  // One known to be the user's: with it the password alone is more than what a thief has.
  device: { methods: ['device'], raises: false },
  // Proves an address and no more (SR-29).
  emailed_code: { methods: ['otp'], raises: false },
  recovery_code: { methods: ['recovery'], raises: true },
} as const satisfies Readonly<Record<string, Worth>>;

/** A way to prove oneself: one of auth's own, a factor by its kind, or a passkey that names its user itself. */
export type Way = keyof typeof ownWays | 'passkey' | FactorKind;

/** A key that can be copied from one device to another, and one of which its maker says that it cannot. */
const synced = 'swk';
const hardware = 'hwk';

/** Of a passkey that nothing more is known of. */
const bare: PasskeyFacts = { isUserVerified: false, isDeviceBound: false, isAttested: false };

/**
 * What all the ways by which a session was proved are worth together, with the facts of the passkey among them. A second factor
 * raises what a password began, and nothing by itself; a passkey that asked its user for a PIN, a finger or a face is both
 * factors in one.
 */
export function assuranceOf(proved: readonly Way[], passkey: PasskeyFacts = bare): Assurance {
  const used = proved.map((way) => worthOf(way, passkey));
  const amr = [...new Set(used.flatMap(({ methods }) => methods))];
  const isBoth = proved.some(isByPasskey) && passkey.isUserVerified;
  const isRaised = isBoth || (proved.includes('password') && used.some(({ raises }) => raises));
  if (!isRaised) return { acr: 'aal1', amr };
  return { acr: isBoth && isHardware(passkey) ? 'aal3' : 'aal2', amr: [...amr, 'mfa'] };
}

function worthOf(way: Way, passkey: PasskeyFacts): Worth {
  if (way === 'passkey' || isByPasskey(way)) {
    return { methods: [isHardware(passkey) ? hardware : synced, 'user'], raises: true };
  }
  return typeof way === 'string' ? ownWays[way] : way;
}

function isByPasskey(way: Way): boolean {
  return typeof way === 'string' ? way === 'passkey' : isPasskey(way);
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
export function assuranceOfStepUp(session: Pick<Assurance, 'amr'>, by: Way, passkey?: PasskeyFacts): Assurance {
  const { acr, amr } = assuranceOf(['password', by], passkey);
  const added = amr.filter((method) => method !== 'pwd');
  return { acr, amr: [...session.amr.filter((method) => lasting.has(method)), ...added] };
}
