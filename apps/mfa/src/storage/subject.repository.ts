import { type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';

/** Users who may enrol factors. */
export class SubjectRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** Adds a user and the data keys his factors will be sealed under; adding him again changes nothing. */
  async add(userId: UserId, activatedAt: Date): Promise<void> {
    await this.#vault.createKeys(this.em, userId);
    await this.affected(
      'insert into mfa.subjects (user_id, activated_at) values (?, ?) on conflict (user_id) do nothing',
      [userId, activatedAt],
    );
  }
}
