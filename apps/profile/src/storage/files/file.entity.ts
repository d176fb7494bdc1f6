import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/** What a file is for. */
export type FilePurpose = 'avatar' | 'kyc_document';

/**
 * A file of a user. `begun`: an upload is waited for, at `upload_key`. `stored`: it was checked, and lies sealed at `stored_key`.
 * `removed`, or begun and past `expires_at`: the objects go, and then the row. The upload goes once its link cannot bring it
 * back, at `upload_until`.
 */
export const FileEntity = defineEntity({
  name: 'File',
  tableName: 'files',
  schema: 'profile',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    purpose: p.text(),
    status: p.text(),
    provider: p.text(),
    contentType: p.text(),
    sizeBytes: p.integer(),
    sha256: p.blob().nullable(),
    uploadKey: p.text().nullable(),
    uploadUntil: p.datetime(),
    storedKey: p.text(),
    claim: p.uuid().nullable(),
    claimedUntil: p.datetime().nullable(),
    expiresAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
  indexes: [
    { name: 'files_user_index', properties: ['userId', 'purpose', 'status'] },
    { name: 'files_expiry_index', properties: ['expiresAt'], where: 'expires_at is not null' },
    { name: 'files_upload_index', properties: ['uploadUntil'], where: 'upload_key is not null' },
  ],
  checks: [
    { name: 'files_purpose_check', expression: `purpose in ('avatar', 'kyc_document')` },
    { name: 'files_status_check', expression: `status in ('begun', 'stored', 'removed')` },
    { name: 'files_expiry_check', expression: `(status = 'stored') = (expires_at is null)` },
  ],
});

/** An upload that is waited for, or is being checked. */
export interface Upload {
  readonly id: string;
  readonly userId: UserId;
  readonly purpose: FilePurpose;
  /** The name of the storage that it is sent to. */
  readonly provider: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
  readonly uploadKey: string;
  readonly uploadUntil: Date;
  readonly storedKey: string;
}

/** A file that was checked and lies sealed. Its type and size are those of what it is once opened. */
export interface StoredFile {
  readonly id: string;
  readonly userId: UserId;
  readonly purpose: FilePurpose;
  readonly provider: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly storedKey: string;
  readonly createdAt: Date;
}

/** Objects that are to go. `uploadKey` is null once the upload went; `storedKey` when what lies there stays. */
export interface Leftover {
  readonly id: string;
  readonly provider: string;
  readonly uploadKey: string | null;
  readonly storedKey: string | null;
}
