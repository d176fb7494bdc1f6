import { defineEntity, p } from '@mikro-orm/postgresql';
import { SubjectEntity } from '#storage/subject.entity.ts';

/** What a passkey has to sign; its id is that of the challenge, or of the factor under enrolment. */
export const WebauthnChallengeEntity = defineEntity({
  name: 'WebauthnChallenge',
  tableName: 'webauthn_challenges',
  schema: 'mfa',
  properties: {
    id: p.uuid().primary(),
    user: () =>
      p
        .manyToOne(SubjectEntity)
        .mapToPk()
        .joinColumn('user_id')
        .foreignKeyName('webauthn_challenges_user_id_fkey')
        .index('webauthn_challenges_user_id_index'),
    challenge: p.blob(),
    expiresAt: p.datetime().index('webauthn_challenges_expires_at_index'),
  },
});

/** What is to be signed, until when. */
export interface WebauthnChallenge {
  readonly challenge: Uint8Array;
  readonly expiresAt: Date;
}
