import type { Stack } from '@bank/scripts/stack';
import { beforeAll } from 'vitest';
import type { Place } from '#account.ts';
import { GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';
import { customer, enrollingStaff, type Person, staffMember, staffRoles } from '../support/people.ts';

export const doors = ['public', 'staff'] as const;
export type Door = (typeof doors)[number];

/** A running stack, and everybody who asks something of it, each really signed in. There once the tests run. */
export interface World {
  readonly stack: Stack;
  readonly clients: Readonly<Record<Door, GatewayClient>>;
  /** The access token of one of each kind that the tables know. */
  readonly tokens: Readonly<Record<Kind, string>>;
  /** A customer with things, and another one. */
  readonly owner: Person;
  readonly stranger: Person;
}

/** The kinds of people in the tables. */
export const kinds = ['customer', ...staffRoles, 'enrolment'] as const;
export type Kind = (typeof kinds)[number];

/** Starts the stack before the tests of a file. */
export function matrixWorld(): World {
  const it = sharedStack();
  const world = {} as { -readonly [K in keyof World]: World[K] };
  beforeAll(async () => {
    const { stack } = it;
    const { addresses } = stack;
    const clients = { public: new GatewayClient(addresses.gateway), staff: new GatewayClient(addresses.staff) };
    const place: Place = { client: clients.public, inboxUrl: addresses.sandbox.http };
    // One after the other: all at once they would wait for each other's passwords to be hashed.
    const somebody = await customer(place);
    const support = await staffMember(stack, place, 'support');
    const compliance = await staffMember(stack, place, 'compliance');
    const admin = await staffMember(stack, place, 'admin');
    const enrolment = (await enrollingStaff(stack, place)).tokens.accessToken;
    const [owner, stranger] = [await customer(place), await customer(place)];
    Object.assign(world, { stack, clients, owner, stranger });
    world.tokens = {
      customer: somebody.token,
      support: support.token,
      compliance: compliance.token,
      admin: admin.token,
      enrolment,
    };
  }, 120_000);
  return world;
}
