import type { Chaos } from '#chaos.ts';
import { missing, retriedWithinMs, seenUnderWay, type Trial, type Tried } from '#faults/providers/trial.ts';
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
  report(`text messages that came: ${slowCame} of ${each} by a slow carrier, ${flakyCame} of ${each} by failing ones`);
  return {
    came: slowCame + flakyCame,
    lines,
    broken: [
      ...missing('registrations with a number', asked + askedFlaky, 2 * each),
      ...missing('text messages by a slow carrier', slowCame, each),
      ...missing('text messages by failing carriers', flakyCame, each),
      ...(isSeen ? [] : ['auth shows no text message that a slow carrier has not answered for']),
    ],
  };
}

async function registerWith({ actor }: Trial, phone: string): Promise<number> {
  const accounts = Array.from({ length: each }, () => registerAccount(actor, { phone, withinMs: mailWithinMs }));
  return (await Promise.all(accounts)).filter((account) => account !== undefined).length;
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
