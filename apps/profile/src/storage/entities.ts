import { ProfileEntity } from '#storage/profile.entity.ts';

/** Every entity of the schema `profile`: what the migrations are checked against. */
export const entities = [ProfileEntity];
