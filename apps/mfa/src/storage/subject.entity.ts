import { defineEntity, p } from '@mikro-orm/postgresql';

/** A user who may enrol factors: he is active, and his data keys exist. */
export const SubjectEntity = defineEntity({
  name: 'Subject',
  tableName: 'subjects',
  schema: 'mfa',
  properties: { userId: p.uuid().primary(), activatedAt: p.datetime() },
});
