import type { AppName, Stack } from '@bank/scripts/stack';
import type { Place } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { signInWithPasskey } from '#passkeys.ts';
import { giveRoles, type Holder, passkeyHolder, signInAtConsole } from './people.ts';

/** An authenticated route of one process of an app, asked without the gateway in between, and what opens it. */
export interface Door {
  readonly app: AppName;
  /** The process: `auth`, `auth-2`. */
  readonly process: string;
  readonly client: GatewayClient;
  readonly path: string;
  readonly token: string;
  /** What the gateway would say: an app takes a token of staff from their listener alone. */
  readonly headers: { readonly 'x-bank-listener': 'public' | 'staff' };
}

/** Somebody who is known in all five apps: a customer who is staff as well, with a session at each listener. */
export class Everywhere {
  readonly #stack: Stack;
  readonly #place: Place;
  readonly #who: Holder;

  private constructor(stack: Stack, place: Place, who: Holder) {
    this.#stack = stack;
    this.#place = place;
    this.#who = who;
  }

  static async join(stack: Stack): Promise<Everywhere> {
    const { addresses } = stack;
    const place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
    const who = await passkeyHolder(place);
    await giveRoles(stack, who.account, ['customer', 'compliance']);
    return new Everywhere(stack, place, who);
  }

  get userId(): string {
    return this.#who.account.userId;
  }

  /** A door of each process, with fresh tokens that have opened it. */
  async signIn(): Promise<readonly Door[]> {
    const doors = await this.freshDoors();
    const isOpen = ({ status }: { status: number }) => status === 200;
    await Promise.all(
      doors.map(({ client, path, token, headers }) =>
        client.sendUntil(isOpen, 10_000, 'GET', path, { token, headers }),
      ),
    );
    return doors;
  }

  /** The same with tokens that nobody has seen yet. */
  async freshDoors(): Promise<readonly Door[]> {
    const { account, passkeys } = this.#who;
    const device = { secret: account.device.secret };
    const asCustomer = await signInWithPasskey(this.#place.client, passkeys, { device });
    const asStaff = await signInAtConsole(this.#stack, passkeys, account);
    return doorsOf(this.#stack, asCustomer.accessToken, asStaff.accessToken);
  }

  /** Signs in and out again: the sessions before stay among the ten that somebody may have. */
  async signInAndOut(): Promise<void> {
    const doors = await this.freshDoors();
    const auth = doors.find(({ app }) => app === 'auth')?.client ?? this.#place.client;
    for (const [token, headers] of new Map(doors.map((door) => [door.token, door.headers]))) {
      expectStatus(await auth.send('POST', '/v1/auth/logout', { token, headers }), 204);
    }
  }

  /** Signs out everywhere, again where it cannot be known for a moment who is signed in (503); gives the moment of the answer. */
  async signOut([first]: readonly Door[]): Promise<number> {
    const isDecided = ({ status }: { status: number }) => status !== 503;
    const token = first?.token ?? '';
    const answer = await this.#place.client.sendUntil(isDecided, 10_000, 'POST', '/v1/auth/logout-all', { token });
    if (answer.status !== 204) throw new Error(`the sign-out answered ${answer.status}`);
    return performance.now();
  }
}

function doorsOf(stack: Stack, customerToken: string, staffToken: string): readonly Door[] {
  const paths: Readonly<Record<AppName, string>> = {
    auth: '/v1/auth/session',
    profile: '/v1/profile',
    mfa: '/v1/mfa/factors',
    device: '/v1/devices',
    admin: '/v1/admin/approvals',
  };
  return Object.values(stack.apps).flatMap(({ name: app, replicas }) =>
    replicas.map(({ name: process, url }) => {
      const isOfStaff = app === 'admin';
      const token = isOfStaff ? staffToken : customerToken;
      const headers = { 'x-bank-listener': isOfStaff ? 'staff' : 'public' } as const;
      return { app, process, client: new GatewayClient(url), path: paths[app], token, headers };
    }),
  );
}

/** How long each process took to refuse its token, in milliseconds since then. @throws Error when one does not within 15 s */
export function refusalsSince(startedAt: number, doors: readonly Door[]): Promise<number[]> {
  return Promise.all(
    doors.map(async ({ client, path, token, headers }) => {
      await client.sendUntil(({ status }) => status === 401, 15_000, 'GET', path, { token, headers });
      return performance.now() - startedAt;
    }),
  );
}

/** What each process answers now, by its name. */
export async function answersAt(doors: readonly Door[]): Promise<Record<string, number>> {
  const answers = await Promise.all(
    doors.map(async ({ process, client, path, token, headers }) => [
      process,
      (await client.send('GET', path, { token, headers })).status,
    ]),
  );
  return Object.fromEntries(answers) as Record<string, number>;
}

/** Asks again and again for so long, and gives every answer that was ever seen. */
export async function answersWithin(ms: number, doors: readonly Door[]): Promise<Set<number>> {
  const seen = new Set<number>();
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    for (const status of Object.values(await answersAt(doors))) seen.add(status);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return seen;
}
