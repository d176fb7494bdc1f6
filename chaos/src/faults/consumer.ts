import { topology } from '@bank/messaging/topology';
import { callManagement, type Stack } from '@bank/scripts/stack';
import { registerPeople } from '@bank/test-bed';
import type { Fault } from '#chaos.ts';
import { refused, tally } from '#faults/answers.ts';
import { deadLetters, type Letter, lettersOf } from '#faults/operator.ts';
import { ownerQuery } from '#faults/owner-query.ts';
import { inTime, pause } from '#pause.ts';

const queue = 'profile.events';
/** Instead of 1 s, 10 s, 1 min and 10 min: the same queues, emptied sooner by a policy of the broker. */
const retryDelaysMs = [300, 600, 900, 1_200];
const attempts = topology.retryDelaysMs.length + 1;
const deadWithinMs = 30_000;
const registered = 3;

/** A consumer cannot write: its events go through every retry to the dead letters, and back when the cause is put right. */
export const consumer: Fault = {
  name: 'consumer',
  what: 'a consumer that throws',
  async run({ stack, journal, report }) {
    const since = performance.now();
    const letters = await whileItThrows(stack);
    report(`${letters.length} dead letters: ${letters[0]?.reason ?? 'none'}`);
    // Those that were among the retries when the cause went away need no operator.
    await pause(retryDelaysMs.reduce((sum, ms) => sum + ms, 0));
    const { status, printed } = await deadLetters(stack, 'replay', queue, '--all');
    report(printed.trim());
    const isEmpty = await inTime(async () => (await lettersOf(stack, queue)).length === 0, deadWithinMs, 500);
    await setRetryDelays(stack, undefined);
    const answers = journal.between(since);
    return {
      figures: { 'dead letters': letters.length, attempts: letters[0]?.failures ?? 0, requests: answers.length },
      broken: [
        ...(letters.length >= registered ? [] : ['the events of a consumer that throws did not become dead letters']),
        ...letters.flatMap(wrongIn),
        ...(status === 0 ? [] : [`"pnpm ops dlq replay" ended with ${status}: ${printed.trim()}`]),
        ...(isEmpty ? [] : ['dead letters are left after the replay']),
        ...tally(refused(answers), ({ route, status: answered }) => `${route} answered ${answered}`),
      ],
      notes: [
        `each letter says: ${letters[0]?.reason ?? 'nothing'}`,
        `the waits between attempts were shortened to ${retryDelaysMs.join(', ')} ms by a policy of the broker; in production they are ${topology.retryDelaysMs.join(', ')} ms`,
      ],
    };
  },
};

/** Takes the right to insert profiles away, and gives it back whatever happens; the dead letters that came of it. */
async function whileItThrows(stack: Stack): Promise<readonly Letter[]> {
  await setRetryDelays(stack, retryDelaysMs);
  await ownerQuery(stack, 'profile', 'revoke insert on profile.profiles from profile_app');
  try {
    await registerPeople(stack.addresses, registered);
    await inTime(async () => (await lettersOf(stack, queue)).length >= registered, deadWithinMs, 500);
    return await lettersOf(stack, queue);
  } finally {
    await ownerQuery(stack, 'profile', 'grant insert on profile.profiles to profile_app');
  }
}

/** A letter names its reason, was tried as often as there are retries, and waited between. */
function wrongIn({ id, reason, failures, firstFailedAt, lastFailedAt }: Letter): string[] {
  const waitedMs = Date.parse(lastFailedAt) - Date.parse(firstFailedAt);
  const leastMs = retryDelaysMs.reduce((sum, ms) => sum + ms, 0);
  return [
    ...(reason === '' || reason === 'unknown' ? [`dead letter ${id} has no reason`] : []),
    ...(failures === attempts ? [] : [`dead letter ${id} was tried ${failures} times, not ${attempts}`]),
    ...(waitedMs >= leastMs ? [] : [`dead letter ${id} waited ${waitedMs} ms in all, not ${leastMs}`]),
  ];
}

/** Without delays those of the topology are in force again. */
async function setRetryDelays({ stores, environments }: Stack, delays: readonly number[] | undefined): Promise<void> {
  const vhost = new URL(environments.auth['RABBITMQ_URL'] ?? '').pathname.slice(1);
  for (const index of topology.retryDelaysMs.keys()) {
    const path = `policies/${vhost}/chaos-retry-${index + 1}`;
    if (delays === undefined) {
      await callManagement(stores.rabbitmq, 'DELETE', path);
      continue;
    }
    await callManagement(stores.rabbitmq, 'PUT', path, {
      pattern: `^${queue.replace('.', '\\.')}\\.retry\\.${index + 1}$`,
      definition: { 'message-ttl': delays[index] },
      'apply-to': 'queues',
    });
  }
}
