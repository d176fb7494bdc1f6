import { type PiiVault, Repository, type SealedPlace } from '@bank/database';
import { DomainError, type KycDocumentKind, type KycSide, kycKindsOf, kycTiers, type UserId } from '@bank/domain';
import { SealBroken } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';

/** What stands in a document; null for a kind that has none. Dates are `YYYY-MM-DD`. */
export type KycParticulars = {
  readonly number: string | null;
  readonly expiresOn: string | null;
};

/** One side of a document. */
export interface KycDocument {
  readonly id: string;
  readonly caseId: string;
  readonly userId: UserId;
  readonly kind: KycDocumentKind;
  readonly side: KycSide;
  readonly country: string;
  readonly state: 'begun' | 'uploaded' | 'replaced';
  readonly uploadId: string;
  readonly fileId: string | null;
  readonly createdAt: Date;
  readonly uploadedAt: Date | null;
}

/** A document with what stands in it. */
export type OpenedKycDocument = KycDocument & KycParticulars;

/** The file of a document in whose place another one came. */
export interface ReplacedFile {
  readonly documentId: string;
  readonly userId: UserId;
  readonly caseId: string;
  readonly fileId: string;
}

type Sealed = KycDocument & { readonly particulars: Uint8Array };

const columns = `d.id, d.case_id as "caseId", d.user_id as "userId", d.kind, d.side, d.country, d.state, d.upload_id as "uploadId",
  d.file_id as "fileId", d.created_at as "createdAt", d.uploaded_at as "uploadedAt"`;

/** Which kinds of documents each tier needs. */
const needs = kycTiers.flatMap((tier) => kycKindsOf(tier).map((kind) => `(${tier}, '${kind}')`)).join(', ');

/**
 * The uploaded documents `d` that count for a case `c`, of each kind and side the latest: its own, and of those that were approved before it
 * what their tier needed. What a case showed beyond its tier was looked at by nobody. A case that has expired since `c` was handed in counts
 * as it did then: `c` rests on it too.
 */
const countingDocuments = `lateral (select distinct on (d.kind, d.side) d.* from profile.kyc_documents d
  where d.user_id = c.user_id and d.state = 'uploaded' and (d.case_id = c.id or (d.case_id, d.kind) in
    (select o.id, n.kind from profile.kyc_cases o join (values ${needs}) as n (tier, kind) on n.tier = o.tier
      where o.user_id = c.user_id and (c.id is null or o.id < c.id)
        and (o.status = 'approved' or (o.status = 'expired' and o.moved_at > c.submitted_at))))
  order by d.kind, d.side, d.id desc) d`;

/** Until somebody has looked into a record that does not open: it does not heal by itself. */
const repairSeconds = 3600;

/** Documents, what stands in them sealed under the retained key of their user. */
export class KycDocumentRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  async begin(
    document: Omit<OpenedKycDocument, 'state' | 'fileId' | 'uploadedAt' | 'createdAt'> & { readonly at: Date },
  ): Promise<void> {
    const { id, caseId, userId, kind, side, country, uploadId, number, expiresOn, at } = document;
    const particulars = await this.#vault.seal(this.em, placeOf({ id, userId }), { number, expiresOn });
    await this.affected(
      `insert into profile.kyc_documents (id, case_id, user_id, kind, side, country, state, upload_id, particulars, created_at)
        values (?, ?, ?, ?, ?, ?, 'begun', ?, ?, ?)`,
      [id, caseId, userId, kind, side, country, uploadId, particulars, at],
    );
  }

  find(id: string): Promise<KycDocument | undefined> {
    return this.row(`select ${columns} from profile.kyc_documents d where id = ?`, [id]);
  }

  /** A document with what stands in it. @throws profile.unreadable */
  async findOpened(id: string): Promise<OpenedKycDocument | undefined> {
    const row = await this.row<Sealed>(`select ${columns}, particulars from profile.kyc_documents d where id = ?`, [
      id,
    ]);
    return row && this.#open(row);
  }

  /**
   * Puts earlier ones of its kind and side aside. What came after the case was last handed in was looked at by nobody: gives the
   * files of those, which have them no longer.
   */
  async replaceEarlier({ id, caseId, kind, side }: KycDocument, handedInAt: Date | null): Promise<readonly string[]> {
    const rows = await this.rows<{ fileId: string | null }>(
      `update profile.kyc_documents d set state = 'replaced',
          file_id = case when d.uploaded_at > coalesce(?::timestamptz, '-infinity') then null else d.file_id end
        from (select id, file_id from profile.kyc_documents
          where case_id = ? and kind = ? and side = ? and state = 'uploaded' and id <> ?) o
        where d.id = o.id returning case when d.file_id is null then o.file_id end as "fileId"`,
      [handedInAt, caseId, kind, side, id],
    );
    return rows.flatMap(({ fileId }) => fileId ?? []);
  }

  /** Takes their files from those that were replaced, in cases that have been closed since before then; whose they were. */
  takeReplaced(closedBefore: Date, limit: number): Promise<readonly ReplacedFile[]> {
    return this.rows(
      `update profile.kyc_documents d set file_id = null
        from (select r.id, r.file_id from profile.kyc_documents r join profile.kyc_cases c on c.id = r.case_id
          where r.state = 'replaced' and r.file_id is not null and c.moved_at < ?
            and c.status in ('approved', 'rejected', 'expired')
          limit ? for update of r skip locked) o
        where d.id = o.id returning d.id as "documentId", d.user_id as "userId", d.case_id as "caseId", o.file_id as "fileId"`,
      [closedBefore, limit],
    );
  }

  /**
   * Removes the documents of a case, or of all cases of a user, that were never handed in, with what stands in them: nobody has looked at
   * them. Gives the files they had.
   */
  async removeUnseen(of: { caseId?: string; userId?: UserId }): Promise<readonly string[]> {
    const rows = await this.rows<{ fileId: string | null }>(
      `delete from profile.kyc_documents d using profile.kyc_cases c
        where c.id = d.case_id and (c.id = ? or c.user_id = ?)
          and (d.uploaded_at is null or d.uploaded_at > coalesce(c.submitted_at, '-infinity')) returning d.file_id as "fileId"`,
      [of.caseId ?? null, of.userId ?? null],
    );
    return rows.flatMap(({ fileId }) => fileId ?? []);
  }

  /** Marks a document as uploaded; false when it was before. */
  async upload({ id }: KycDocument, fileId: string, at: Date): Promise<boolean> {
    const uploaded = await this.affected(
      `update profile.kyc_documents set state = 'uploaded', file_id = ?, uploaded_at = ? where id = ? and state = 'begun'`,
      [fileId, at, id],
    );
    return uploaded === 1;
  }

  /** What counts for a case, or, without one, for the next, opened: as it did when the case was handed in, or as it does now. */
  async usable(userId: UserId, caseId: string | undefined, handedInAt: Date | undefined): Promise<OpenedKycDocument[]> {
    const rows = await this.rows<Sealed>(
      `select ${columns}, d.particulars
        from (select ?::uuid as user_id, ?::uuid as id, ?::timestamptz as submitted_at) c, ${countingDocuments}`,
      [userId, caseId ?? null, handedInAt ?? null],
    );
    return Promise.all(rows.map((row) => this.#open(row)));
  }

  /** What each of these cases rests on by its tier, without what stands in it: what whoever decides it is to look at. */
  ofReviews(caseIds: readonly string[]): Promise<(KycDocument & { readonly reviewId: string })[]> {
    return this.rows(
      `select ${columns}, c.id as "reviewId" from profile.kyc_cases c, ${countingDocuments}
        where c.id = any(?::uuid[]) and (c.tier, d.kind) in (values ${needs}) order by d.id`,
      [caseIds],
    );
  }

  /** The uploaded documents of a case, without what stands in them. */
  ofCase(caseId: string): Promise<KycDocument[]> {
    return this.rows(
      `select ${columns} from profile.kyc_documents d where case_id = ? and state = 'uploaded' order by id`,
      [caseId],
    );
  }

  async #open({ particulars, ...document }: Sealed): Promise<OpenedKycDocument> {
    try {
      const opened = await this.#vault.open(this.em, placeOf(document), particulars);
      return { ...document, ...(opened as KycParticulars) };
    } catch (cause) {
      if (!(cause instanceof SealBroken)) throw cause;
      const reason = 'a document does not open: damaged, or moved from another row (SR-84)';
      throw new DomainError('profile.unreadable', { reason, details: { retryAfterSeconds: repairSeconds }, cause });
    }
  }
}

/** The sensitivity group of a document: it opens in its own row alone. */
export function documentGroupOf(id: unknown): string {
  return `documents ${id}`;
}

function placeOf({ id, userId }: { id: string; userId: UserId }): SealedPlace {
  return { userId, table: 'kyc_documents', group: documentGroupOf(id), keyClass: 'retained' };
}
