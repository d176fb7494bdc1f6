import { SentCodeEntity } from '#factor-types/sent-code/storage/sent-code.entity.ts';
import { SentCodeRepository } from '#factor-types/sent-code/storage/sent-code.repository.ts';
import type { KindGrowth, KindRights, UnitParts } from '#storage/kind-storage.ts';

export const entities = [SentCodeEntity];

export const repositories = ({ em }: UnitParts) => ({ sentCodes: new SentCodeRepository(em) });

export const dataRights: KindRights = {
  personal: {
    sent_codes: { exported: { withheld: 'hashes of codes that are gone within minutes' }, erased: 'deleted' },
  },
};

export const growth: KindGrowth = { bounded: { sent_codes: 'four rows a user at most' } };
