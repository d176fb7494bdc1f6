import { type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import * as v from 'valibot';
import type { ConfirmedFactor, FactorKind, FactorTypeName, PendingFactor } from '#storage/factor.entity.ts';

/** What was enrolled in a session whose id is smaller, or confirmed up to a moment. */
export interface EnrolledUntil {
  readonly sessionBelow: string;
  readonly until: Date;
}

type ConfirmedRow = Omit<ConfirmedFactor, 'label'> & { label: Uint8Array };

const columns = `id, type, confirmed_at as "confirmedAt", last_used_at as "lastUsedAt", is_preferred as "isPreferred", version`;
const namedColumns = `${columns}, label`;
const confirmedInOrder = `from mfa.factors where user_id = ? and confirmed_at is not null
  order by is_preferred desc, last_used_at desc nulls last, id desc`;
const enrolledUntil = '(session_id < ? or confirmed_at <= ?)';
const LabelGroup = v.object({ label: v.string() });

/** Factors of all kinds. Names are sealed apart from what proves a factor: what is listed needs no secret opened (SR-84). */
export class FactorRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** A user's confirmed factors without their names, the preferred first, then the most recently used; none for an unknown user. */
  listConfirmed(userId: UserId): Promise<Omit<ConfirmedFactor, 'label'>[]> {
    return this.rows(`select ${columns} ${confirmedInOrder}`, [userId]);
  }

  /** The same with the names their user gave them. */
  async listNamed(userId: UserId): Promise<ConfirmedFactor[]> {
    const rows = await this.rows<ConfirmedRow>(`select ${namedColumns} ${confirmedInOrder}`, [userId]);
    return Promise.all(rows.map((row) => this.#named(userId, row)));
  }

  async findConfirmed(userId: UserId, id: string): Promise<ConfirmedFactor | undefined> {
    const sql = `select ${namedColumns} from mfa.factors where user_id = ? and id = ? and confirmed_at is not null`;
    const row = await this.row<ConfirmedRow>(sql, [userId, id]);
    return row === undefined ? undefined : this.#named(userId, row);
  }

  /** Of which kinds a user's confirmed factors are. */
  listKinds(userId: UserId): Promise<FactorKind[]> {
    return this.rows(
      `select id, type, coalesce(is_attested and not is_backup_eligible, false) as "isHardware"
       from mfa.factors left join mfa.webauthn_credentials on factor_id = id
       where user_id = ? and confirmed_at is not null`,
      [userId],
    );
  }

  /** Of which kinds those of a user's confirmed factors are that were enrolled by then. */
  listKindsOf(userId: UserId, { sessionBelow, until }: EnrolledUntil): Promise<Pick<FactorKind, 'type'>[]> {
    const sql = `select type from mfa.factors where user_id = ? and confirmed_at is not null and ${enrolledUntil}`;
    return this.rows(sql, [userId, sessionBelow, until]);
  }

  /** Begins to enrol a factor, of which so many tries were counted already. */
  async insertPending(userId: UserId, factor: PendingFactor, attempts = 0): Promise<void> {
    const { id, type, sessionId, createdAt, expiresAt } = factor;
    const label = await this.#seal(userId, id, { label: factor.label });
    await this.affected(
      `insert into mfa.factors (id, user_id, type, label, session_id, created_at, expires_at, attempts)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, userId, type, label, sessionId, createdAt, expiresAt, attempts],
    );
  }

  /** Counts one try to confirm a pending factor before it is judged; false when the session has none such to confirm. */
  async claimConfirmation(
    userId: UserId,
    id: string,
    attempt: { type: FactorTypeName; sessionId: string; attemptsMax: number; now: Date },
  ): Promise<boolean> {
    const { type, sessionId, attemptsMax, now } = attempt;
    const claimed = await this.affected(
      `update mfa.factors set attempts = attempts + 1
       where user_id = ? and id = ? and type = ? and session_id = ?
         and confirmed_at is null and expires_at > ? and attempts < ?`,
      [userId, id, type, sessionId, now, attemptsMax],
    );
    return claimed === 1;
  }

  /** Makes a pending factor count. */
  async confirm(userId: UserId, id: string, at: Date): Promise<boolean> {
    const sql = 'update mfa.factors set confirmed_at = ? where user_id = ? and id = ? and confirmed_at is null';
    return (await this.affected(sql, [at, userId, id])) === 1;
  }

  /** Notes that a factor was used. */
  async noteUse(id: string, at: Date): Promise<void> {
    await this.affected('update mfa.factors set last_used_at = ? where id = ?', [at, id]);
  }

  /** Changes a confirmed factor that still has this version; gives the new version, or nothing when it has moved on. */
  async change(
    userId: UserId,
    id: string,
    { label, isPreferred, version }: { label: string; isPreferred: boolean; version: number },
  ): Promise<number | undefined> {
    const row = await this.row<{ version: number }>(
      `update mfa.factors set label = ?, is_preferred = ?, version = version + 1
       where user_id = ? and id = ? and confirmed_at is not null and version = ? returning version`,
      [await this.#seal(userId, id, { label }), isPreferred, userId, id, version],
    );
    return row?.version;
  }

  /** Leaves a user without a preferred factor other than this one, which is a change of that other one. */
  async preferNoOther(userId: UserId, id: string): Promise<void> {
    await this.affected(
      `update mfa.factors set is_preferred = false, version = version + 1
       where user_id = ? and id <> ? and is_preferred`,
      [userId, id],
    );
  }

  /** Removes a confirmed factor that still has this version; gives its type, or nothing when it has moved on. */
  async remove(userId: UserId, id: string, version: number): Promise<FactorTypeName | undefined> {
    const row = await this.row<{ type: FactorTypeName }>(
      `delete from mfa.factors where user_id = ? and id = ? and confirmed_at is not null and version = ? returning type`,
      [userId, id, version],
    );
    return row?.type;
  }

  /** Removes whatever a user has, or had enrolled by then, confirmed or not; gives the confirmed ones. */
  async removeAll(userId: UserId, scope?: EnrolledUntil): Promise<{ id: string; type: FactorTypeName }[]> {
    const removed = await this.rows<{ id: string; type: FactorTypeName; isConfirmed: boolean }>(
      `delete from mfa.factors where user_id = ? ${scope === undefined ? '' : `and ${enrolledUntil}`}
       returning id, type, confirmed_at is not null as "isConfirmed"`,
      scope === undefined ? [userId] : [userId, scope.sessionBelow, scope.until],
    );
    return removed.filter(({ isConfirmed }) => isConfirmed).map(({ id, type }) => ({ id, type }));
  }

  /** Forgets what a user began to enrol of a kind and did not confirm; gives the tries of what could still have been, and until when. */
  async removePending(
    userId: UserId,
    type: FactorTypeName,
    now: Date,
  ): Promise<{ attempts: number; expiresAt: Date } | undefined> {
    const removed = await this.rows<{ attempts: number; expiresAt: Date }>(
      `delete from mfa.factors where user_id = ? and type = ? and confirmed_at is null
       returning attempts, expires_at as "expiresAt"`,
      [userId, type],
    );
    return removed.find(({ expiresAt }) => expiresAt > now);
  }

  async #named(userId: UserId, row: ConfirmedRow): Promise<ConfirmedFactor> {
    const opened = await this.#vault.open(this.em, placeOf(userId, row.id, 'label'), row.label);
    return { ...row, label: v.parse(LabelGroup, opened).label };
  }

  #seal(userId: UserId, id: string, value: { label: string }): Promise<Buffer> {
    return this.#vault.seal(this.em, placeOf(userId, id, 'label'), value);
  }
}

/** The id of the row is part of the place: what proves two factors of one user cannot be swapped either. */
export function placeOf(userId: UserId, id: string, group: 'label' | 'secret') {
  return { userId, table: 'factors', group: `${group}:${id}`, keyClass: 'erasable' } as const;
}
