import type { Actor, DomainError, ErrorCode, ErrorKind, UserActor } from '@bank/domain';
import type { Logger, Metrics } from '@bank/observability';
import { withinTime } from '#runtime/failure.ts';

/** Somebody who is known, and what they were refused. */
export interface Denial {
  readonly actor: UserActor | { readonly kind: 'service'; readonly name: string };
  readonly code: ErrorCode;
  /** `GET /v1/admin/audit`, or `bank.user.v1.UserService/GetUser`. */
  readonly operation: string;
}

/** Keeps denials for the ledger (SR-86), and bounds how many of one actor it keeps. */
export interface DenialLog {
  record(denial: Denial): Promise<void>;
}

/** Takes note of what was refused for security's sake, in HTTP and RPC alike. */
export interface Refusals {
  /** Resolves when it is noted; never rejects. */
  note(error: DomainError, actor: Actor, operation: string): Promise<void>;
}

const refusing: ReadonlySet<ErrorKind> = new Set(['unauthenticated', 'forbidden', 'limited']);
/** For a denial to be noted before it is answered. */
const recordingMs = 1000;
/** What asks for more proof is a question. What a lock refuses is told of by the feature that counts. */
const noDenials: ReadonlySet<ErrorCode> = new Set([
  'auth.step_up.required',
  'auth.step_up.code_required',
  'auth.credentials.locked',
  'auth.second_factor.locked',
]);

/**
 * Every refusal is a line of the request log and counts in `refusals_total`: all there is for callers whom nobody knows,
 * since anybody could fill a ledger with those. A denial of somebody known goes to the ledger too.
 */
export function createRefusals(options: {
  readonly denials: DenialLog | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): Refusals {
  const { denials, logger, metrics } = options;
  const total = metrics.counter('refusals_total', 'Requests and calls refused: unauthenticated, forbidden or limited', [
    'code',
    'actor',
  ]);
  return {
    async note(error, actor, operation) {
      const { code, kind } = error;
      if (!refusing.has(kind)) return;
      total.inc({ code, actor: actor.kind });
      if (kind === 'unauthenticated' || noDenials.has(code)) return;
      if (actor.kind !== 'user' && actor.kind !== 'service') return;
      try {
        // Whoever is refused does not wait for a database that hangs.
        if (denials !== undefined) await withinTime(denials.record({ actor, code, operation }), recordingMs);
      } catch (err) {
        logger.error({ err, code }, 'a denial could not be recorded');
      }
    },
  };
}
