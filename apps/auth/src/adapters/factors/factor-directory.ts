import type { FactorKind } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { unknownKind } from '#adapters/factors/factor-kind.ts';
import { kindsOf } from '#adapters/factors/told-kinds.ts';

/** A confirmed second factor, without anything secret. */
export interface Factor {
  id: string;
  kind: FactorKind;
  hint: string;
}

/** The same with what mfa says of its age. */
export interface EnrolledFactor extends Factor {
  /** When its user proved it; undefined where mfa does not say. */
  readonly confirmedAt?: Date | undefined;
}

/** Knows which second factors people have. */
export interface FactorDirectory {
  /** The factors of a user, none for a user who does not exist; undefined when there is no answer in time. */
  list(userId: string): Promise<readonly EnrolledFactor[] | undefined>;
}

/** How long a sign-in waits for mfa, in milliseconds: without an answer it is refused (ADR 34). */
const budgetMs = 1000;

/** Asks the mfa service. */
export function createFactorDirectory(options: RpcClientOptions): FactorDirectory {
  const mfa = createRpcClient(MfaService, { ...options, deadlineMs: budgetMs });
  return {
    async list(userId) {
      try {
        const { factors } = await mfa.listFactors({ userId });
        const kinds = kindsOf(factors, options.logger);
        return factors.map(({ factorId, hint, confirmedAt }, index) => {
          const factor = { id: factorId, kind: kinds[index] ?? unknownKind, hint };
          return confirmedAt === undefined ? factor : { ...factor, confirmedAt: timestampDate(confirmedAt) };
        });
      } catch (err) {
        options.logger?.warn({ err, dependency: 'mfa' }, 'factors are not known in time');
        return undefined;
      }
    },
  };
}
