import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** Data keys that were made before there was a user: by a registration, an invitation or an import. */
export class DataKeyRepository extends Repository {
  /** Removes the data keys of those among them who have not become users. */
  async removeOfNobody(userIds: readonly UserId[]): Promise<void> {
    await this.rows('select auth.remove_keys_of_nobody(?::uuid[])', [userIds]);
  }
}
