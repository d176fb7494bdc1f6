import { type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import * as v from 'valibot';
import type { ConfirmedFactor, FactorTypeName, PendingFactor, TotpFactor } from '#storage/factor.entity.ts';

type ConfirmedRow = Omit<ConfirmedFactor, 'label'> & { label: Uint8Array };
type SecretRow = Omit<TotpFactor, 'secret'> & { sealed: Uint8Array };

const columns = `id, type, label, confirmed_at as "confirmedAt", last_used_at as "lastUsedAt", version`;
const LabelGroup = v.object({ label: v.string() });
const SecretGroup = v.object({ secret: v.string() });

/** Factors. Name and secret are sealed apart, each for its own row: what is listed needs no secret opened (SR-84). */
export class FactorRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** A user's confirmed factors without their names, the most recently used first; none for an unknown user. */
  listConfirmed(userId: UserId): Promise<Omit<ConfirmedFactor, 'label'>[]> {
    return this.rows(
      `select id, type, confirmed_at as "confirmedAt", last_used_at as "lastUsedAt", version from mfa.factors
       where user_id = ? and confirmed_at is not null
       order by last_used_at desc nulls last, id desc`,
      [userId],
    );
  }

  /** The same with the names their user gave them. */
  async listNamed(userId: UserId): Promise<ConfirmedFactor[]> {
    const rows = await this.rows<ConfirmedRow>(
      `select ${columns} from mfa.factors where user_id = ? and confirmed_at is not null
       order by last_used_at desc nulls last, id desc`,
      [userId],
    );
    return Promise.all(rows.map((row) => this.#named(userId, row)));
  }

  async findConfirmed(userId: UserId, id: string): Promise<ConfirmedFactor | undefined> {
    const sql = `select ${columns} from mfa.factors where user_id = ? and id = ? and confirmed_at is not null`;
    const row = await this.row<ConfirmedRow>(sql, [userId, id]);
    return row === undefined ? undefined : this.#named(userId, row);
  }

  /** A confirmed authenticator app with its secret. */
  async findTotp(userId: UserId, id: string): Promise<TotpFactor | undefined> {
    const row = await this.row<SecretRow>(
      `select id, sealed, last_step as "lastStep" from mfa.factors
       where user_id = ? and id = ? and type = 'totp' and confirmed_at is not null`,
      [userId, id],
    );
    return row === undefined ? undefined : this.#opened(userId, row);
  }

  async countConfirmed(userId: UserId): Promise<number> {
    const sql = 'select count(*)::integer as count from mfa.factors where user_id = ? and confirmed_at is not null';
    return (await this.row<{ count: number }>(sql, [userId]))?.count ?? 0;
  }

  async insertPending(userId: UserId, factor: PendingFactor): Promise<void> {
    const { id, type, sessionId, createdAt, expiresAt } = factor;
    const secret = { secret: Buffer.from(factor.secret).toString('base64') };
    await this.affected(
      `insert into mfa.factors (id, user_id, type, sealed, label, session_id, created_at, expires_at)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[id, userId, type, await this.#seal(userId, id, 'secret', secret)],
        ...[await this.#seal(userId, id, 'label', { label: factor.label }), sessionId, createdAt, expiresAt],
      ],
    );
  }

  /** Counts one try to confirm a pending factor before it is judged; nothing when the session has none such to confirm. */
  async claimConfirmation(
    userId: UserId,
    id: string,
    { sessionId, attemptsMax, now }: { sessionId: string; attemptsMax: number; now: Date },
  ): Promise<TotpFactor | undefined> {
    const row = await this.row<SecretRow>(
      `update mfa.factors set attempts = attempts + 1
       where user_id = ? and id = ? and session_id = ? and confirmed_at is null and expires_at > ? and attempts < ?
       returning id, sealed, last_step as "lastStep"`,
      [userId, id, sessionId, now, attemptsMax],
    );
    return row === undefined ? undefined : this.#opened(userId, row);
  }

  /** Makes a pending factor count; the code that proved it is used up. */
  async confirm(userId: UserId, id: string, { step, at }: { step: number; at: Date }): Promise<boolean> {
    const confirmed = await this.affected(
      `update mfa.factors set confirmed_at = ?, last_step = ? where user_id = ? and id = ? and confirmed_at is null`,
      [at, step, userId, id],
    );
    return confirmed === 1;
  }

  /** Remembers the step of an accepted code; false when that step or a later one has been accepted before (SR-21). */
  async noteStep(userId: UserId, id: string, { step, at }: { step: number; at: Date }): Promise<boolean> {
    const noted = await this.affected(
      `update mfa.factors set last_step = ?, last_used_at = ?
       where user_id = ? and id = ? and confirmed_at is not null and last_step < ?`,
      [step, at, userId, id, step],
    );
    return noted === 1;
  }

  /** Renames a confirmed factor that still has this version; gives the new version, or nothing when it has moved on. */
  async rename(
    userId: UserId,
    id: string,
    { label, version }: { label: string; version: number },
  ): Promise<number | undefined> {
    const row = await this.row<{ version: number }>(
      `update mfa.factors set label = ?, version = version + 1
       where user_id = ? and id = ? and confirmed_at is not null and version = ? returning version`,
      [await this.#seal(userId, id, 'label', { label }), userId, id, version],
    );
    return row?.version;
  }

  /** Removes a confirmed factor that still has this version; gives its type, or nothing when it has moved on. */
  async remove(userId: UserId, id: string, version: number): Promise<FactorTypeName | undefined> {
    const row = await this.row<{ type: FactorTypeName }>(
      `delete from mfa.factors where user_id = ? and id = ? and confirmed_at is not null and version = ? returning type`,
      [userId, id, version],
    );
    return row?.type;
  }

  /** Removes whatever a user has, confirmed or not; gives the confirmed ones. */
  async removeAll(userId: UserId): Promise<{ id: string; type: FactorTypeName }[]> {
    const removed = await this.rows<{ id: string; type: FactorTypeName; isConfirmed: boolean }>(
      'delete from mfa.factors where user_id = ? returning id, type, confirmed_at is not null as "isConfirmed"',
      [userId],
    );
    return removed.filter(({ isConfirmed }) => isConfirmed).map(({ id, type }) => ({ id, type }));
  }

  /** Forgets what a user began to enrol and did not confirm. */
  async removePending(userId: UserId): Promise<void> {
    await this.affected('delete from mfa.factors where user_id = ? and confirmed_at is null', [userId]);
  }

  async #named(userId: UserId, row: ConfirmedRow): Promise<ConfirmedFactor> {
    const opened = await this.#vault.open(this.em, placeOf(userId, row.id, 'label'), row.label);
    return { ...row, label: v.parse(LabelGroup, opened).label };
  }

  async #opened(userId: UserId, { id, sealed, lastStep }: SecretRow): Promise<TotpFactor> {
    const { secret } = v.parse(SecretGroup, await this.#vault.open(this.em, placeOf(userId, id, 'secret'), sealed));
    return { id, lastStep, secret: Buffer.from(secret, 'base64') };
  }

  #seal(userId: UserId, id: string, group: Group, value: Record<string, string>): Promise<Buffer> {
    return this.#vault.seal(this.em, placeOf(userId, id, group), value);
  }
}

type Group = 'label' | 'secret';

/** The id of the row is part of the place: the secrets of two factors of one user cannot be swapped either. */
function placeOf(userId: UserId, id: string, group: Group) {
  return { userId, table: 'factors', group: `${group}:${id}`, keyClass: 'erasable' } as const;
}
