import { appNames, type Stack } from '@bank/scripts/stack';
import { queryOnce } from '@bank/test-bed';
import type { Fault } from '#chaos.ts';
import { refused, tally } from '#faults/answers.ts';
import type { Answer } from '#load/journal.ts';
import { inTime, pause } from '#pause.ts';

const awayMs = 60_000;
const drainedWithinMs = 60_000;

/**
 * What the event of a registration, or of the first sign-in from a device, has to come for: until then whoever is new is asked to come
 * again. Everybody else is served.
 */
const ofWhoIsNew: ReadonlySet<string> = new Set(['GET /v1/devices/:id', 'PATCH /v1/devices/:id', 'POST /v1/mfa/totp']);

/** RabbitMQ is away for a minute. Requests do not notice; what they wrote leaves afterwards. */
export const rabbitmq: Fault = {
  name: 'rabbitmq',
  what: 'RabbitMQ stopped 60 s',
  async run({ stack, journal, options, report }) {
    const broker = stack.control('rabbitmq');
    const since = performance.now();
    await broker.stop();
    await pause(options.seconds === undefined ? awayMs : options.seconds * 1000);
    const backlog = await waiting(stack);
    const during = journal.between(since);
    const isEarly = ({ route, status }: Answer) => status === 503 && ofWhoIsNew.has(route);
    const failed = refused(during).filter((answer) => !isEarly(answer));
    report(`rabbitmq was away: ${backlog} messages wait in the outboxes`);
    const startedAt = performance.now();
    await broker.start();
    const isDrained = await inTime(async () => (await waiting(stack)) < backlog / 20, drainedWithinMs, 250);
    const drainedMs = performance.now() - startedAt;
    report(`the outboxes have drained ${Math.round(drainedMs)} ms after the start of the broker`);
    return {
      recoveriesMs: [drainedMs],
      figures: {
        'requests meanwhile': during.length,
        'answered 5xx': failed.length,
        'of who is new': refused(during).length - failed.length,
        backlog,
      },
      broken: [
        ...(isDrained ? [] : [`the outboxes have not drained within ${drainedWithinMs} ms`]),
        ...(backlog > 0 ? [] : ['nothing was written while the broker was away']),
        ...tally(failed, ({ route, status }) => `${route} answered ${status} while RabbitMQ was away`),
      ],
      notes: [
        'recovery counts from the start of RabbitMQ until the backlog has left the outboxes; its own start takes most of it',
      ],
    };
  },
};

/** Messages that wait in the outboxes of all apps. */
async function waiting({ environments }: Stack): Promise<number> {
  const counts = await Promise.all(
    appNames.map(async (app) => {
      const sql = `select count(*)::int as count from ${app}.outbox where published_at is null`;
      const [row] = await queryOnce<{ count: number }>(environments[app], sql);
      return row?.count ?? 0;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
