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
        return tokenOf(key, issuer, person, now);
      });
    },
  };
}

function tokenOf(key: SigningKey, issuer: string, person: Person, now: number): string {
  return signJwt(key, 'at+jwt', {
    iss: issuer,
    aud: audiences.customers,
    sub: person.userId,
    sid: person.sessionId,
    jti: uuidv7(),
    iat: now,
    exp: Math.floor(now) + lifeSeconds,
    auth_time: Math.floor(now),
    acr: 'aal1',
    amr: ['pwd'],
    roles: ['customer'],
    did: person.device.id,
  });
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
