import { AuthService } from '@bank/proto/auth';
import { UserService } from '@bank/proto/user';
import { beforeAll, describe, expect, it } from 'vitest';
import { placesOf } from './kinds/places.ts';
import { type Keychain, keychain, kinds } from './kinds/secrets.ts';
import { startAuth } from './support/auth.ts';
import { staffCallers, staffClients } from './support/colleagues.ts';
import { callerTable, clientAs } from './support/rpc.ts';
import { paymentsCaller } from './support/transactions.ts';

const operator = callerTable({ ops: { methods: ['bank.user.v1.UserService/CreateFirstAdmin'] } });
const auth = await startAuth({ callers: { ...staffCallers(), ...operator, ...paymentsCaller } });
const clients = {
  ...(await staffClients(auth)),
  ops: await clientAs(auth, 'ops', UserService),
  payments: await clientAs(auth, 'payments', AuthService),
};
const places = Object.entries(placesOf(auth, clients));
const makeChain = () => keychain(auth, clients);

/** One is offered where nothing of it belongs, the other where it does. */
let chain: Keychain;
let other: Keychain;
beforeAll(async () => {
  chain = await makeChain();
  other = await makeChain();
});

describe('SR-55 every kind of token and secret at every place that takes one', () => {
  it('is one of its own, each there and different', () => {
    expect(Object.keys(chain.secrets).sort()).toEqual([...kinds].sort());
    for (const kind of kinds) expect(chain.secrets[kind], kind).toMatch(/^\S{6,}$/);
    const distinct = new Set(kinds.map((kind) => chain.secrets[kind]));
    expect(distinct.size).toBe(kinds.length);
  });

  it('SR-59 says nothing of people: ids, codes and times', () => {
    const { account, mover, checker } = chain;
    const addresses = [account, mover, checker].map(({ email }) => email.slice(0, email.indexOf('@')));
    for (const kind of kinds) {
      const parts = chain.secrets[kind].split('.').map((part) => Buffer.from(part, 'base64url').toString());
      for (const address of addresses) expect([chain.secrets[kind], ...parts].join(' '), kind).not.toContain(address);
      const readable = parts.filter((part) => part.startsWith('{')).join(' ');
      expect(readable, kind).not.toMatch(/@|mail|\+49|phone|name"/i);
    }
  });

  describe.each(places)('%s', (_name, { takes, alsoSpentElsewhere, offer }) => {
    it.each(kinds.filter((kind) => !takes.includes(kind)))('is not: %s', async (kind) => {
      expect(await offer(chain, chain.secrets[kind])).toBe(false);
    });

    it(`is: ${takes.join(', ')}`, async () => {
      const own = alsoSpentElsewhere ? await makeChain() : other;
      for (const kind of takes) expect(await offer(own, own.secrets[kind]), kind).toBe(true);
    });
  });

  it('uses nothing up where it was refused', async () => {
    const unspent = [
      ...['refresh token of a page', 'refresh token of a bound session', 'reset token', 'activation token'],
      ...['recovery token', 'token that ends a recovery', 'token that puts an address back'],
    ];
    for (const [, { takes, offer }] of places) {
      for (const kind of takes.filter((each) => unspent.includes(each))) {
        expect(await offer(chain, chain.secrets[kind]), kind).toBe(true);
      }
    }
  });
});
