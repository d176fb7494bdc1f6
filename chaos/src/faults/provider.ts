import { acceptedTerms, codeFor, freshEmail, freshPassword, queryOnce } from '@bank/test-bed';
import type { Chaos, Fault } from '#chaos.ts';
import { GatewayClient } from '#load/gateway-client.ts';
import { Journal } from '#load/journal.ts';
import { inTime, pause } from '#pause.ts';

const each = 6;
/** Half of what a slow carrier takes: who had waited for it would be later. */
const answeredWithinMs = 5_000;
/** What the sandbox takes for a slow mailbox, and some more. */
const slowWithinMs = 20_000;
const retriedWithinMs = 30_000;
const goneMs = 8_000;

/** Carriers of messages take ten seconds, refuse, and are gone. Who registers waits for none of it; every mail comes. */
export const provider: Fault = {
  name: 'provider',
  what: 'email carrier slow (10 s), failing, and gone',
  async run(chaos) {
    const { stack, report } = chaos;
    const slow = await registerAll(chaos, 'slow');
    const flaky = await registerAll(chaos, 'flaky');
    const seen = await metricsOf(stack.apps.auth.url);
    const slowCame = await cameWithin(chaos, slow.addresses, slowWithinMs);
    const flakyCame = await cameWithin(chaos, flaky.addresses, retriedWithinMs);
    report(`mails that came: ${slowCame} of ${each} to slow mailboxes, ${flakyCame} of ${each} refused once`);
    const retried = await tries(chaos);
    const sandbox = stack.control('sandbox');
    await sandbox.kill();
    const gone = await registerAll(chaos, undefined);
    await pause(goneMs);
    await sandbox.start();
    const goneCame = await cameWithin(chaos, gone.addresses, retriedWithinMs * 2);
    report(`mails that came: ${goneCame} of ${each} whose carrier was gone`);
    const slowest = Math.max(slow.slowestMs, flaky.slowestMs, gone.slowestMs);
    const lines = seen.filter((line) => line.includes('in_flight') || line.includes('breaker'));
    return {
      figures: {
        'slowest answer ms': Math.round(slowest),
        mails: slowCame + flakyCame + goneCame,
        'tried again': retried,
      },
      broken: [
        ...[slow, flaky, gone].flatMap(({ refusals }) => refusals),
        ...(slowest <= answeredWithinMs ? [] : [`a registration waited ${Math.round(slowest)} ms`]),
        ...missing('a slow mailbox', slowCame),
        ...missing('a mailbox that refuses once', flakyCame),
        ...missing('anybody while the carrier was gone', goneCame),
        ...(retried > 0 ? [] : ['no message was tried again']),
        ...(lines.length > 0 ? [] : ['auth has no figures of its carriers']),
      ],
      notes: ['while mails were under way, /metrics of auth said:', ...lines.map((line) => `  ${line}`)],
    };
  },
};

interface Registered {
  readonly addresses: readonly string[];
  readonly slowestMs: number;
  readonly refusals: readonly string[];
}

async function registerAll({ stack }: Chaos, mailbox: string | undefined): Promise<Registered> {
  const client = new GatewayClient(stack.addresses.gateway, new Journal());
  const addresses = Array.from({ length: each }, () => freshEmail(mailbox));
  const refusals: string[] = [];
  let slowestMs = 0;
  for (const email of addresses) {
    const sentAt = performance.now();
    const body = { email, password: freshPassword(), acceptedTerms };
    const { status } = await client.send('POST', '/v1/auth/register', { body });
    slowestMs = Math.max(slowestMs, performance.now() - sentAt);
    if (status !== 202) refusals.push(`a registration was answered with ${status}`);
  }
  return { addresses, slowestMs, refusals };
}

async function cameWithin({ stack }: Chaos, addresses: readonly string[], withinMs: number): Promise<number> {
  const inbox = stack.addresses.sandbox.http;
  const codes = addresses.map((email) => codeFor(inbox, email, { withinMs }).catch(() => undefined));
  return (await Promise.all(codes)).filter((code) => code !== undefined).length;
}

async function tries({ stack }: Chaos): Promise<number> {
  const sql = 'select count(*)::int as count from auth.deliveries where attempts > 1';
  const [row] = await queryOnce<{ count: number }>(stack.environments.auth, sql);
  return row?.count ?? 0;
}

async function metricsOf(url: string): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  await inTime(async () => {
    const text = await (await fetch(new URL('/metrics', url))).text();
    lines = text.split('\n').filter((line) => line.startsWith('message_'));
    return lines.some((line) => /^message_provider_in_flight.* [1-9]/.test(line));
  }, answeredWithinMs);
  return lines;
}

function missing(whom: string, came: number): string[] {
  return came === each ? [] : [`${each - came} of ${each} mails to ${whom} did not come`];
}
