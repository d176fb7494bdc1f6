import type { NamedMigration } from '@bank/database';
import { Platform } from './202611230001-platform.ts';
import { Clients } from './202611230002-clients.ts';
import { Registrations } from './202611230003-registrations.ts';
import { Users } from './202611230004-users.ts';
import { Sessions } from './202611230005-sessions.ts';
import { SignIns } from './202611230006-sign-ins.ts';
import { KeysAndRevocations } from './202611230007-keys-and-revocations.ts';
import { Deliveries } from './202611230008-deliveries.ts';
import { StepUp } from './202612010009-step-up.ts';
import { Enrolment } from './202612020011-enrolment.ts';
import { Activations } from './202612020012-activations.ts';
import { PasswordResets } from './202612020013-password-resets.ts';
import { Approvals } from './202612020021-approvals.ts';
import { CutOff } from './202612020022-cut-off.ts';
import { DeliveryStates } from './202612020031-delivery-states.ts';
import { ContactChanges } from './202612020032-contact-changes.ts';
import { Callbacks } from './202612020033-callbacks.ts';
import { PublishedDeliveries } from './202612020041-published-deliveries.ts';
import { RefusalsWhileLocked } from './202612020042-refusals-while-locked.ts';
import { PasswordHistory } from './202612032301-password-history.ts';
import { Imports } from './202612032325-imports.ts';
import { UnheardMessages } from './202612032327-unheard-messages.ts';
import { UnheardMessagesUntilNow } from './202612032328-unheard-messages-until-now.ts';
import { UnheardMessagesIndex } from './202612032329-unheard-messages-index.ts';
import { EmailReversions } from './202612040200-email-reversions.ts';
import { PhoneCodesFrom } from './202612040201-phone-codes-from.ts';

/** In the order in which they run. A name never changes once it has run anywhere. */
export const migrations: readonly NamedMigration[] = [
  { name: '202611230001-platform', class: Platform },
  { name: '202611230002-clients', class: Clients },
  { name: '202611230003-registrations', class: Registrations },
  { name: '202611230004-users', class: Users },
  { name: '202611230005-sessions', class: Sessions },
  { name: '202611230006-sign-ins', class: SignIns },
  { name: '202611230007-keys-and-revocations', class: KeysAndRevocations },
  { name: '202611230008-deliveries', class: Deliveries },
  { name: '202612010009-step-up', class: StepUp },
  { name: '202612020011-enrolment', class: Enrolment },
  { name: '202612020012-activations', class: Activations },
  { name: '202612020013-password-resets', class: PasswordResets },
  { name: '202612020041-published-deliveries', class: PublishedDeliveries },
  { name: '202612020042-refusals-while-locked', class: RefusalsWhileLocked },
  { name: '202612020031-delivery-states', class: DeliveryStates },
  { name: '202612020021-approvals', class: Approvals },
  { name: '202612020032-contact-changes', class: ContactChanges },
  { name: '202612020033-callbacks', class: Callbacks },
  { name: '202612020022-cut-off', class: CutOff },
  { name: '202612032301-password-history', class: PasswordHistory },
  { name: '202612032325-imports', class: Imports },
  { name: '202612032327-unheard-messages', class: UnheardMessages },
  { name: '202612032328-unheard-messages-until-now', class: UnheardMessagesUntilNow },
  { name: '202612032329-unheard-messages-index', class: UnheardMessagesIndex },
  { name: '202612040200-email-reversions', class: EmailReversions },
  { name: '202612040201-phone-codes-from', class: PhoneCodesFrom },
];
