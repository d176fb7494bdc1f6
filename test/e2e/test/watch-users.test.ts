import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from '@bank/domain';
import { UserService, WatchUsersKind } from '@bank/proto/user';
import { until } from '@bank/testing';
import { type Client, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { beforeAll, expect, test } from 'vitest';
import { sharedStack } from '#test-stack.ts';
import { asOwner } from './support/database.ts';

const it = sharedStack();
const changes = 60;
const everyMs = 100;
let users: Client<typeof UserService>;

beforeAll(() => {
  const { apps, tls } = it.stack.addresses;
  const read = (name: string) => readFileSync(join(dirname(tls.ca), name));
  const nodeOptions = { ca: read('ca.pem'), cert: read('tools.pem'), key: read('tools.key') };
  users = createClient(UserService, createConnectTransport({ baseUrl: apps.auth.rpc, httpVersion: '2', nodeOptions }));
});

interface Following {
  /** The users that it was told of, in that order. */
  readonly told: string[];
  /** How often it was cut off. */
  cuts: number;
  isPresent: boolean;
}

/** Listens as a service of the platform does: whenever it is cut off, again from its last token on. */
async function follow(following: Following, signal: AbortSignal): Promise<void> {
  let resumeToken = '';
  while (!signal.aborted) {
    try {
      for await (const answer of users.watchUsers({ resumeToken, changesOnly: true }, { signal })) {
        resumeToken = answer.resumeToken;
        following.isPresent = true;
        if (answer.kind === WatchUsersKind.CHANGE) following.told.push(answer.user?.userId ?? '');
      }
    } catch {
      // The process that told it has ended.
    }
    if (signal.aborted) return;
    following.cuts += 1;
    await pause(50);
  }
}

test('whoever watches users misses none and is told of none twice, whichever process dies', async () => {
  const { replicas } = it.stack.apps.auth;
  const following: Following = { told: [], cuts: 0, isPresent: false };
  const stopped = new AbortController();
  const watching = follow(following, stopped.signal);
  await until(() => following.isPresent, { deadlineMs: 20_000 });

  const ids = Array.from({ length: changes }, () => uuidv7());
  const changing = asOwner(it.stack.owners.auth, async (client) => {
    for (const id of ids) {
      await client.query(
        `insert into auth.users (id, status, roles, email_verified_at, created_at, updated_at)
          values ($1, 'active', '{customer}', now(), now(), now())`,
        [id],
      );
      await pause(everyMs);
    }
  });
  for (const replica of replicas) {
    await pause(everyMs);
    await replica.kill();
    await replica.start();
  }
  await changing;
  // Those of other tests may change meanwhile.
  const told = () => following.told.filter((id) => ids.includes(id));
  await until(() => told().length >= changes, { deadlineMs: 20_000 });
  stopped.abort();
  await watching;
  expect(told().toSorted()).toEqual(ids.toSorted());
  expect(following.cuts).toBeGreaterThan(0);
}, 90_000);
