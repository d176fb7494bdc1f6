import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserService } from '@bank/proto/user';
import { createFilterBuilder, type FingerprintBits } from '@bank/security';
import { temporaryFolder } from '@bank/testing';
import { freshEmail, password, register, registration } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { type Answer, post } from './http.ts';
import { askForToken, reset } from './passwords.ts';
import { callerTable, clientAs } from './rpc.ts';
import { activate, tokenOfLink } from './staff.ts';

/** A way to a new password. */
export interface PasswordPath {
  readonly name: string;
  /** The field that a problem is told under. */
  readonly field: string;
  readonly accepted: number;
  /** Somebody new takes it, with that address. */
  choose(auth: TestAuth, chosen: string, email?: string): Promise<Answer>;
}

/** Who may make activation links. */
export const operatorCallers = callerTable({ ops: { methods: ['bank.user.v1.UserService/CreateFirstAdmin'] } });

/** The four ways on which the policy is the same (SR-1). */
export const passwordPaths: readonly PasswordPath[] = [
  {
    name: 'register',
    field: 'password',
    accepted: 202,
    choose: (auth, chosen, email = freshEmail()) =>
      post(auth, '/v1/auth/register', registration(email, { password: chosen })),
  },
  {
    name: 'change',
    field: 'newPassword',
    accepted: 204,
    async choose(auth, chosen, email) {
      const { accessToken: token } = await register(auth, email);
      const body = { currentPassword: password, newPassword: chosen };
      return await post(auth, '/v1/auth/password/change', body, { token });
    },
  },
  {
    name: 'reset',
    field: 'password',
    accepted: 204,
    async choose(auth, chosen, email) {
      return await reset(auth, await askForToken(auth, await register(auth, email)), chosen);
    },
  },
  {
    name: 'activate',
    field: 'password',
    accepted: 200,
    async choose(auth, chosen, email = freshEmail()) {
      await auth.database.query(`update auth.users set status = 'closed' where 'admin' = any (roles)`);
      const ops = await clientAs(auth, 'ops', UserService);
      const { activationUrl } = await ops.createFirstAdmin({ email });
      return await activate(auth, tokenOfLink(activationUrl), { password: chosen });
    },
  },
];

/** A filter of these passwords, as `pnpm ops passwords build-filter` makes it. */
export function breachedFile(passwords: readonly string[], fingerprintBits: FingerprintBits = 32): string {
  const file = join(temporaryFolder('breached'), 'filter');
  const hashes = passwords.map((one) => createHash('sha1').update(one).digest()).sort(Buffer.compare);
  const builder = createFilterBuilder({ file, fingerprintBits, keysExpected: hashes.length });
  for (const hash of hashes) {
    builder.add([hash.readUInt32BE(0), hash.readUInt32BE(4), hash.readUInt32BE(8), hash.readUInt32BE(12)]);
  }
  builder.finish();
  return file;
}
