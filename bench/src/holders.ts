import { hotp } from '@bank/security';
import { connectionOf, fromBase32, type Person, registerPeople } from '@bank/test-bed';
import { type SoftwareAuthenticator, softwareAuthenticator } from '@bank/testing/webauthn';
import pg from 'pg';
import type { Bench } from '#bench.ts';

/** Somebody with an authenticator app. */
export interface AppHolder {
  readonly person: Person;
  readonly factorId: string;
  readonly secret: Uint8Array;
  /** The step of the code they showed last, unless that has been forgotten since. */
  lastStep: number | undefined;
  /** How often they have shown one. */
  uses: number;
}

/** Somebody with a passkey. */
export interface PasskeyHolder {
  readonly person: Person;
  readonly passkeys: SoftwareAuthenticator;
}

type Send = <T>(path: string, body: object, wanted: number) => Promise<T>;

const appearsWithinMs = 30_000;
const stepMs = 30_000;
/** How long a code may be under way. */
const arrivalMs = 10_000;
const forgottenEachMs = 200;

/** Registers people of their own for a case, who enrol an authenticator app: those of the other cases sign in without. */
export async function enrolApps(bench: Bench, count: number): Promise<readonly AppHolder[]> {
  return each(bench, count, async (person, send) => {
    const begun = await send<{ factorId: string; secret: string }>('/v1/mfa/totp', {}, 201);
    const secret = fromBase32(begun.secret);
    const lastStep = currentStep();
    await send(`/v1/mfa/totp/${begun.factorId}/confirm`, { code: await hotp(secret, lastStep) }, 200);
    return { person, factorId: begun.factorId, secret, lastStep, uses: 0 };
  });
}

/** The same with a passkey, which their devices share. */
export async function enrolPasskeys(bench: Bench, count: number): Promise<readonly PasskeyHolder[]> {
  type Creation = Parameters<SoftwareAuthenticator['create']>[0];
  const origin = bench.stack.addresses.gateway;
  return each(bench, count, async (person, send) => {
    const passkeys = softwareAuthenticator({ isSynced: true });
    const begun = await send<{ factorId: string; options: Creation }>('/v1/mfa/webauthn/options', {}, 201);
    const response = passkeys.create(begun.options, origin);
    await send('/v1/mfa/webauthn', { factorId: begun.factorId, response }, 201);
    return { person, passkeys };
  });
}

async function each<T>(
  { stack }: Bench,
  count: number,
  enrol: (person: Person, send: Send) => Promise<T>,
): Promise<readonly T[]> {
  const holders: T[] = [];
  for (const person of await registerPeople(stack.addresses, count)) {
    holders.push(await enrol(person, senderFor(stack.apps.mfa.url, person.accessToken)));
  }
  return holders;
}

/** Asks mfa on somebody's behalf, again until it has heard of them. */
function senderFor(base: string, token: string): Send {
  return async <T>(path: string, body: object, wanted: number) => {
    const deadline = performance.now() + appearsWithinMs;
    for (;;) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await fetch(new URL(path, base), { method: 'POST', headers, body: JSON.stringify(body) });
      const text = await answer.text();
      if (answer.status === wanted) return JSON.parse(text) as T;
      if (performance.now() > deadline)
        throw new Error(`POST ${path} answered ${answer.status}: ${text.slice(0, 200)}`);
      await pause(50);
    }
  };
}

/** Hands out codes that are still good, of people whom nobody asks at the same time. */
export interface Codes {
  use<T>(work: (holder: AppHolder, code: string) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/**
 * A person shows a code once, and three are good at a time: far too few for a load. So five times a second the database forgets
 * which were shown; that costs both sides of a comparison the same.
 */
export async function codesOf({ stack }: Bench, holders: readonly AppHolder[]): Promise<Codes> {
  const { url, caFile } = stack.owners.mfa;
  const client = new pg.Client(connectionOf({ DATABASE_URL: url, DATABASE_CA_FILE: caFile }));
  await client.connect();
  const idle = [...holders];
  const forgetting = new AbortController();
  const forget = async () => {
    while (!forgetting.signal.aborted) {
      const before = new Map(idle.map((holder) => [holder, holder.uses]));
      await client.query(`update mfa.factors set last_step = null where type = 'totp' and last_step is not null`);
      for (const holder of idle) if (before.get(holder) === holder.uses) holder.lastStep = undefined;
      await pause(forgottenEachMs);
    }
  };
  const forgotten = forget();
  return {
    async use(work) {
      const { holder, step } = await takeIdle(idle);
      holder.lastStep = step;
      holder.uses += 1;
      try {
        return await work(holder, await hotp(holder.secret, step));
      } finally {
        idle.push(holder);
      }
    },
    async stop() {
      forgetting.abort();
      await forgotten;
      await client.end();
    },
  };
}

/** Whoever has a good code left and waited longest. */
async function takeIdle(idle: AppHolder[]): Promise<{ holder: AppHolder; step: number }> {
  for (;;) {
    const [oldest, newest] = goodSteps();
    const index = idle.findIndex(({ lastStep = 0 }) => lastStep < newest);
    const [holder] = index < 0 ? [] : idle.splice(index, 1);
    if (holder !== undefined) return { holder, step: Math.max(oldest, (holder.lastStep ?? 0) + 1) };
    await pause(5);
  }
}

/** The steps whose codes are still taken when they arrive: the one before, while this one lasts long enough, to the one ahead. */
function goodSteps(): readonly [oldest: number, newest: number] {
  const now = currentStep();
  return [Date.now() % stepMs < stepMs - arrivalMs ? now - 1 : now, now + 1];
}

function currentStep(): number {
  return Math.floor(Date.now() / stepMs);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
