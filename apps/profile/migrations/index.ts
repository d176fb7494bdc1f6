import { Profiles } from './202611230001-profiles.ts';
import { PublishedDeliveries } from './202612020041-published-deliveries.ts';
import { IdentityLock } from './202612050100-identity-lock.ts';
import { ProfileGroups } from './202612050101-profile-groups.ts';
import { ChangeRequests } from './202612050102-change-requests.ts';
import { Settings } from './202612050200-settings.ts';
import { Consents } from './202612050201-consents.ts';
import { Files } from './202612050300-files.ts';
import { Kyc } from './202612050400-kyc.ts';
import { ReplacedDocuments } from './202612050410-replaced-documents.ts';
import { BankAccounts } from './202612050500-bank-accounts.ts';
import { BillerAccounts } from './202612050501-biller-accounts.ts';
import { SearchTokens } from './202612050601-search-tokens.ts';
import { UnindexedProfiles } from './202612050602-unindexed-profiles.ts';
import { SearchScheme } from './202612050603-search-scheme.ts';
import { CommittedKeys } from './202612060010-committed-keys.ts';
import { RowsAppendedTogether } from './202612060070-rows-appended-together.ts';
import { WaitingOutboxIndex } from './202612060080-waiting-outbox-index.ts';

/** In the order they run; a name is never changed once it has landed. */
export const migrations = [
  { name: '202611230001-profiles', class: Profiles },
  { name: '202612020041-published-deliveries', class: PublishedDeliveries },
  { name: '202612050200-settings', class: Settings },
  { name: '202612050201-consents', class: Consents },
  { name: '202612050100-identity-lock', class: IdentityLock },
  { name: '202612050101-profile-groups', class: ProfileGroups },
  { name: '202612050102-change-requests', class: ChangeRequests },
  { name: '202612050300-files', class: Files },
  { name: '202612050400-kyc', class: Kyc },
  { name: '202612050500-bank-accounts', class: BankAccounts },
  { name: '202612050501-biller-accounts', class: BillerAccounts },
  { name: '202612050601-search-tokens', class: SearchTokens },
  { name: '202612050602-unindexed-profiles', class: UnindexedProfiles },
  { name: '202612050603-search-scheme', class: SearchScheme },
  { name: '202612050410-replaced-documents', class: ReplacedDocuments },
  { name: '202612060010-committed-keys', class: CommittedKeys },
  { name: '202612060070-rows-appended-together', class: RowsAppendedTogether },
  { name: '202612060080-waiting-outbox-index', class: WaitingOutboxIndex },
];
