import type { Device } from '#storage/device.entity.ts';

/**
 * What the device of an attempt is to the user: `unknown` when none was presented that the user is known by, `known` when
 * one was, even if it is so new that nothing else is known of it.
 */
export type DeviceStanding = 'unknown' | 'known' | 'trusted' | 'removed';

/** How an attempt to sign in looks to the device service. */
export interface AttemptFacts {
  readonly device: DeviceStanding;
}

/** `score` runs from 0 (nothing known against it) to 100; `reasons` are stable codes. */
export interface Assessment {
  readonly verdict: 'allow' | 'challenge' | 'deny';
  readonly score: number;
  readonly reasons: readonly string[];
}

/** An assessment, and since when the user has trusted the device that they are known by. */
export interface AssessedSignIn extends Assessment {
  readonly deviceTrustedAt: Date | null;
}

const rules: readonly { reason: string; score: number; applies(facts: AttemptFacts): boolean }[] = [
  { reason: 'device.removed', score: 60, applies: ({ device }) => device === 'removed' },
  { reason: 'device.unknown', score: 20, applies: ({ device }) => device === 'unknown' },
  { reason: 'device.untrusted', score: 5, applies: ({ device }) => device === 'known' },
];

const challengeFrom = 50;
const denyFrom = 90;

/**
 * Whether a sign-in took the password, and nothing that came to its user's mailbox or is a factor: whoever has only the password
 * may be anybody. Registration and activation, which make the first device, bring a code or a link.
 */
export function tookPasswordAlone(amr: readonly string[]): boolean {
  return amr.every((method) => method === 'pwd');
}

/** What a device that was presented as a known one is by its record. */
export function standingOf(record: Pick<Device, 'removedAt' | 'trustedAt'> | undefined): DeviceStanding {
  if (record === undefined) return 'known';
  if (record.removedAt !== null) return 'removed';
  return record.trustedAt === null ? 'known' : 'trusted';
}

/**
 * Judges an attempt from its facts: the scores of the rules that apply are added. An unknown device alone is
 * allowed at `aal1` (a new customer has no other), a removed one needs more proof, and nothing speaks against a trusted one.
 */
export function assessAttempt(facts: AttemptFacts): Assessment {
  const applying = rules.filter((rule) => rule.applies(facts));
  const score = Math.min(
    100,
    applying.reduce((sum, rule) => sum + rule.score, 0),
  );
  const verdict = score >= denyFrom ? 'deny' : score >= challengeFrom ? 'challenge' : 'allow';
  return { verdict, score, reasons: applying.map((rule) => rule.reason) };
}
