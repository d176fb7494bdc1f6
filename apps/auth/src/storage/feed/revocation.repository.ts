import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** A revocation as it is written; a number comes later, from the publisher. */
export interface NewRevocation {
  id: string;
  sessionId?: string;
  userId?: UserId;
  signingKeyId?: string;
  notBefore: Date;
  expiresAt: Date;
}

export interface NumberedRevocation {
  number: number;
  sessionId: string | null;
  userId: UserId | null;
  signingKeyId: string | null;
  notBefore: Date;
  expiresAt: Date;
}

/** Where the feed stands. */
export interface FeedState {
  epoch: number;
  number: number;
}

type ListedRow = NumberedRevocation & { epoch: number; feedNumber: number };

const columns = `r.number, r.session_id as "sessionId", r.user_id as "userId", r.signing_key_id as "signingKeyId",
  r.not_before as "notBefore", r.expires_at as "expiresAt"`;

/** Revocations, and the lease of the one publisher that numbers them. */
export class RevocationRepository extends Repository {
  async insert({ id, sessionId, userId, signingKeyId, notBefore, expiresAt }: NewRevocation): Promise<void> {
    await this.affected(
      `insert into auth.revocations (id, session_id, user_id, signing_key_id, not_before, expires_at)
        values (?, ?, ?, ?, ?, ?)`,
      [id, sessionId ?? null, userId ?? null, signingKeyId ?? null, notBefore, expiresAt],
    );
  }

  /**
   * Takes or keeps the lease for some seconds by the database's clock, and holds its row until the transaction ends.
   * Undefined while another publisher has it. Who takes it begins a new epoch: a time, so that it also grows when the
   * database was restored from an older copy. So does a holder whose lease has run out, or does not stand at the number
   * where they left it: a failover has lost what everybody was told.
   */
  holdLease(holder: string, standsAt: number | undefined, seconds: number): Promise<FeedState | undefined> {
    return this.row(
      `update auth.revocation_lease set
          epoch = case when holder = ? and number = ? and expires_at > clock_timestamp() then epoch
            else greatest(epoch + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint) end,
          holder = ?, expires_at = clock_timestamp() + make_interval(secs => ?)
        where name = 'publisher' and (holder = ? or holder is null or expires_at < clock_timestamp())
        returning epoch, number`,
      [holder, standsAt ?? null, holder, seconds, holder],
    );
  }

  /** Lets go of the lease, so that the next publisher need not wait for its end. */
  async releaseLease(holder: string): Promise<void> {
    await this.affected('update auth.revocation_lease set expires_at = clock_timestamp() where holder = ?', [holder]);
  }

  /** Numbers what has been committed since the last time, at most `limit` entries. The caller holds the lease's row. */
  async number(limit: number): Promise<NumberedRevocation[]> {
    const numbered = await this.rows<NumberedRevocation>(
      `with fresh as (
          select id, row_number() over (order by id) as place
            from (select id from auth.revocations where number is null order by id limit ?) as unnumbered),
        counted as (
          update auth.revocation_lease set number = number + (select count(*) from fresh)
            where name = 'publisher' returning number - (select count(*) from fresh) as base)
        update auth.revocations r set number = counted.base + fresh.place from fresh, counted where r.id = fresh.id
          returning ${columns}`,
      [limit],
    );
    return numbered.toSorted((a, b) => a.number - b.number);
  }

  /**
   * Where the feed stands and the live entries after a number, of one moment. Undefined while nobody publishes: then there
   * may be revocations that have no number, and a list without them would prove nothing.
   */
  async listSince(
    since: FeedState,
    page: { now: Date; limit: number },
  ): Promise<(FeedState & { entries: NumberedRevocation[] }) | undefined> {
    const rows = await this.rows<ListedRow>(
      `select l.epoch, l.number as "feedNumber", ${columns}
        from auth.revocation_lease l
          left join lateral (
            select * from auth.revocations
              where number > case when l.epoch = ? then ?::bigint else 0 end and number <= l.number and expires_at > ?
              order by number limit ?) as r on true
        where l.name = 'publisher' and l.expires_at > clock_timestamp() order by r.number`,
      [since.epoch, since.number, page.now, page.limit],
    );
    const [first] = rows;
    if (first === undefined) return undefined;
    const entries = rows.filter((row) => row.number !== null);
    return { epoch: first.epoch, number: first.feedNumber, entries };
  }
}
