import type { FactorType } from '#factor-types/factor-type.ts';
import { factorTypes } from '#factor-types/gen/factor-types.gen.ts';
import { kindProblems } from '#factor-types/kind-problems.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';

/** The kinds of factors that people can enrol and be asked for. */
export const registered: readonly FactorType[] = Object.values(factorTypes);

const problems = kindProblems(registered);
if (problems.length > 0) throw new Error(problems.join('; '));

/** A kind by its name; undefined for one that this version cannot ask for. */
export function factorTypeOf(name: FactorTypeName): FactorType | undefined {
  return registered.find((type) => type.name === name);
}

/** The names of the kinds whose answers nobody guesses: no challenge counts a try of theirs (SR-14). */
export const unguessable: readonly FactorTypeName[] = registered
  .filter(({ isUnguessable }) => isUnguessable)
  .map(({ name }) => name);

/** The kinds that raise a session whose token then names that method. */
export function raisingBy(method: string): readonly FactorType[] {
  return registered.filter(({ raises, methods }) => raises && methods.includes(method));
}

/** The shapes that answers to challenges have, each once. */
export const responseShapes = [...new Set(registered.map(({ response }) => response))];
