import { defineEntity, p } from '@mikro-orm/postgresql';
import { FactorEntity } from '#storage/factor.entity.ts';

/** What a passkey is proved with: the credential record of WebAuthn level 3 §4. */
export const WebauthnCredentialEntity = defineEntity({
  name: 'WebauthnCredential',
  tableName: 'webauthn_credentials',
  schema: 'mfa',
  properties: {
    factor: () =>
      p
        .manyToOne(FactorEntity)
        .primary()
        .mapToPk()
        .joinColumn('factor_id')
        .foreignKeyName('webauthn_credentials_factor_id_fkey')
        .deleteRule('cascade')
        .updateRule('no action'),
    credentialId: p.blob().unique('webauthn_credentials_credential_id_key'),
    publicKey: p.blob(),
    algorithm: p.integer(),
    counter: p.bigint('number'),
    transports: p.array(),
    aaguid: p.uuid(),
    isBackupEligible: p.boolean(),
    isBackedUp: p.boolean(),
    isAttested: p.boolean(),
    isDiscoverable: p.boolean().nullable(),
  },
});

/** What an assertion is checked against. */
export interface WebauthnCredential {
  readonly credentialId: Uint8Array;
  /** A COSE key. */
  readonly publicKey: Uint8Array;
  /** The highest count of signatures that its authenticator has told; 0 where it does not count. */
  readonly counter: number;
  /** It may be copied to other devices. */
  readonly isBackupEligible: boolean;
  /** A maker that is trusted vouched for its authenticator. */
  readonly isAttested: boolean;
}

/** A credential as it is registered. */
export interface NewWebauthnCredential extends WebauthnCredential {
  /** Its number in COSE. */
  readonly algorithm: number;
  readonly transports: readonly string[];
  /** The model of its authenticator. */
  readonly aaguid: string;
  readonly isBackedUp: boolean;
  /** Whether it answers without being named; null where the browser did not say. */
  readonly isDiscoverable: boolean | null;
}

/** How a credential is named to a browser. */
export interface NamedCredential {
  readonly credentialId: Uint8Array;
  readonly transports: readonly string[];
}

/** What an assertion told beside its signature. */
export interface Use {
  readonly counter: number;
  readonly isBackedUp: boolean;
}
