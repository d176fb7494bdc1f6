import type { Chaos } from '#chaos.ts';
import {
  goneWithinMs,
  metricsOf,
  missing,
  retriedWithinMs,
  seenUnderWay,
  type Trial,
  type Tried,
} from '#faults/providers/trial.ts';
import type { Account } from '#load/account.ts';
import { registerAccount } from '#load/actions/register.ts';
import { inTime } from '#pause.ts';

/** Fewer than open the circuit of a carrier, and than one number gets in an hour. */
const each = 3;
/** Twilio never answers, and the carrier after it takes the message and hangs up. */
const slow = '+15005550008';
/** Twilio fails, and the carrier after it refuses each message once. */
const flaky = '+15005550006';
const mailWithinMs = 20_000;
/** The first carrier is given up after ten seconds, and once more at the next try. */
const cameWithinMs = retriedWithinMs * 2;

/** Text messages to numbers whose carriers never answer, and to some whose carriers fail: codes of those who register with them. */
export async function tryTexts(chaos: Chaos, trial: Trial): Promise<Tried & { readonly lines: readonly string[] }> {
  const { stack, report } = chaos;
  const before = { slow: await textsTo(chaos, slow), flaky: await textsTo(chaos, flaky) };
  const asked = await registerWith(trial, slow);
  const { isSeen, lines } = await seenUnderWay(stack.apps.auth.url, (line) =>
    /^message_provider_in_flight\{.*channel="sms".*\} [1-9]/.test(line),
  );
  const askedFlaky = await registerWith(trial, flaky);
  const slowCame = await cameOf(chaos, slow, before.slow);
  const flakyCame = await cameOf(chaos, flaky, before.flaky);
  const isFailureSeen = (await metricsOf(stack.apps.auth.url)).some((line) =>
    /^message_provider_seconds_count\{(?=.*channel="sms").*outcome="transient"/.test(line),
  );
  report(`text messages that came: ${slowCame} of ${each} by a slow carrier, ${flakyCame} of ${each} by failing ones`);
  return {
    came: slowCame + flakyCame,
    lines,
    broken: [
      ...missing('registrations with a number', asked + askedFlaky, 2 * each),
      ...missing('text messages by a slow carrier', slowCame, each),
      ...missing('text messages by failing carriers', flakyCame, each),
      ...(isSeen ? [] : ['auth shows no text message that a slow carrier has not answered for']),
      ...(isFailureSeen ? [] : ['auth shows no text message that a carrier failed for']),
    ],
  };
}

/** People with numbers of their own, who have got their first code and may ask for another later. */
export async function registerWithNumbers(chaos: Chaos, trial: Trial): Promise<readonly Reachable[]> {
  const phones = Array.from({ length: each }, () => `+49171${trial.actor.random.between(1_000_000, 9_999_999)}`);
  return await Promise.all(
    phones.map(async (phone) => {
      const account = await registerOne(trial, phone);
      await inTime(async () => (await textsTo(chaos, phone)) > 0, cameWithinMs, 250);
      return { phone, token: account?.session?.accessToken ?? '' };
    }),
  );
}

interface Reachable {
  readonly phone: string;
  readonly token: string;
}

/** Text messages for which there is no carrier: they are asked for now, and looked for when one is back. */
export async function askForTexts(
  { actor }: Trial,
  people: readonly Reachable[],
): Promise<(chaos: Chaos) => Promise<Tried>> {
  await Promise.all(people.map(({ token }) => actor.client.send('POST', '/v1/auth/phone/resend', { token })));
  return async (chaos) => {
    // The inbox has forgotten the first codes: it dies with the carriers.
    const arrived = () => Promise.all(people.map(async ({ phone }) => (await textsTo(chaos, phone)) > 0));
    await inTime(async () => (await arrived()).every(Boolean), goneWithinMs, 250);
    const came = (await arrived()).filter(Boolean).length;
    chaos.report(`text messages that came: ${came} of ${each} whose carriers were gone`);
    return { came, broken: missing('text messages whose carriers were gone', came, each) };
  };
}

async function registerWith(trial: Trial, phone: string): Promise<number> {
  const accounts = await Promise.all(Array.from({ length: each }, () => registerOne(trial, phone)));
  return accounts.filter((account) => account !== undefined).length;
}

function registerOne({ actor }: Trial, phone: string): Promise<Account | undefined> {
  return registerAccount(actor, { phone, withinMs: mailWithinMs });
}

async function cameOf(chaos: Chaos, phone: string, before: number): Promise<number> {
  await inTime(async () => (await textsTo(chaos, phone)) - before >= each, cameWithinMs, 250);
  return (await textsTo(chaos, phone)) - before;
}

async function textsTo({ stack }: Chaos, phone: string): Promise<number> {
  const url = new URL('/api/messages', stack.addresses.sandbox.http);
  url.searchParams.set('to', phone);
  const { items } = (await (await fetch(url)).json()) as { items: readonly unknown[] };
  return items.length;
}
