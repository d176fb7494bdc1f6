import { type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import * as v from 'valibot';
import { placeOf } from '#storage/factor.repository.ts';
import type { TotpFactor } from '#storage/factor-types/totp-factor.entity.ts';

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
}
