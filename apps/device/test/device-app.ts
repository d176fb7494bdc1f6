import { type TestEnvironment, type TestIssuer, testEnvironment, testIssuer } from '@bank/composition/testing';
import type { Service } from '@bank/service-kit';
import { afterAll, beforeAll } from 'vitest';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';

export interface DeviceApp extends TestEnvironment {
  readonly service: Service;
  readonly issuer: TestIssuer;
  /** A context of its own, for calling features directly. */
  readonly ctx: AppContext;
}

/** The device app of one test file, started on services of its own. */
export function deviceApp(): DeviceApp {
  const app = {} as { -readonly [K in keyof DeviceApp]: DeviceApp[K] };
  beforeAll(async () => {
    const callers = {
      'spiffe://bank/app/auth': { name: 'auth', methods: ['bank.device.v1.DeviceService/AssessSignIn'] },
    };
    Object.assign(app, await testEnvironment({ service: 'device', entities, migrations, callers }));
    const config = loadConfig(app.env);
    app.issuer = testIssuer({ issuer: config.TOKEN_ISSUER });
    app.ctx = await createContext(config);
    app.service = await createService(config, { verifier: app.issuer.verifier });
    await app.service.start();
  });
  afterAll(async () => {
    await app.service?.stop();
    await app.ctx?.database.close();
    await app.ctx?.redis.close();
    app.ctx?.keyrings.close();
  });
  return app;
}
