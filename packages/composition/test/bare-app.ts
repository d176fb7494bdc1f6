import { platformTablesV1, SqlMigration } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { type BaseConfig, baseEnv, readConfig, type Service } from '@bank/service-kit';
import * as v from 'valibot';
import { type AppParts, audiences, composeApp, createFoundations, type Foundations } from '#index.ts';
import { type TestIssuer, testIssuer } from '#testing/index.ts';

class PlatformTables extends SqlMigration {
  override statements(): readonly string[] {
    return platformTablesV1('device');
  }
}

/** The least an app can be. It takes the place of `device`, whose name, role and queue it has. */
export const bare = {
  service: 'device',
  entities: [],
  migrations: [{ name: '1-platform', class: PlatformTables }],
};

const reader: Consumer = {
  name: 'device.reader',
  queue: 'device.events',
  types: ['auth.sign_in_succeeded.v1'],
  handle: async () => undefined,
};

export interface BareApp {
  readonly config: BaseConfig;
  readonly ctx: Foundations;
  readonly issuer: TestIssuer;
  readonly service: Service;
}

/** A bare app for this environment, not started. */
export async function bareApp(env: NodeJS.ProcessEnv, parts: Partial<AppParts<Foundations>> = {}): Promise<BareApp> {
  const config = readConfig(v.object(baseEnv), env);
  const ctx = await createFoundations(config, bare);
  const issuer = testIssuer({ issuer: config.TOKEN_ISSUER });
  const service = composeApp(ctx, config, {
    routes: [],
    rpc: [],
    consumers: [reader],
    verifier: issuer.verifier,
    audiences: [audiences.customers],
    ...parts,
  });
  return { config, ctx, issuer, service };
}
