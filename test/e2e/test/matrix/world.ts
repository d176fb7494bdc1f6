import type { Stack } from '@bank/scripts/stack';
import { beforeAll } from 'vitest';
import type { Place } from '#account.ts';
import { GatewayClient } from '#client.ts';
import { testStack } from '#test-stack.ts';
import { customer, type Person, type StaffRole, staffMember, staffRoles } from '../support/people.ts';

export const doors = ['public', 'staff'] as const;
export type Door = (typeof doors)[number];

/** A running stack, and everybody who asks something of it, each really signed in. There once the tests run. */
export interface World {
  readonly stack: Stack;
  readonly clients: Readonly<Record<Door, GatewayClient>>;
  /** One of each kind that the tables know. */
  readonly people: Readonly<Record<'customer' | StaffRole, Person>>;
  /** A customer with things, and another one. */
  readonly owner: Person;
  readonly stranger: Person;
}

/** The kinds of people in the tables. */
export const kinds = ['customer', ...staffRoles] as const;

/** Starts the stack before the tests of a file. */
export function matrixWorld(): World {
  const it = testStack();
  const world = {} as { -readonly [K in keyof World]: World[K] };
  beforeAll(async () => {
    const { stack } = it;
    const { addresses } = stack;
    const clients = { public: new GatewayClient(addresses.gateway), staff: new GatewayClient(addresses.staff) };
    const place: Place = { client: clients.public, inboxUrl: addresses.sandbox.http };
    const [somebody, support, compliance, admin, owner, stranger] = await Promise.all([
      customer(place),
      staffMember(stack, place, 'support'),
      staffMember(stack, place, 'compliance'),
      staffMember(stack, place, 'admin'),
      customer(place),
      customer(place),
    ]);
    Object.assign(world, { stack, clients, owner, stranger });
    world.people = { customer: somebody, support, compliance, admin };
  }, 120_000);
  return world;
}
