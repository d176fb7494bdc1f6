import { join } from 'node:path';
import { audiences, uuidv7 } from '@bank/domain';
import type { Stack } from '@bank/scripts/stack';
import { importSealed, openKeyring, type SigningKey, signJwt } from '@bank/security';
import { type Person, queryOnce } from '@bank/test-bed';

const lifeSeconds = 300;

/** Makes access tokens as auth does, faster than sign-ins would: signed with its key, for sessions that exist. */
export interface TokenMint {
  /** Tokens that differ from all others, for these people in turn. */
  mint(people: readonly Person[], count: number): string[];
  /** Tokens of as many members of staff, who may look for users; only their tokens exist. */
  mintStaff(count: number): string[];
}

/** Opens the signing key of a stack that was started for measuring. */
export async function openMint(stack: Stack): Promise<TokenMint> {
  const key = await currentKey(stack);
  const issuer = stack.environments.auth['TOKEN_ISSUER'] ?? '';
  return {
    mint(people, count) {
      const now = Date.now() / 1000;
      return Array.from({ length: count }, (_, index) => {
        const person = people[index % people.length];
        if (person === undefined) throw new RangeError('tokens are for somebody');
        const { userId: sub, sessionId: sid, device } = person;
        return tokenOf(key, { iss: issuer, ...ofCustomer, sub, sid, did: device.id }, now);
      });
    },
    mintStaff(count) {
      const now = Date.now() / 1000;
      const somebody = () => ({ sub: uuidv7(), sid: uuidv7(), did: uuidv7() });
      return Array.from({ length: count }, () => tokenOf(key, { iss: issuer, ...ofStaff, ...somebody() }, now));
    },
  };
}

const ofCustomer = { aud: audiences.customers, acr: 'aal1', amr: ['pwd', 'device'], roles: ['customer'] };
const ofStaff = { aud: audiences.staff, acr: 'aal2', amr: ['pwd', 'otp'], roles: ['support'] };

function tokenOf(key: SigningKey, claims: Readonly<Record<string, unknown>>, now: number): string {
  const authTime = Math.floor(now);
  const times = { iat: now, exp: authTime + lifeSeconds, auth_time: authTime };
  return signJwt(key, 'at+jwt', { ...claims, ...times, jti: uuidv7() });
}

async function currentKey(stack: Stack): Promise<SigningKey> {
  const folder = stack.environments.auth['KEYRING_DIR'] ?? '';
  const keyring = openKeyring(join(folder, 'kek.json'), { name: 'kek', allowDevelopmentKeys: true });
  try {
    const [row] = await queryOnce<{ kid: string; sealed: Uint8Array }>(
      stack.environments.auth,
      'select kid, sealed_private as sealed from auth.signing_keys where signs_from <= now() order by signs_from desc limit 1',
    );
    if (row === undefined) throw new Error('auth has no signing key');
    return importSealed(row.kid, row.sealed, keyring);
  } finally {
    keyring.close();
  }
}
