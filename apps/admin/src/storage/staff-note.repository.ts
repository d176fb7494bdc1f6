import { DataKeyMissing, type PiiVault, Repository, type SealedPlace } from '@bank/database';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { StaffNote } from '#storage/staff-note.entity.ts';

type SealedNote = Pick<StaffNote, 'id' | 'userId'> & { readonly reason: Buffer };

/** Reasons of staff, sealed on the way in and opened on the way out. */
export class StaffNoteRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** Adds a note. False when the retained key of its user was destroyed, as an erasure leaves it until law lets go of it. */
  async add({ id, userId, authorId, action, reason, createdAt }: StaffNote): Promise<boolean> {
    const sealed = await this.#seal(placeOf({ id, userId }), reason);
    if (sealed === undefined) return false;
    await this.affected(
      `insert into admin.staff_notes (id, user_id, author_id, action, reason, created_at) values (?, ?, ?, ?, ?, ?)`,
      [id, userId, authorId, action, sealed, createdAt],
    );
    return true;
  }

  /** The words of notes by id; without those whose key was destroyed. */
  async read(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const sql = 'select id, user_id as "userId", reason from admin.staff_notes where id = any(?::uuid[])';
    const opened = new Map<string, string>();
    for (const note of await this.rows<SealedNote>(sql, [[...ids]])) {
      const reason = await this.#open(note);
      if (reason !== undefined) opened.set(note.id, reason);
    }
    return opened;
  }

  async #seal(place: SealedPlace, reason: string): Promise<Buffer | undefined> {
    const seal = () => this.#vault.seal(this.em, place, { reason });
    try {
      return await seal().catch(async (error: unknown) => {
        rethrowUnlessMissing(error);
        await this.#vault.createKeys(this.em, place.userId); // the first note about this user
        return seal();
      });
    } catch (error) {
      rethrowUnlessMissing(error);
      return undefined;
    }
  }

  async #open(note: SealedNote): Promise<string | undefined> {
    try {
      return String((await this.#vault.open(this.em, placeOf(note), note.reason))['reason']);
    } catch (error) {
      rethrowUnlessMissing(error);
      return undefined;
    }
  }
}

function rethrowUnlessMissing(error: unknown): void {
  if (!(error instanceof DataKeyMissing)) throw error;
}

/** A record of its own for each note, so that none opens in the place of another (SR-84). */
function placeOf({ id, userId }: Pick<StaffNote, 'id' | 'userId'>): SealedPlace {
  return { userId, table: 'staff_notes', group: `reason ${id}`, keyClass: 'retained' };
}
