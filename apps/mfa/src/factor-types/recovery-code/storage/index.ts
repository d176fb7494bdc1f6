import { RecoveryCodeEntity } from '#factor-types/recovery-code/storage/recovery-code.entity.ts';
import { RecoveryCodeRepository } from '#factor-types/recovery-code/storage/recovery-code.repository.ts';
import type { KindGrowth, KindRights, UnitParts } from '#storage/kind-storage.ts';

export const entities = [RecoveryCodeEntity];

export const repositories = ({ em }: UnitParts) => ({ recoveryCodes: new RecoveryCodeRepository(em) });

export const dataRights: KindRights = {
  personal: { recovery_codes: { exported: { withheld: 'hashes of secrets' }, erased: 'deleted' } },
};

export const growth: KindGrowth = { bounded: { recovery_codes: 'ten rows a user at most' } };
