import { type TestSandbox, testSandbox, until } from '@bank/testing';
import { afterAll, beforeAll } from 'vitest';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createLedgerForwarder, type ForwarderTimings } from '#jobs/ledger-forwarder.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';

export interface ReceiverState {
  readonly entries: number;
  readonly heads: readonly { readonly shard: number; readonly position: number; readonly hash: string }[];
}

/** The sandbox's Audit service beside the ledger of a test file. */
export interface ReceiverUnderTest {
  readonly url: string;
  state(): Promise<ReceiverState>;
  behave(behaviour: 'normal' | 'down' | 'slow' | 'mute' | 'refuse'): Promise<void>;
  /** Goes back to an earlier moment, as after a restore. */
  forget(query?: string): Promise<void>;
  /** A process of its own that forwards. Stopped after the tests. */
  forwarder(timings?: Partial<ForwarderTimings>): Promise<RunningForwarder>;
  /** Resolves when the receiver has every shard as the ledger has it. */
  untilComplete(deadlineMs?: number): Promise<void>;
}

export interface RunningForwarder {
  readonly ctx: AppContext;
  /** Values of the metrics whose name begins so, by name and labels. */
  metrics(prefix: string): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

const quick: ForwarderTimings = { everyMs: 20, firstMs: 20, mostMs: 100, settleMs: 100 };

/** Starts the receiver before the tests of a file; the ledger must have been prepared before it. */
export function receiverUnderTest(ledger: LedgerUnderTest): ReceiverUnderTest {
  const receiver = {} as { -readonly [K in keyof ReceiverUnderTest]: ReceiverUnderTest[K] };
  const running: RunningForwarder[] = [];
  let sandbox: TestSandbox;
  const ask = (path: string, init?: RequestInit) => fetch(sandbox.at(path), init);
  beforeAll(async () => {
    sandbox = await testSandbox({ certificates: ledger.certificates, slowMs: 300 });
    const url = sandbox.addresses['audit'] ?? '';
    Object.assign(receiver, {
      url,
      state: async () => (await (await ask('/api/audit')).json()) as ReceiverState,
      behave: async (behaviour) => {
        await ask('/api/audit/behaviour', { method: 'PUT', body: JSON.stringify({ behaviour }) });
      },
      forget: async (query = '') => {
        await ask(`/api/audit${query}`, { method: 'DELETE' });
      },
      async forwarder(timings = {}) {
        const forwarder = await startForwarder({ ...ledger.env, AUDIT_RPC_URL: url }, { ...quick, ...timings });
        running.push(forwarder);
        return forwarder;
      },
      untilComplete: (deadlineMs = 15_000) => untilComplete(ledger, receiver, deadlineMs),
    } satisfies ReceiverUnderTest);
  });
  afterAll(async () => {
    for (const forwarder of running) await forwarder.stop();
    await sandbox?.stop();
  });
  return receiver;
}

async function startForwarder(env: NodeJS.ProcessEnv, timings: ForwarderTimings): Promise<RunningForwarder> {
  const ctx = await createContext(loadConfig(env));
  if (ctx.auditReceiver === undefined) throw new Error('there is no receiver');
  const worker = createLedgerForwarder(ctx, ctx.auditReceiver, timings);
  await worker.start();
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await worker.stop();
    await ctx.database.close();
    await ctx.redis.close();
    ctx.keyrings.close();
  };
  return {
    ctx,
    async metrics(prefix) {
      const lines = (await ctx.metrics.text()).split('\n').filter((line) => line.startsWith(prefix));
      return Object.fromEntries(
        lines.map((line) => line.split(/ (?=[^ ]+$)/)).map(([name, value]) => [name, Number(value)]),
      );
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function untilComplete(ledger: LedgerUnderTest, receiver: ReceiverUnderTest, deadlineMs: number): Promise<void> {
  await until(async () => sameHeads(await ledgerHeads(ledger), (await receiver.state()).heads), {
    deadlineMs,
    what: 'a receiver with the whole ledger',
  });
}

async function ledgerHeads({ database }: LedgerUnderTest): Promise<ReceiverState['heads']> {
  const rows = await database.query<{ shard: number; position: string; hash: Buffer }>(
    'select shard, position, hash from admin.ledger_heads where position > 0 order by shard',
  );
  return rows.map(({ shard, position, hash }) => {
    return { shard, position: Number(position), hash: hash.toString('base64url') };
  });
}

function sameHeads(one: ReceiverState['heads'], other: ReceiverState['heads']): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
