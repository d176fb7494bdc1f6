import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * Why a member of staff did something, in their words: sealed under the retained key of `userId`, whom it is about, or who
 * wrote it where it is about nobody who is a user yet. Nothing else holds these words; events, the ledger and other
 * services know the note by its id.
 */
export const StaffNoteEntity = defineEntity({
  name: 'StaffNote',
  tableName: 'staff_notes',
  schema: 'admin',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    authorId: p.uuid(),
    action: p.text(),
    reason: p.blob(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'staff_notes_user_index', properties: ['userId', 'id'] }],
});

/** A note before it is sealed. */
export interface StaffNote {
  readonly id: string;
  readonly userId: string;
  readonly authorId: string;
  readonly action: string;
  readonly reason: string;
  readonly createdAt: Date;
}
