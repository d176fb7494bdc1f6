import { FactorEntity, SubjectEntity } from '#storage/factor.entity.ts';

/** Every entity of the schema `mfa`: what the migrations are checked against. */
export const entities = [SubjectEntity, FactorEntity];
