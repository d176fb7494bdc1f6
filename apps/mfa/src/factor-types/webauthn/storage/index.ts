import { WebauthnChallengeEntity } from '#factor-types/webauthn/storage/webauthn-challenge.entity.ts';
import { WebauthnChallengeRepository } from '#factor-types/webauthn/storage/webauthn-challenge.repository.ts';
import { WebauthnCredentialEntity } from '#factor-types/webauthn/storage/webauthn-credential.entity.ts';
import { WebauthnCredentialRepository } from '#factor-types/webauthn/storage/webauthn-credential.repository.ts';
import type { KindGrowth, KindRights, UnitParts } from '#storage/kind-storage.ts';

export const entities = [WebauthnCredentialEntity, WebauthnChallengeEntity];

export const repositories = ({ em }: UnitParts) => ({
  webauthnCredentials: new WebauthnCredentialRepository(em),
  webauthnChallenges: new WebauthnChallengeRepository(em),
});

export const dataRights: KindRights = {
  personal: {
    webauthn_challenges: { exported: { withheld: 'questions that are gone within minutes' }, erased: 'deleted' },
    webauthn_credentials: {
      whose: 'factor_id in (select id from mfa.factors where user_id = ?)',
      exported: {
        key: 'factor_id',
        columns: {
          factorId: 'factor_id',
          model: 'aaguid',
          transports: 'transports',
          canBeBackedUp: 'is_backup_eligible',
          isBackedUp: 'is_backed_up',
        },
      },
      erased: 'deleted',
    },
  },
};

export const growth: KindGrowth = {
  trimmed: { webauthn_challenges: { by: 'expires_at' } },
  bounded: { webauthn_credentials: 'goes with its factor' },
};
