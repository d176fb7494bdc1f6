import {
  declareDataRights,
  declareGrowth,
  platformTablesV1,
  SqlMigration,
  type TransactionalContext,
} from '@bank/database';
import { type Consumer, topology } from '@bank/messaging';
import { type BaseConfig, baseEnv, readConfig, type Service } from '@bank/service-kit';
import * as v from 'valibot';
import { type AppParts, audiences, composeApp, createFoundations, dataRightsRpc, type Foundations } from '#index.ts';
import { type TestIssuer, testIssuer } from '#testing/index.ts';

class PlatformTables extends SqlMigration {
  override statements(): readonly string[] {
    return platformTablesV1('device');
  }
}

/** The least an app can be. It takes the place of `device`, whose name, role and queue it has. */
export const bare = {
  service: 'device' as const,
  entities: [],
  migrations: [{ name: '1-platform', class: PlatformTables }],
};

/** It takes whatever the queue is bound to. */
export const reader: Consumer = {
  name: 'device.reader',
  queue: 'device.events',
  types: topology.queues.find(({ name }) => name === 'device.events')?.types ?? [],
  handle: async () => undefined,
};

/** It has the tables of every schema, and none of its own. */
export const bareRights = declareDataRights('device', { personal: {}, impersonal: {} });

/** Nor do they grow. */
export const bareGrowth = declareGrowth('device', { trimmed: {}, bounded: {} });

type BareContext = Foundations & TransactionalContext<object>;

export interface BareApp {
  readonly config: BaseConfig;
  readonly ctx: BareContext;
  readonly issuer: TestIssuer;
  readonly service: Service;
}

/** A bare app for this environment, not started. */
export async function bareApp(env: NodeJS.ProcessEnv, parts: Partial<AppParts<BareContext>> = {}): Promise<BareApp> {
  const config = readConfig(v.object(baseEnv), env);
  const foundations = await createFoundations(config, bare);
  const ctx = { ...foundations, unitOfWork: foundations.unitOfWorkOf(() => ({})) };
  const issuer = testIssuer({ issuer: config.TOKEN_ISSUER });
  const service = composeApp(ctx, config, {
    routes: [],
    consumers: [reader],
    verifier: issuer.verifier,
    audiences: [audiences.customers],
    growth: bareGrowth,
    ...parts,
    rpc: [dataRightsRpc({ rights: bareRights }), ...(parts.rpc ?? [])],
  });
  return { config, ctx, issuer, service };
}
