import type { Logger } from '@bank/observability';
import type { FactorType, FactorKind as KindMessage } from '@bank/proto/mfa';
import * as v from 'valibot';
import { type FactorKind, isPasskey, unknownKind } from '#adapters/factors/factor-kind.ts';
import { numberedKinds } from '#adapters/factors/numbered-kinds.ts';

/** What only auth says of a session: a kind that said it would pass for a password, a passkey or both factors at once. */
const ownMethods: ReadonlySet<string> = new Set(['pwd', 'device', 'recovery', 'mfa', 'user', 'hwk', 'swk', 'pop']);

/** What is no factor, and goes by these names beside them. */
const ownNames: ReadonlySet<string> = new Set([unknownKind.name, 'recovery_code']);

const Method = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2,8}$/),
  v.check((method) => !ownMethods.has(method)),
);

const Kind = v.pipe(
  v.object({
    name: v.pipe(
      v.string(),
      v.regex(/^[a-z][a-z0-9_]{0,31}$/),
      v.check((name) => !ownNames.has(name)),
    ),
    methods: v.pipe(v.array(Method), v.maxLength(4)),
    raises: v.boolean(),
    isSent: v.boolean(),
    staffWorth: v.picklist([0, 1, 2]),
  }),
  v.check((kind) => isPasskey(kind) || kind.methods.length > 0),
);

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
  const { success, output } = v.safeParse(Kind, kind);
  return success && (numbered ?? output).name === output.name ? output : undefined;
}
