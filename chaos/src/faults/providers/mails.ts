import { acceptedTerms, codeFor, freshEmail, freshPassword } from '@bank/test-bed';
import type { Chaos } from '#chaos.ts';
import {
  goneWithinMs,
  missing,
  retriedWithinMs,
  seenUnderWay,
  slowWithinMs,
  type Trial,
  type Tried,
} from '#faults/providers/trial.ts';

const each = 6;

/** Mails to slow mailboxes, and to some that refuse each mail once. */
export async function tryMails(chaos: Chaos, trial: Trial): Promise<Tried & { readonly lines: readonly string[] }> {
  const slow = await registerAll(trial, 'slow');
  const { isSeen, lines } = await seenUnderWay(chaos.stack.apps.auth.url, (line) =>
    /^message_provider_in_flight\{.*channel="email".*\} [1-9]/.test(line),
  );
  const flaky = await registerAll(trial, 'flaky');
  const slowCame = await cameWithin(chaos, slow, slowWithinMs);
  const flakyCame = await cameWithin(chaos, flaky, retriedWithinMs);
  chaos.report(`mails that came: ${slowCame} of ${each} to slow mailboxes, ${flakyCame} of ${each} refused once`);
  return {
    came: slowCame + flakyCame,
    lines,
    broken: [
      ...missing('mails to a slow mailbox', slowCame, each),
      ...missing('mails to a mailbox that refuses once', flakyCame, each),
      ...(isSeen ? [] : ['auth shows no mail that a slow carrier has not answered for']),
    ],
  };
}

/** Mails for which there is no carrier: they are asked for now, and looked for when it is back. */
export async function askForMails(trial: Trial): Promise<(chaos: Chaos) => Promise<Tried>> {
  const gone = await registerAll(trial, undefined);
  return async (chaos) => {
    const came = await cameWithin(chaos, gone, goneWithinMs);
    chaos.report(`mails that came: ${came} of ${each} whose carrier was gone`);
    return { came, broken: missing('mails whose carrier was gone', came, each) };
  };
}

async function registerAll({ actor }: Trial, mailbox: string | undefined): Promise<readonly string[]> {
  const addresses = Array.from({ length: each }, () => freshEmail(mailbox));
  for (const email of addresses) {
    const body = { email, password: freshPassword(), acceptedTerms };
    await actor.client.send('POST', '/v1/auth/register', { body, kind: 'registration' });
  }
  return addresses;
}

async function cameWithin({ stack }: Chaos, addresses: readonly string[], withinMs: number): Promise<number> {
  const inbox = stack.addresses.sandbox.http;
  const codes = addresses.map((email) => codeFor(inbox, email, { withinMs }).catch(() => undefined));
  return (await Promise.all(codes)).filter((code) => code !== undefined).length;
}
