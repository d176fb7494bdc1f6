import type { NamedMigration } from '@bank/database';
import { Platform } from './0001-platform.ts';
import { Clients } from './0002-clients.ts';
import { Registrations } from './0003-registrations.ts';
import { Users } from './0004-users.ts';
import { Sessions } from './0005-sessions.ts';
import { SignIns } from './0006-sign-ins.ts';
import { KeysAndRevocations } from './0007-keys-and-revocations.ts';
import { Deliveries } from './0008-deliveries.ts';
import { StepUp } from './0009-step-up.ts';

/** In the order in which they run. A name never changes once it has run anywhere. */
export const migrations: readonly NamedMigration[] = [
  { name: '0001-platform', class: Platform },
  { name: '0002-clients', class: Clients },
  { name: '0003-registrations', class: Registrations },
  { name: '0004-users', class: Users },
  { name: '0005-sessions', class: Sessions },
  { name: '0006-sign-ins', class: SignIns },
  { name: '0007-keys-and-revocations', class: KeysAndRevocations },
  { name: '0008-deliveries', class: Deliveries },
  { name: '0009-step-up', class: StepUp },
];
