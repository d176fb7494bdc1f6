import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AppName, appNames } from '@bank/scripts/stack';
import { certificatesOfAuthority, testCertificates } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownMethods } from './inventory.ts';
import { type Outcome, RpcCaller } from './rpc-call.ts';
import { rpcMessages } from './rpc-messages.ts';
import { rpcRules } from './tables.ts';
import { kinds, type World } from './world.ts';

/** Holders of certificates of the stack's authority. */
const holders = [...appNames, 'tools', 'ops', 'notification', 'audit', 'payments'] as const;
const uriOfAuth = 'spiffe://bank/app/auth';

const callers = new Map<string, RpcCaller>();
/** Certificates that open nothing, wherever they are presented. */
const strangers = new Map<string, RpcCaller>();
const served = rpcRules.filter(({ app }) => app !== 'none');
const methods = [...new Set(served.map(({ app, method }) => `${app} ${method}`))];
const streaming = new Set<string>();

async function presentCertificates(folder: string): Promise<void> {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const ca = read('ca.pem');
  for (const holder of holders) {
    callers.set(holder, new RpcCaller({ ca, cert: read(`${holder}.pem`), key: read(`${holder}.key`) }));
  }
  const authority = await certificatesOfAuthority({
    certFile: join(folder, 'ca.pem'),
    keyFile: join(folder, 'ca.key'),
  });
  const expired = { name: 'expired', uris: [uriOfAuth], notAfter: new Date(Date.now() - 60_000) };
  const foreign = await (await testCertificates()).issue({ name: 'foreign', uris: [uriOfAuth] });
  strangers.set('no certificate', new RpcCaller({ ca }));
  strangers.set('a certificate of another authority', new RpcCaller({ ca, ...foreign }));
  strangers.set('an expired certificate', new RpcCaller({ ca, ...(await authority.issue(expired)) }));
  const unlisted = await authority.issue({ name: 'unlisted', uris: ['spiffe://bank/app/unlisted'] });
  callers.set('unlisted', new RpcCaller({ ca, ...unlisted }));
  callers.set('nameless', new RpcCaller({ ca, ...(await authority.issue({ name: 'nameless' })) }));
}

interface Cell {
  readonly caller: string;
  readonly behind: string;
}

const nobody = 'nobody';
const behinds = [nobody, ...kinds];
const denials = new Set([
  'access.caller.unknown',
  'access.forbidden',
  'auth.step_up.required',
  'auth.token.invalid',
  'auth.token.missing',
  'no connection',
]);

const giveMessage = 'so nobody decided: give the method a message in rpc-messages.ts';

/** A feature that reads its message to know who may has read nothing yet: that somebody comes so far is no hole. */
function isUnread(method: string, outcome: Outcome): boolean {
  return outcome === 'request.invalid' && rpcMessages[method] === undefined;
}

/** Whom the table lets call, as `caller for person`. */
function allowedTo(app: string, method: string): ReadonlySet<string> {
  const rules = rpcRules.filter((rule) => rule.app === app && rule.method === method);
  return new Set(
    rules.flatMap(({ callers: listed, behind }) =>
      [...listed].flatMap((caller) => {
        const people = behind.size === 0 ? behinds : [...behind];
        return people.map((person) => `${caller} for ${person}`);
      }),
    ),
  );
}

function outcomeOf(
  world: World,
  app: string,
  method: string,
  caller: RpcCaller | undefined,
  behind: string,
): Promise<Outcome> {
  if (caller === undefined) throw new Error('a caller without a certificate');
  const options = {
    token: kinds.flatMap((kind) => (kind === behind ? [world.tokens[kind]] : []))[0],
    message: rpcMessages[method] ?? {},
    streams: streaming.has(method),
  };
  return caller.call(world.stack.addresses.apps[app as AppName].rpc, method, options);
}

/** Every method, called with each certificate, for nobody and for one of each kind of people. */
export function describeMethods(world: World): void {
  beforeAll(async () => {
    await presentCertificates(dirname(world.stack.addresses.tls.ca));
    for (const { method, streams } of await ownMethods()) if (streams) streaming.add(method);
  });
  afterAll(() => {
    for (const caller of [...callers.values(), ...strangers.values()]) caller.close();
  });
  describe('SR-67, SR-68 methods', () => {
    test('are those of the table', async () => {
      const listed = new Set(rpcRules.map(({ method }) => method));
      const served = (await ownMethods()).map(({ method }) => method).toSorted();
      expect([...listed].toSorted(), 'the lines of test/e2e/test/matrix/rpc-table.ts').toEqual(served);
    });

    test.each(methods)('%s', async (line) => {
      const [app = '', method = ''] = line.split(' ');
      const allowed = allowedTo(app, method);
      const cells: Cell[] = [...callers.keys()].flatMap((caller) => behinds.map((behind) => ({ caller, behind })));
      const letThrough = await Promise.all(
        cells.map(async ({ caller, behind }) => {
          const outcome = await outcomeOf(world, app, method, callers.get(caller), behind);
          if (outcome === 'unimplemented' || outcome.startsWith('status')) return `${caller} for ${behind}: ${outcome}`;
          if (denials.has(outcome)) return [];
          const cell = `${caller} for ${behind}`;
          return allowed.has(cell) || !isUnread(method, outcome) ? cell : `${cell}: ${outcome}, ${giveMessage}`;
        }),
      );
      expect(letThrough.flat().toSorted()).toEqual([...allowed].toSorted());
    });

    test.each(methods)('%s is closed to whoever has no certificate of ours that is good', async (line) => {
      const [app = '', method = ''] = line.split(' ');
      for (const [name, caller] of strangers) {
        expect([name, await outcomeOf(world, app, method, caller, nobody)]).toEqual([name, 'no connection']);
      }
    });

    test('are not served by an app that the table does not name', async () => {
      for (const { method } of rpcRules) {
        const servers = new Set(rpcRules.filter((rule) => rule.method === method).map(({ app }) => app));
        for (const app of appNames.filter((name) => !servers.has(name))) {
          expect([app, method, await outcomeOf(world, app, method, callers.get('admin'), nobody)]).toEqual([
            app,
            method,
            'unimplemented',
          ]);
        }
      }
    });
  });
}
