import type { FactorTypeName } from '#storage/factor.entity.ts';

/** What an answer was given with. */
export type Proof = FactorTypeName | 'recovery_code';

/** What an answer came to. `factorId` is that of the factor; none for a recovery code. */
export interface GivenAnswer {
  readonly isRight: boolean;
  readonly by: Proof;
  readonly factorId: string | undefined;
}
