import { randomInt } from 'node:crypto';
import { generateHOTP } from 'oslo/otp';
import { sameBytes } from '#keys/bytes.ts';

const digitsMin = 6;
const digitsMax = 8;
const stepSeconds = 30;
/** One step either way allows for clock drift and typing (RFC 6238 §5.2, SR-22). */
const stepsAround = [0, -1, 1] as const;

/** A uniformly random decimal code, leading zeros included (SR-23). @throws RangeError unless 6 to 8 digits */
export function generateCode(digits = digitsMin): string {
  return randomInt(10 ** checkedDigits(digits))
    .toString()
    .padStart(digits, '0');
}

/** The HOTP value of a counter (RFC 4226 §5.3). @throws RangeError unless 6 to 8 digits */
export async function hotp(key: Uint8Array, counter: number, digits = digitsMin): Promise<string> {
  return await generateHOTP(new Uint8Array(key), counter, checkedDigits(digits));
}

export interface TotpAttempt {
  /** The shared secret as raw bytes. */
  readonly secret: Uint8Array;
  readonly code: string;
  readonly at: Date;
  /** The step of the last accepted code; nothing at or before it is accepted again (SR-21). */
  readonly lastStep: number | undefined;
}

/**
 * Verifies a six-digit TOTP of 30-second steps (RFC 6238), at most one step early or late. Answers the step to remember
 * (by a conditional update: two requests may both get it), or undefined.
 */
export async function verifyTotp({ secret, code, at, lastStep }: TotpAttempt): Promise<number | undefined> {
  const steps = stepsAround.map((offset) => stepAt(at) + offset).filter((step) => step > (lastStep ?? -1));
  return await findStep({ secret, code, steps });
}

/** How far off a clock may be that is told about: ten minutes either way. */
const distantSteps = 20;

/**
 * The step within ten minutes that a code is of which `verifyTotp` refuses for its time; undefined when there is none. It proves
 * nothing by itself: a guess hits one of so many codes a dozen times as often as one of three.
 */
export async function findDistantStep({
  secret,
  code,
  at,
}: Omit<TotpAttempt, 'lastStep'>): Promise<number | undefined> {
  const offsets = Array.from({ length: 2 * distantSteps + 1 }, (_, index) => index - distantSteps);
  const steps = offsets.filter((offset) => Math.abs(offset) > 1).map((offset) => stepAt(at) + offset);
  return await findStep({ secret, code, steps });
}

/** How many steps a step is ahead of a moment; negative behind it. */
export function stepsAhead(step: number, at: Date): number {
  return step - stepAt(at);
}

function stepAt(at: Date): number {
  return Math.floor(at.getTime() / 1000 / stepSeconds);
}

/** The first of some steps that a six-digit code is of; there is none before the epoch. */
async function findStep({
  secret,
  code,
  steps,
}: Pick<TotpAttempt, 'secret' | 'code'> & { readonly steps: readonly number[] }): Promise<number | undefined> {
  if (!/^[0-9]{6}$/.test(code)) return undefined;
  const possible = steps.filter((step) => step >= 0);
  const codes = await Promise.all(possible.map((step) => hotp(secret, step)));
  const presented = Buffer.from(code, 'ascii');
  return possible.find((_, index) => sameBytes(presented, Buffer.from(codes[index] ?? '', 'ascii')));
}

function checkedDigits(digits: number): number {
  if (!Number.isInteger(digits) || digits < digitsMin || digits > digitsMax) {
    throw new RangeError('a code has 6 to 8 digits');
  }
  return digits;
}
