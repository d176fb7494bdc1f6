import { LedgerEntryEntity } from '#storage/ledger-entry.entity.ts';
import { LedgerHeadEntity } from '#storage/ledger-head.entity.ts';
import { UserEntity } from '#storage/user.entity.ts';

/** Every entity of the schema `admin`: what the migrations are checked against. */
export const entities = [LedgerEntryEntity, LedgerHeadEntity, UserEntity];
