import { randomBytes } from 'node:crypto';
import { connectDatabase, createUnitOfWork } from '@bank/database';
import { allow, Secret } from '@bank/domain';
import { staticKeyring } from '@bank/security';
import { type Bench, databaseOf } from '#bench.ts';
import { lockedUser } from '#events.ts';

/** Writes events as auth's features do: in a unit of work of its schema, as its role, waking its relay. */
export interface EventWriter {
  /** One transaction that tells of all of these users; resolves when it is committed. */
  write(userIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const access = { who: allow.system('bench'), unaudited: 'nothing happened: it is measured' } as const;

/** Opens a pool as large as auth's beside it. */
export async function openEventWriter(bench: Bench): Promise<EventWriter> {
  const { DATABASE_URL = '', DATABASE_CA_FILE, DATABASE_POOL_MAX } = databaseOf(bench, 'auth');
  const database = await connectDatabase({
    url: new Secret(DATABASE_URL),
    caFile: DATABASE_CA_FILE,
    poolMax: Number(DATABASE_POOL_MAX),
    schema: 'auth',
    service: 'auth',
    entities: [],
  });
  const unitOfWork = createUnitOfWork({
    database,
    repositories: () => ({}),
    deliveryKeys: staticKeyring('bench', { k1: randomBytes(32) }, 'k1'), // no message to a person is written
  });
  return {
    write: (userIds) =>
      unitOfWork.run(access, async (tx) => {
        for (const userId of userIds) await tx.emit(lockedUser(userId));
      }),
    close: () => database.close(),
  };
}
