import { SqlMigration } from '@bank/database';

/**
 * Data keys that were made for somebody who has not become a user. The app role removes no keys, so that what was erased stays so:
 * this function removes them for it where there is no user, and tells who remembers them.
 */
export class KeysOfNobody extends SqlMigration {
  override statements(): string[] {
    return [
      `create function auth.remove_keys_of_nobody(user_ids uuid[]) returns void
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        delete from auth.data_keys k
          where k.user_id = any(user_ids) and not exists (select from auth.users u where u.id = k.user_id);
        if found then perform pg_notify('auth_data_keys_destroyed', ''); end if;
      end $$`,
      'revoke all on function auth.remove_keys_of_nobody(uuid[]) from public',
      'grant execute on function auth.remove_keys_of_nobody(uuid[]) to auth_app',
    ];
  }
}
