import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type TransactionalContext, withTransaction } from '@bank/database';
import { allow, uuidv7 } from '@bank/domain';
import { encodeEvent, SignInSucceededSchema } from '@bank/proto/events';
import { baseEnv, readConfig } from '@bank/service-kit';
import { bundledProgram, temporaryFolder, until } from '@bank/testing';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createFoundations, type Foundations } from '#index.ts';
import { type TestEnvironment, testEnvironment } from '#testing/index.ts';
import { counterService, repositories } from './outbox-crash/counter-service.ts';

const program = await bundledProgram(fileURLToPath(new URL('outbox-crash/mortal-process.ts', import.meta.url)));
const cacheFolder = temporaryFolder('compiled');
const deaths = 3;
const eventsPerLife = 30;

let environment: TestEnvironment;
let ctx: Foundations & TransactionalContext<ReturnType<typeof repositories>>;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  environment = await testEnvironment(counterService);
  const foundations = await createFoundations(readConfig(v.object(baseEnv), environment.env), counterService);
  ctx = { ...foundations, unitOfWork: foundations.unitOfWorkOf(repositories) };
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

afterAll(async () => {
  await Promise.all([ctx?.database.close(), ctx?.redis.close()]);
  ctx?.keyrings.close();
});

function startProcess(dieAt: string): ChildProcess {
  const env = { PATH: process.env['PATH'], ...environment.env, NODE_COMPILE_CACHE: cacheFolder, DIE_AT: dieAt };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function commitEvents(count: number): Promise<void> {
  const subject = uuidv7();
  await withTransaction(ctx, { who: allow.system('test'), unaudited: 'a test' }, async (tx) => {
    for (let index = 0; index < count; index += 1) {
      await tx.emit({ subject, ...encodeEvent(SignInSucceededSchema, { userId: subject }) });
    }
  });
}

test.each([
  ['publish', 'between the commit and the publish'],
  ['mark', 'between the publish and the mark'],
  ['ack', 'between the consumed effect and its acknowledgement'],
])(
  'SR-89: kill -9 at "%s", %s: nothing lost, nothing applied twice',
  async (dieAt) => {
    const { database, broker } = environment;
    await database.query('delete from device.effects');
    for (let life = 0; life < deaths; life += 1) {
      await commitEvents(eventsPerLife);
      const [, signal] = await once(startProcess(dieAt), 'exit');
      expect(signal).toBe('SIGKILL');
    }

    startProcess('never');
    // What is told last is heard last: all that comes a second time has come before it.
    await commitEvents(1);
    const told = deaths * eventsPerLife + 1;
    const effects = () => database.query<{ event_id: string }>('select event_id from device.effects');
    await until(async () => (await effects()).length >= told, { deadlineMs: 20_000 });

    const ids = (await effects()).map(({ event_id }) => event_id);
    expect(ids).toHaveLength(told);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await broker.depth('device.events.dead')).toBe(0);
  },
  90_000,
);
