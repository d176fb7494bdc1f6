import { type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import * as v from 'valibot';
import type { OffCode, TotpFactor } from '#factor-types/totp/storage/totp-factor.entity.ts';
import { placeOf } from '#storage/factor.repository.ts';

const SecretGroup = v.object({ secret: v.string() });

/**
 * Secrets and steps of authenticator apps, each secret sealed for its own factor (SR-84). The columns that they had in
 * `factors` are written as well, and the step is decided on there, as long as a release runs that knows no other.
 */
export class TotpFactorRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  async insert(userId: UserId, id: string, secret: Uint8Array): Promise<void> {
    const group = { secret: Buffer.from(secret).toString('base64') };
    await this.affected(
      `with enrolled as (insert into mfa.totp_factors (factor_id, sealed) values (?, ?) returning factor_id, sealed)
       update mfa.factors f set sealed = e.sealed from enrolled e where f.id = e.factor_id`,
      [id, await this.#vault.seal(this.em, placeOf(userId, id, 'secret'), group)],
    );
  }

  /** An authenticator app, confirmed or not. */
  async find(userId: UserId, id: string): Promise<TotpFactor | undefined> {
    const row = await this.row<{ sealed: Uint8Array; lastStep: number | null }>(
      `select coalesce(t.sealed, f.sealed) as sealed, f.last_step as "lastStep"
       from mfa.factors f left join mfa.totp_factors t on t.factor_id = f.id
       where f.user_id = ? and f.id = ? and f.type = 'totp'`,
      [userId, id],
    );
    if (row === undefined) return undefined;
    const opened = await this.#vault.open(this.em, placeOf(userId, id, 'secret'), row.sealed);
    return { id, lastStep: row.lastStep, secret: Buffer.from(v.parse(SecretGroup, opened).secret, 'base64') };
  }

  /** Remembers the step of an accepted code; false when that step or a later one has been accepted before (SR-21). */
  async noteStep(userId: UserId, id: string, step: number): Promise<boolean> {
    const noted = await this.affected(
      `with spent as (
         update mfa.factors set last_step = ?
         where user_id = ? and id = ? and type = 'totp' and (last_step is null or last_step < ?)
         returning id, sealed, last_step)
       insert into mfa.totp_factors as t (factor_id, sealed, last_step) select id, sealed, last_step from spent
       on conflict (factor_id) do update set last_step = excluded.last_step`,
      [step, userId, id, step],
    );
    return noted === 1;
  }

  /**
   * Remembers a code that was refused for its time alone. Whether the one before it was as far off, give or take a step, and of
   * an earlier step: two such codes are no guesses, but an app whose clock is off.
   */
  async noteOffCode(id: string, { step, by }: OffCode): Promise<boolean> {
    const row = await this.row<{ isSecond: boolean }>(
      `update mfa.totp_factors t set off_step = ?, off_by = ?
       from (select factor_id, off_step, off_by from mfa.totp_factors where factor_id = ? for update) before
       where t.factor_id = before.factor_id
       returning coalesce(before.off_step < ? and abs(before.off_by - ?) <= 1, false) as "isSecond"`,
      [step, by, id, step, by],
    );
    return row?.isSecond ?? false;
  }
}
