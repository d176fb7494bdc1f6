import { appNames } from '@bank/scripts/stack';
import type { Chaos, Fault } from '#chaos.ts';
import { checkHistory } from '#check/check-history.ts';
import { repetitions } from '#check/events.ts';
import { countBy } from '#check/grouping.ts';
import type { Violation } from '#check/history.ts';
import { readHistory } from '#check/read-history.ts';
import type { Acknowledged } from '#load/journal.ts';
import { pause } from '#pause.ts';
import type { Row } from '#row.ts';

const beforeMs = 2_000;
/** Longer than a message is held that a process was handing over when it died. */
const settledWithinMs = 150_000;
const askAgainMs = 1_000;
const shownAtOnce = 20;

/** Lets one fault loose under load, stops the load, and checks everything there ever was until it holds or time is up. */
export async function runFault(chaos: Chaos, fault: Fault): Promise<Row> {
  const { journal, load, receiver, report } = chaos;
  const [told, received] = [journal.acknowledged.length, receiver.received.length];
  load.start(fault.shares);
  await pause(beforeMs);
  const outcome = await fault.run(chaos).finally(() => load.stop());
  const acknowledged = journal.acknowledged.length - told;
  const stoppedAt = performance.now();
  const violations = await settle(chaos);
  const settledMs = performance.now() - stoppedAt;
  const broken = [...outcome.broken, ...crashed(chaos)];
  report(`${fault.name}: ${acknowledged} writes acknowledged, ${broken.length + violations.length} things do not hold`);
  report(`${fault.name}: acknowledged were ${kindsOf(journal.acknowledged.slice(told))}`);
  for (const line of broken) report(`  ${line}`);
  for (const { rule, detail } of violations.slice(0, shownAtOnce)) report(`  ${rule}: ${detail}`);
  const meanwhile = receiver.received.slice(received);
  return {
    fault: fault.name,
    what: fault.what,
    acknowledged,
    received: meanwhile.length,
    repetitions: repetitions({ received: meanwhile }),
    recoveriesMs: outcome.recoveriesMs ?? [],
    settledMs,
    figures: outcome.figures,
    broken,
    violations,
    notes: outcome.notes ?? [],
  };
}

/** How many writes of each kind: one of which there is none has proved nothing. */
function kindsOf(acknowledged: readonly Acknowledged[]): string {
  return [...countBy(acknowledged, ({ kind }) => kind)].map(([kind, count]) => `${kind} ×${count}`).join(', ');
}

/** What does not hold when everything that was under way had time to end. */
async function settle({ stack, journal, receiver }: Chaos): Promise<Violation[]> {
  const deadline = performance.now() + settledWithinMs;
  for (;;) {
    const { acknowledged, complaints } = journal;
    const history = await readHistory(stack, { acknowledged, complaints, received: [...receiver.received] });
    const violations = checkHistory(history);
    if (violations.length === 0 || performance.now() > deadline) return violations;
    await pause(askAgainMs);
  }
}

/** Apps that should run and do not. */
function crashed({ stack }: Chaos): string[] {
  return appNames.filter((app) => stack.apps[app].pid() === undefined).map((app) => `${app} does not run any more`);
}
