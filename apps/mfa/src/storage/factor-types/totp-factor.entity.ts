import { defineEntity, p } from '@mikro-orm/postgresql';
import { FactorEntity } from '#storage/factor.entity.ts';

/** What an authenticator app is proved with: its sealed secret, and the step of the last accepted code. */
export const TotpFactorEntity = defineEntity({
  name: 'TotpFactor',
  tableName: 'totp_factors',
  schema: 'mfa',
  properties: {
    factor: () =>
      p
        .manyToOne(FactorEntity)
        .primary()
        .mapToPk()
        .joinColumn('factor_id')
        .foreignKeyName('totp_factors_factor_id_fkey')
        .deleteRule('cascade')
        .updateRule('no action'),
    sealed: p.blob(),
    lastStep: p.bigint('number').nullable(),
  },
});

/** An authenticator app with what its codes are compared with. */
export interface TotpFactor {
  readonly id: string;
  readonly secret: Uint8Array;
  /** The step of the last accepted code. */
  readonly lastStep: number | null;
}
