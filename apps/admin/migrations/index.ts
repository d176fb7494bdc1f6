import { Ledger } from './202611230001-ledger.ts';
import { LedgerCheckpoints } from './202611230002-ledger-checkpoints.ts';
import { PublishedDeliveries } from './202612020041-published-deliveries.ts';
import { StaffActs } from './202612020051-staff-acts.ts';
import { Unmaskings } from './202612020052-unmaskings.ts';
import { Approvals } from './202612020053-approvals.ts';
import { LedgerForwarding } from './202612020061-ledger-forwarding.ts';
import { LedgerVerification } from './202612032305-ledger-verification.ts';
import { CommittedKeys } from './202612060010-committed-keys.ts';
import { RowsAppendedTogether } from './202612060070-rows-appended-together.ts';
import { WaitingOutboxIndex } from './202612060080-waiting-outbox-index.ts';

/** In the order they run; a name is never changed once it has landed. */
export const migrations = [
  { name: '202611230001-ledger', class: Ledger },
  { name: '202611230002-ledger-checkpoints', class: LedgerCheckpoints },
  { name: '202612020041-published-deliveries', class: PublishedDeliveries },
  { name: '202612020051-staff-acts', class: StaffActs },
  { name: '202612020052-unmaskings', class: Unmaskings },
  { name: '202612020053-approvals', class: Approvals },
  { name: '202612020061-ledger-forwarding', class: LedgerForwarding },
  { name: '202612032305-ledger-verification', class: LedgerVerification },
  { name: '202612060010-committed-keys', class: CommittedKeys },
  { name: '202612060070-rows-appended-together', class: RowsAppendedTogether },
  { name: '202612060080-waiting-outbox-index', class: WaitingOutboxIndex },
];
