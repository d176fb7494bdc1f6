import type { FactorType } from '#factor-types/factor-type.ts';

/** What a token tells beside the factors (RFC 8176): the password, a known device, and that there were two factors. */
export const besideFactors: ReadonlySet<string> = new Set(['pwd', 'device', 'mfa']);

/** What it tells of passkeys and recovery codes alone. */
const taken: ReadonlySet<string> = new Set([...besideFactors, 'swk', 'hwk', 'user', 'recovery']);

type Kind = Pick<FactorType, 'name' | 'methods' | 'raises' | 'staffWorth'>;

/**
 * What is wrong with these kinds together: a token tells a method and not the kind, so none may name what means something else, and those
 * that raise by one method are worth the same for staff, or the lesser would pass for the better (SR-72).
 */
export function methodProblems(kinds: readonly Kind[]): readonly string[] {
  return kinds.flatMap(({ name, methods, raises, staffWorth }, index) => {
    const strange = methods
      .filter((method) => taken.has(method))
      .map((method) => `${name}: \`${method}\` in a token means something else than this kind`);
    const others = raises
      ? kinds.slice(0, index).filter((other) => other.raises && other.staffWorth !== staffWorth)
      : [];
    const confused = others
      .filter((other) => other.methods.some((method) => methods.includes(method)))
      .map((other) => `${other.name} and ${name} raise by one method, and are not worth the same for staff`);
    return [...strange, ...confused];
  });
}
