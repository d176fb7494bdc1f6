import { TotpFactorEntity } from '#factor-types/totp/storage/totp-factor.entity.ts';
import { TotpFactorRepository } from '#factor-types/totp/storage/totp-factor.repository.ts';
import type { KindGrowth, KindRights, UnitParts } from '#storage/kind-storage.ts';

export const entities = [TotpFactorEntity];

export const repositories = ({ em, vault }: UnitParts) => ({ totpFactors: new TotpFactorRepository(em, vault) });

export const dataRights: KindRights = {
  personal: {
    totp_factors: {
      whose: 'factor_id in (select id from mfa.factors where user_id = ?)',
      exported: { withheld: 'secrets' },
      erased: 'deleted',
    },
  },
};

export const growth: KindGrowth = { bounded: { totp_factors: 'goes with its factor' } };
