import { Repository } from '@bank/database';

/** The projection of users. */
export class UserRepository extends Repository {
  /** Notes that a user is active; noting it again changes nothing. */
  async noteActivated(userId: string, activatedAt: Date): Promise<void> {
    await this.affected(
      `insert into admin.users (user_id, status, version, activated_at) values (?, 'active', 1, ?)
       on conflict (user_id) do nothing`,
      [userId, activatedAt],
    );
  }
}
