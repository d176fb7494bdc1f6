import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import { type Choices, choiceColumns, choiceNames, type Settings, type Switch } from '#storage/settings.entity.ts';

const columns = choiceNames.map((name) => choiceColumns[name]);
const selected = [
  'user_id as "userId"',
  'version',
  'updated_at as "updatedAt"',
  ...choiceNames.map((name) => `${choiceColumns[name]} as "${name}"`),
].join(', ');

/** What users have chosen, one row a user. */
export class SettingsRepository extends Repository {
  find(userId: UserId): Promise<Settings | undefined> {
    return this.row(`select ${selected} from profile.settings where user_id = ?`, [userId]);
  }

  /** Writes the first settings of a user, of version 0: the user has changed nothing yet. False when there are some. */
  async insert(userId: UserId, choices: Choices, at: Date): Promise<boolean> {
    const inserted = await this.affected(
      `insert into profile.settings (user_id, version, created_at, updated_at, ${columns.join(', ')})
        values (?, 0, ?, ?, ${columns.map(() => '?').join(', ')}) on conflict (user_id) do nothing`,
      [userId, at, at, ...valuesOf(choices)],
    );
    return inserted === 1;
  }

  /** Adds a language to settings that have none, whatever their version; gives them when that changed them. */
  addLanguage(userId: UserId, language: string, at: Date): Promise<Settings | undefined> {
    return this.row(
      `update profile.settings set language = ?, version = version + 1, updated_at = ?
        where user_id = ? and language is null returning ${selected}`,
      [language, at, userId],
    );
  }

  /** Replaces the choices if they still have this version; false when they have moved on. */
  async replace(userId: UserId, version: number, choices: Choices, at: Date): Promise<boolean> {
    const replaced = await this.affected(
      `update profile.settings set version = version + 1, updated_at = ?, ${columns.map((column) => `${column} = ?`).join(', ')}
        where user_id = ? and version = ?`,
      [at, ...valuesOf(choices), userId, version],
    );
    return replaced === 1;
  }

  /** Switches off what is on, whatever version the settings have; gives them when that changed them. */
  switchOff(userId: UserId, name: Switch, at: Date): Promise<Settings | undefined> {
    const column = choiceColumns[name];
    return this.row(
      `update profile.settings set ${column} = false, version = version + 1, updated_at = ?
        where user_id = ? and ${column} returning ${selected}`,
      [at, userId],
    );
  }
}

function valuesOf(choices: Choices): unknown[] {
  return choiceNames.map((name) => choices[name]);
}
