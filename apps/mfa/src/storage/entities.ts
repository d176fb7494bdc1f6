import { entities as ofKinds } from '#factor-types/gen/storage/parts.gen.ts';
import { ChallengeEntity } from '#storage/challenge.entity.ts';
import { FactorEntity } from '#storage/factor.entity.ts';
import { SubjectEntity } from '#storage/subject.entity.ts';

/** Every entity of the schema `mfa`: what the migrations are checked against. */
export const entities = [SubjectEntity, FactorEntity, ChallengeEntity, ...ofKinds];
