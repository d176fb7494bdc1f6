import { onceAbout } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, FactorEnrolledSchema } from '@bank/proto/events';
import type { AppContext } from '#context.ts';
import { endEnrolment } from '#features/session/end-enrolment.ts';

const name = 'auth.factor-enrolled';

/** Whoever has confirmed a factor needs no session for enrolling one any more. */
export function factorEnrolledConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'auth.events',
    types: [eventTypeOf(FactorEnrolledSchema)],
    async handle(message) {
      const { userId } = decodeEvent(FactorEnrolledSchema, message.data);
      await onceAbout(ctx, name, { id: message.id, userId }, (tx) => endEnrolment(tx, { userId }));
    },
  };
}
