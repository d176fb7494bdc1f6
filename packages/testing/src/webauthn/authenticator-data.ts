import { hash } from 'node:crypto';
import { encodeCBOR } from '@levischuck/tiny-cbor';
import type { Flag } from '#webauthn/ceremony.ts';
import type { CoseKey } from '#webauthn/keys.ts';

const bits: Readonly<Record<Flag, number>> = { up: 0, uv: 2, be: 3, bs: 4, at: 6, ed: 7 };

export interface AuthenticatorData {
  readonly rpId: string;
  readonly flags: Readonly<Partial<Record<Flag, boolean>>>;
  readonly counter: number;
  readonly attested?: { readonly aaguid: Uint8Array; readonly credentialId: Uint8Array; readonly publicKey: CoseKey };
}

/** Authenticator data as bytes (WebAuthn §6.1, attested credential data §6.5.1). */
export function encodeAuthenticatorData({ rpId, flags, counter, attested }: AuthenticatorData): Uint8Array {
  const head = Buffer.alloc(5);
  const set = Object.entries(bits).filter(([flag]) => flags[flag as Flag] === true);
  head.writeUInt8(
    set.reduce((sum, [, bit]) => sum + 2 ** bit, 0),
    0,
  );
  head.writeUInt32BE(counter, 1);
  const parts = [hash('sha256', rpId, 'buffer'), head];
  if (attested !== undefined) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(attested.credentialId.length);
    parts.push(Buffer.from(attested.aaguid), length, Buffer.from(attested.credentialId));
    parts.push(Buffer.from(encodeCBOR(attested.publicKey)));
  }
  return new Uint8Array(Buffer.concat(parts));
}
