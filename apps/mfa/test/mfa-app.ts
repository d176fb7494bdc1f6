import { type TestApp, testApp } from '@bank/composition/testing';
import { parse, type UserId, UserIdSchema, uuidv7 } from '@bank/domain';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { admitSubject } from '#features/factor/admit-subject.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';

export const auth = 'spiffe://bank/app/auth';

const callers = { [auth]: { name: 'auth', methods: ['bank.mfa.v1.MfaService/ListFactors'] } };

/** The mfa app of one test file, started on services of its own. */
export function mfaApp(): TestApp<AppContext> {
  return testApp({ service: 'mfa', entities, migrations, callers, loadConfig, createContext, createService });
}

/** A new user who may enrol factors. */
export async function givenSubject(app: TestApp<AppContext>): Promise<UserId> {
  const userId = parse(UserIdSchema, uuidv7());
  await admitSubject(app.ctx, { userId, activatedAt: new Date() });
  return userId;
}

export interface GivenFactor {
  readonly type: 'totp' | 'sms' | 'email' | 'webauthn';
  readonly confirmedAt?: Date;
  readonly lastUsedAt?: Date;
}

/** A factor as enrolment will leave it: nothing enrols one yet. Its id. */
export async function givenFactor(app: TestApp<AppContext>, userId: UserId, factor: GivenFactor): Promise<string> {
  const id = uuidv7();
  await app.database.query(
    `insert into mfa.factors (id, user_id, type, sealed, created_at, confirmed_at, last_used_at)
     values ($1, $2, $3, 'secret', now(), $4, $5)`,
    [id, userId, factor.type, factor.confirmedAt ?? null, factor.lastUsedAt ?? null],
  );
  return id;
}
