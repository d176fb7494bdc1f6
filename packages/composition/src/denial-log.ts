import { withTransaction } from '@bank/database';
import { allow, userKey } from '@bank/domain';
import type { DenialLog } from '@bank/service-kit';
import type { Foundations } from '#foundations.ts';

/** What is kept of one actor: a client that goes on and on must not be able to fill the ledger. */
const kept = { points: 10, windowSeconds: 60 };

/** Tells the ledger who was denied what, through the app's outbox. The first ten a minute of each actor; all are logged. */
export function createDenialLog(foundations: Foundations): DenialLog {
  const { rateLimits } = foundations;
  const unitOfWork = foundations.unitOfWorkOf(() => ({}));
  return {
    async record({ actor, code, operation }) {
      const subject = actor.kind === 'user' ? actor.userId : `service:${actor.name}`;
      const { allowed } = await rateLimits.consume(userKey(subject, 'denials'), kept);
      if (!allowed) return;
      const denied = { action: 'access.denied', subject, outcome: 'denied', reason: code } as const;
      await withTransaction({ unitOfWork }, { who: allow.anyone(actor), audits: ['access.denied'] }, (tx) =>
        tx.audit({ ...denied, details: { operation } }),
      );
    },
  };
}
