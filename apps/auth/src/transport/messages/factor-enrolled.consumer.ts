import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, FactorEnrolledSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { endEnrolment } from '#features/session/end-enrolment.ts';

/** Whoever has confirmed a factor needs no session for enrolling one any more. */
export function factorEnrolledConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'auth.factor-enrolled',
    queue: 'auth.events',
    types: [eventTypeOf(FactorEnrolledSchema)],
    facts: toEnrolment,
    work: endEnrolment,
  });
}

function toEnrolment({ data }: CloudEvent) {
  const { userId, enrolledAt } = decodeEvent(FactorEnrolledSchema, data);
  return { userId, enrolledAt: enrolledAt && timestampDate(enrolledAt) };
}
