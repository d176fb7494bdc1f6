import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestEnvironment, testEnvironment } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import {
  createCheckpointTable,
  createEntrySource,
  generateCheckpointKeys,
  type LedgerReport,
  type LookBack,
  openCheckpointFile,
  shardOf,
  verifyLedger,
} from '@bank/ledger';
import { fixedClock, temporaryFolder } from '@bank/testing';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { copyCheckpoints } from '#features/checkpoint/copy-checkpoints.ts';
import { signNextCheckpoint } from '#features/checkpoint/sign-checkpoint.ts';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';
import { entryAbout } from './entries.ts';

const minuteMs = 60_000;

/** A signing key, its public half, and an empty folder for checkpoints. */
export function checkpointEnv(): Record<string, string> {
  const folder = temporaryFolder('checkpoints');
  const { privatePem, trustedKeys } = generateCheckpointKeys();
  const [keyFile, trustedFile, written] = ['key.pem', 'trusted-keys.json', 'written'].map((name) => join(folder, name));
  writeFileSync(keyFile ?? '', privatePem);
  writeFileSync(trustedFile ?? '', trustedKeys);
  mkdirSync(written ?? '');
  return {
    CHECKPOINT_KEY_FILE: keyFile ?? '',
    CHECKPOINT_TRUSTED_KEYS_FILE: trustedFile ?? '',
    CHECKPOINT_DIR: written ?? '',
  };
}

/** Addresses where nobody answers, for tests that need no other app. */
export const nowhere = {
  MFA_RPC_URL: 'https://localhost:1',
  PROFILE_RPC_URL: 'https://localhost:1',
  DEVICE_RPC_URL: 'https://localhost:1',
};

/** The ledger of one test file without the running service: checkpoints are signed when a test says so. */
export interface LedgerUnderTest extends TestEnvironment {
  readonly ctx: AppContext;
  /** A process of its own beside the others. Closed with the rest. */
  replica(): Promise<AppContext>;
  /** Has the next checkpoint signed as if a minute had passed, and copied to the file. For the processes it passes. */
  sign(): Promise<void>;
  /** Records entries about one subject, and gives their ids. */
  append(subject: string, count: number): Promise<string[]>;
  /** Verifies as an auditor does: as superuser, against table and file. */
  verify(options?: { withoutFile?: true; lookBack?: LookBack; now?: () => Date }): Promise<LedgerReport>;
}

/** Prepares a ledger before the tests of a file. */
export function ledgerUnderTest(): LedgerUnderTest {
  const ledger = {} as { -readonly [K in keyof LedgerUnderTest]: LedgerUnderTest[K] };
  const clock = fixedClock(new Date());
  const contexts: AppContext[] = [];
  const env = { ...nowhere, ...checkpointEnv() };
  let pool: pg.Pool;
  beforeAll(async () => {
    Object.assign(ledger, await testEnvironment({ service: 'admin', entities, migrations, env }));
    ledger.replica = async () => {
      const ctx = await createContext(loadConfig(ledger.env), { clock });
      contexts.push(ctx);
      return ctx;
    };
    ledger.ctx = await ledger.replica();
    ledger.sign = async () => {
      clock.advance(minuteMs);
      await letGo(ledger);
      if (!(await signNextCheckpoint(ledger.ctx, uuidv7(), 0))) throw new Error('nothing was signed');
      await letGo(ledger);
      await copyCheckpoints(ledger.ctx);
    };
    ledger.append = async (subject, count) => {
      const entries = Array.from({ length: count }, () => entryAbout(subject));
      await appendEntries(ledger.ctx, entries);
      return entries.map(({ id }) => id);
    };
    pool = new pg.Pool({ connectionString: ledger.database.adminUrl, max: 2 });
    ledger.verify = (options) => verify(ledger, { pool, now: () => new Date(), ...options });
  });
  afterAll(async () => {
    await pool?.end();
    for (const ctx of contexts) {
      await ctx.database.close();
      await ctx.redis.close();
      ctx.keyrings.close();
    }
  });
  return ledger;
}

/** A subject whose entries go into that shard. */
export function subjectOfShard(shard: number): string {
  for (;;) {
    const subject = uuidv7();
    if (shardOf(subject) === shard) return subject;
  }
}

/** Takes the lease away from whoever has it. */
async function letGo({ database }: Pick<TestEnvironment, 'database'>): Promise<void> {
  await database.query('update admin.ledger_signer set holder = null, expires_at = null');
}

interface Verifying {
  readonly pool: pg.Pool;
  readonly now: () => Date;
  readonly withoutFile?: true;
  readonly lookBack?: LookBack;
}

function verify({ ctx, env }: LedgerUnderTest, { pool, now, withoutFile, lookBack }: Verifying) {
  const query = async (sql: string, params: readonly unknown[]) => (await pool.query(sql, [...params])).rows;
  const keys = ctx.checkpointing.trustedKeys;
  const file = withoutFile ? undefined : openCheckpointFile(env['CHECKPOINT_DIR'] ?? '', keys);
  return verifyLedger({
    entries: createEntrySource(query),
    checkpoints: { table: createCheckpointTable(query), file },
    keys,
    now,
    pageSize: 15,
    ...(lookBack !== undefined && { lookBack }),
  });
}
