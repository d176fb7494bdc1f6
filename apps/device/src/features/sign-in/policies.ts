/** How an attempt to sign in looks to the device service. */
export interface AttemptFacts {
  /** The device whose secret was presented and is known to the user, or nothing. */
  readonly knownDeviceId: string | undefined;
  /** That device has been removed by its user since. */
  readonly isRemoved: boolean;
}

/** `score` runs from 0 (nothing known against it) to 100; `reasons` are stable codes. */
export interface Assessment {
  readonly verdict: 'allow' | 'challenge' | 'deny';
  readonly score: number;
  readonly reasons: readonly string[];
}

const rules: readonly { reason: string; score: number; applies(facts: AttemptFacts): boolean }[] = [
  { reason: 'device.removed', score: 60, applies: (facts) => facts.isRemoved },
  { reason: 'device.unknown', score: 20, applies: (facts) => facts.knownDeviceId === undefined },
];

const challengeFrom = 50;
const denyFrom = 90;

/**
 * Judges an attempt from its facts: the scores of the rules that apply are added. An unknown device alone is
 * allowed at `aal1` (a new customer has no other), a removed one needs more proof.
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
