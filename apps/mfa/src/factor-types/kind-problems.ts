import { FactorKindSchema } from '@bank/domain';
import * as v from 'valibot';
import type { FactorType } from '#factor-types/factor-type.ts';

/** What a token tells beside the factors (RFC 8176): the password, a known device, and that there were two factors. */
export const besideFactors: ReadonlySet<string> = new Set(['pwd', 'device', 'mfa']);

/** By what a transaction is approved, as auth knows it: what states it to the user, or signs it (SR-63). */
const approving: ReadonlySet<string> = new Set(['sms', 'webauthn']);

type Kind = Pick<
  FactorType,
  | 'name'
  | 'methods'
  | 'raises'
  | 'isSent'
  | 'staffWorth'
  | 'isPhishingResistant'
  | 'isUnguessable'
  | 'purposes'
  | 'response'
>;

/**
 * What is wrong with these kinds, by themselves and together: whoever had one that auth does not take, or that lets nobody pass where it
 * is asked for, could not even give it up.
 */
export function kindProblems(kinds: readonly Kind[]): readonly string[] {
  return kinds.flatMap((kind, index) =>
    [...ownProblems(kind), ...confusions(kind, kinds.slice(0, index))].map((problem) => `${kind.name}: ${problem}`),
  );
}

function ownProblems(kind: Kind): readonly string[] {
  const { issues = [] } = v.safeParse(FactorKindSchema, kind);
  const { raises, purposes, isPhishingResistant, methods, name, staffWorth } = kind;
  const rules: readonly (readonly [isBroken: boolean, problem: string])[] = [
    // What changes of factors then ask for, a token says of passkeys alone.
    [isPhishingResistant && methods.length > 0, 'passkeys alone resist phishing, as far as a token tells'],
    // auth asks for what there is at a sign-in, and takes a password alone from whoever has nothing that raises (SR-29).
    [raises && !purposes.includes('sign_in'), 'what raises is asked for at a sign-in as well'],
    // Where there is something that raises, a step-up wants that, and no password.
    [raises && !purposes.includes('step_up'), 'what raises is asked for at a step-up as well'],
    // No try of it would count (SR-25).
    [kind.isUnguessable && v.is(kind.response, { code: '000000' }), 'six digits are guessed'],
    [!raises && staffWorth > 0, 'what raises nothing is worth nothing for staff'],
    [purposes.includes('transaction') && !approving.has(name), 'auth takes no transaction from it'],
  ];
  return [...issues.map(({ message }) => message), ...rules.filter(([isBroken]) => isBroken).map(([, text]) => text)];
}

/** A token tells a method and not the kind: of two that raise by one, the lesser would pass for the better (SR-72). */
function confusions({ raises, methods, staffWorth }: Kind, others: readonly Kind[]): readonly string[] {
  return others
    .filter((other) => raises && other.raises && other.staffWorth !== staffWorth)
    .filter((other) => other.methods.some((method) => methods.includes(method)))
    .map((other) => `raises by one method with ${other.name}, and is not worth the same for staff`);
}
