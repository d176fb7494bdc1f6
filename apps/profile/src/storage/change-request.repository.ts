import { type PiiVault, Repository, type SealedPlace } from '@bank/database';
import type { JsonObject, UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import {
  type ChangeRequest,
  type ChangeRequestRow,
  type ChangeRequestStatus,
  type Proposal,
  proposalGroup,
  type Rejection,
  type WaitingRequest,
} from '#storage/change-request.entity.ts';
import { unreadable } from '#storage/unreadable.ts';

const columns = `id, user_id as "userId", status, fields, proposal, created_at as "createdAt", closed_at as "closedAt",
  decided_by as "decidedBy", rejection`;

/** How a request ends. */
export interface Closing {
  readonly status: Exclude<ChangeRequestStatus, 'open'>;
  readonly at: Date;
  readonly decidedBy?: UserId;
  readonly noteId?: string;
  readonly rejection?: Rejection | undefined;
}

/** Change requests, opened on the way out and sealed on the way in. */
export class ChangeRequestRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** Opens a request; false when its user has one open. */
  async open(request: Pick<ChangeRequest, 'id' | 'userId' | 'fields' | 'createdAt'> & Proposal): Promise<boolean> {
    const { id, userId, fields, changes, reason, createdAt } = request;
    const proposal = await this.#vault.seal(this.em, placeOf(userId, id), { changes, reason } as JsonObject);
    const opened = await this.affected(
      `insert into profile.change_requests (id, user_id, status, fields, proposal, created_at)
       values (?, ?, 'open', ?, ?, ?) on conflict (user_id) where status = 'open' do nothing`,
      [id, userId, fields, proposal, createdAt],
    );
    return opened === 1;
  }

  async find(userId: UserId, id: string): Promise<ChangeRequest | undefined> {
    const sql = `select ${columns} from profile.change_requests where user_id = ? and id = ?`;
    const row = await this.row<ChangeRequestRow>(sql, [userId, id]);
    return row === undefined ? undefined : this.#opened(row);
  }

  /** Whether a request of the user waits for a decision. */
  async isOpen(userId: UserId): Promise<boolean> {
    const sql = `select 1 from profile.change_requests where user_id = ? and status = 'open'`;
    return (await this.row(sql, [userId])) !== undefined;
  }

  /** A user's requests, the latest first. */
  async list(userId: UserId, page: { before: string | undefined; limit: number }): Promise<ChangeRequest[]> {
    const rows = await this.rows<ChangeRequestRow>(
      `select ${columns} from profile.change_requests where user_id = ? and (?::uuid is null or id < ?::uuid)
       order by id desc limit ?`,
      [userId, page.before ?? null, page.before ?? null, page.limit],
    );
    return Promise.all(rows.map((row) => this.#opened(row)));
  }

  /** Those that wait for a decision, the oldest first. */
  listWaiting(page: { after: string | undefined; limit: number }): Promise<WaitingRequest[]> {
    return this.rows(
      `select id, user_id as "userId", fields, created_at as "createdAt" from profile.change_requests
       where status = 'open' and (?::uuid is null or id > ?::uuid) order by id limit ?`,
      [page.after ?? null, page.after ?? null, page.limit],
    );
  }

  /** Ends a request that is open still, once; nothing where it is not. */
  async close(userId: UserId, id: string, closing: Closing): Promise<ChangeRequest | undefined> {
    const { status, at, decidedBy, noteId, rejection } = closing;
    const row = await this.row<ChangeRequestRow>(
      `update profile.change_requests set status = ?, closed_at = ?, decided_by = ?, note_id = ?, rejection = ?
       where user_id = ? and id = ? and status = 'open' returning ${columns}`,
      [status, at, decidedBy ?? null, noteId ?? null, rejection ?? null, userId, id],
    );
    return row === undefined ? undefined : this.#opened(row);
  }

  async #opened({ proposal, ...row }: ChangeRequestRow): Promise<ChangeRequest> {
    const opening = this.#vault.open(this.em, placeOf(row.userId as UserId, row.id), proposal);
    const sealed = await opening.catch((cause: unknown) => {
      throw unreadable('a change request', cause);
    });
    return { ...row, ...sealed } as unknown as ChangeRequest;
  }
}

function placeOf(userId: UserId, id: string): SealedPlace {
  return { userId, table: 'change_requests', group: proposalGroup(id), keyClass: 'erasable' };
}
