import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { registerPeople } from '@bank/test-bed';
import type { Chaos, Fault } from '#chaos.ts';
import { refused, statusesByRoute, wronglyRefused } from '#faults/answers.ts';
import { heardWithinMs, type Probe, showRevoked, youngEnough } from '#faults/revoked.ts';
import { GatewayClient } from '#load/gateway-client.ts';
import { Journal } from '#load/journal.ts';
import { inTime, pause } from '#pause.ts';

const awayMs = 30_000;
const watchedAfterMs = 8_000;
const backWithinMs = 15_000;
const endedBefore = 3;

/** Names of devices that a user may give in an hour; the process that answers counts by itself while Redis is away. */
const namesAnHour = 60;

/** How long all of them may take together; while an app answers 503 none counts. */
const limitWithinMs = 60_000;

/** Redis is away for half a minute and comes back with nothing in it. */
export const redis: Fault = {
  name: 'redis',
  what: 'Redis stopped 30 s, then started empty',
  async run(chaos) {
    const { stack, journal, options, report } = chaos;
    const probe: Probe = { shown: 0, unavailable: 0, letInUntilMs: 0 };
    await inTime(async () => youngEnough(journal.revoked) >= endedBefore, backWithinMs);
    await pause(1_500);
    const server = stack.control('redis');
    const since = performance.now();
    await server.stop();
    const limitedAway = await answersUntilLimited(chaos);
    await probeFor(chaos, probe, since + (options.seconds === undefined ? awayMs : options.seconds * 1000));
    const until = performance.now();
    // Its append-only file goes: what is not kept anywhere else is gone.
    rmSync(join(stack.dataFolder('redis'), 'appendonlydir'), { recursive: true, force: true });
    await server.start();
    const isBack = await inTime(async () => (await counting(stack.apps.auth.url)).includes('up'), backWithinMs);
    const backMs = performance.now() - until;
    report(`redis is back, empty, after ${Math.round(backMs)} ms`);
    const limitedAfter = await answersUntilLimited(chaos);
    await probeFor(chaos, probe, performance.now() + watchedAfterMs);
    const during = journal.between(since, until);
    return {
      recoveriesMs: [backMs],
      figures: {
        'requests meanwhile': during.length,
        'answered 503': refused(during).length,
        'revoked shown': probe.shown,
        'let in until ms after its end': Math.round(probe.letInUntilMs),
        'limit of 60 held at': `${limitedAway} away, ${limitedAfter} after`,
      },
      broken: [
        ...wronglyRefused(journal.between(since)),
        ...(probe.letInUntilMs <= heardWithinMs
          ? []
          : [`a session was let in ${Math.round(probe.letInUntilMs)} ms after its end`]),
        ...(probe.shown === 0 ? ['no token of an ended session was there to be shown'] : []),
        ...[limitedAway, limitedAfter]
          .filter((at) => at > namesAnHour)
          .map((at) => `a limit of ${namesAnHour} let ${at} pass`),
        ...(isBack ? [] : ['auth has not found Redis again']),
      ],
      notes: ['while Redis was away:', ...statusesByRoute(during).map((line) => `  ${line}`)],
    };
  },
};

async function probeFor(chaos: Chaos, probe: Probe, until: number): Promise<void> {
  while (performance.now() < until) {
    await showRevoked(chaos, probe);
    await pause(500);
  }
}

/** How many requests of a new user pass a limit before it holds; one more than the limit when it does not. */
async function answersUntilLimited({ stack }: Chaos): Promise<number> {
  const [person] = await registerPeople(stack.addresses, 1);
  if (person === undefined) throw new Error('nobody was registered');
  const client = new GatewayClient(stack.addresses.gateway, new Journal());
  const sent = {
    id: person.device.id,
    token: person.accessToken,
    headers: { 'if-match': '"999"' },
    body: { name: null },
  };
  const until = performance.now() + limitWithinMs;
  for (let passed = 0; passed <= namesAnHour; ) {
    const { status, body } = await client.send('PATCH', '/v1/devices/:id', sent);
    if (performance.now() > until)
      throw new Error(
        `${passed} passed a limit in a minute, and the last answer was ${status} ${JSON.stringify(body)}`,
      );
    if (status === 429) return passed;
    if (status !== 503) passed += 1;
  }
  return namesAnHour + 1;
}

async function counting(url: string): Promise<string> {
  const report = (await (await fetch(new URL('/health/ready', url))).json()) as {
    dependencies: { redis?: { status: string } };
  };
  return report.dependencies.redis?.status ?? '';
}
