import { type TestApp, testApp } from '@bank/composition/testing';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';

export const auth = 'spiffe://bank/app/auth';

const callers = { [auth]: { name: 'auth', methods: ['bank.device.v1.DeviceService/AssessSignIn'] } };

/** The device app of one test file, started on services of its own. */
export function deviceApp(): TestApp<AppContext> {
  return testApp({ service: 'device', entities, migrations, callers, loadConfig, createContext, createService });
}
