import { type TestApp, testApp } from '@bank/composition/testing';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';
import { checkpointEnv } from './ledger-under-test.ts';

/** A service that records entries of its own. */
export const tools = 'spiffe://bank/tool/tools';
/** Who may forward the tokens of staff. */
export const admin = 'spiffe://bank/app/admin';

const callers = {
  [tools]: { name: 'tools', methods: ['bank.admin.v1.AdminService/RecordAudit'] },
  [admin]: {
    name: 'admin',
    methods: ['bank.admin.v1.AdminService/SearchAudit'],
    audiences: ['user-service-staff'],
  },
};

/** The admin app of one test file, started on services of its own. */
export function adminApp(): TestApp<AppContext> {
  const env = checkpointEnv();
  return testApp({ service: 'admin', entities, migrations, callers, env, loadConfig, createContext, createService });
}
