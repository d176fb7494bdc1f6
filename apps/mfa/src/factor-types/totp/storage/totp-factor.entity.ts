import { defineEntity, p } from '@mikro-orm/postgresql';
import { FactorEntity } from '#storage/factor.entity.ts';

/**
 * What an authenticator app is proved with: its sealed secret, the step of the last accepted code, and that of the last
 * which was refused for its time alone, with how far it was ahead.
 */
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
    offStep: p.bigint('number').nullable(),
    offBy: p.smallint().nullable(),
  },
});

/** An authenticator app with what its codes are compared with. */
export interface TotpFactor {
  readonly id: string;
  readonly secret: Uint8Array;
  /** The step of the last accepted code. */
  readonly lastStep: number | null;
}

/** A code that is right, but for its time. */
export interface OffCode {
  readonly step: number;
  /** How many steps it is ahead of ours; negative behind. */
  readonly by: number;
}
