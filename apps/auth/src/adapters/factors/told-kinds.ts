import { type FactorKind, FactorKindSchema } from '@bank/domain';
import type { Logger } from '@bank/observability';
import type { FactorType, FactorKind as KindMessage } from '@bank/proto/mfa';
import * as v from 'valibot';
import { unknownKind } from '#adapters/factors/factor-kind.ts';
import { numberedKinds } from '#adapters/factors/numbered-kinds.ts';

/** The number of a kind and what is said of it, in any message of mfa. */
interface Told {
  readonly type: FactorType;
  readonly kind?: KindMessage | undefined;
}

/**
 * The kinds of what mfa tells of in one answer, in its order. What is no form of a kind, says what only auth says, or is another than
 * its number is the unknown one: the log is warned of that once.
 */
export function kindsOf(told: readonly Told[], logger: Logger | undefined): readonly FactorKind[] {
  const kinds = told.map(readKind);
  const refused = told.filter((_, index) => kinds[index] === undefined);
  if (refused.length > 0) {
    const fields = { dependency: 'mfa', count: refused.length, kind: refused[0]?.kind?.name };
    logger?.warn(fields, 'a kind of factor is not told as agreed: it counts as unknown');
  }
  return kinds.map((kind) => kind ?? unknownKind);
}

/** The same of one. */
export function kindOf(told: Told, logger: Logger | undefined): FactorKind {
  return kindsOf([told], logger)[0] ?? unknownKind;
}

function readKind({ type, kind }: Told): FactorKind | undefined {
  const numbered = numberedKinds.get(type);
  if (kind === undefined) return numbered ?? unknownKind;
  const { success, output } = v.safeParse(FactorKindSchema, kind);
  return success && (numbered ?? output).name === output.name ? output : undefined;
}
