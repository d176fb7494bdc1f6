import { migrations as ofKinds } from '#factor-types/gen/storage/parts.gen.ts';
import { Factors } from './202611230001-factors.ts';
import { Challenges } from './202612010001-challenges.ts';
import { Approvals } from './202612020023-approvals.ts';
import { PublishedDeliveries } from './202612020041-published-deliveries.ts';
import { FactorResets } from './202612020071-factor-resets.ts';
import { Recoveries } from './202612040202-recoveries.ts';
import { PendingFactorsIndex } from './202612040501-pending-factors-index.ts';
import { TotpFactors } from './202612040600-totp-factors.ts';
import { TotpFactorsFilled } from './202612040601-totp-factors-filled.ts';
import { SentCodes } from './202612040602-sent-codes.ts';
import { ClocksThatAreOff } from './202612040603-clocks-that-are-off.ts';
import { PreferredFactors } from './202612040604-preferred-factors.ts';
import { TransactionChallenges } from './202612040702-transaction-challenges.ts';
import { TransactionChallengesChecked } from './202612040703-transaction-challenges-checked.ts';
import { WebauthnCredentials } from './202612040710-webauthn-credentials.ts';
import { WebauthnChallenges } from './202612040711-webauthn-challenges.ts';
import { CommittedKeys } from './202612060010-committed-keys.ts';
import { AnswerPools } from './202612060101-answer-pools.ts';
import { CodePools } from './202612060102-code-pools.ts';
import { CodePoolsChecked } from './202612060103-code-pools-checked.ts';
import { CodePoolsIndex } from './202612060104-code-pools-index.ts';
import { CodePoolsPrimaryKey } from './202612060105-code-pools-primary-key.ts';
import { RowsAppendedTogether } from './202612060170-rows-appended-together.ts';
import { WaitingOutboxIndex } from './202612060180-waiting-outbox-index.ts';
import { FactorTypeNames } from './202612060200-factor-type-names.ts';
import { FactorTypeNamesChecked } from './202612060201-factor-type-names-checked.ts';
import { inOrder } from './in-order.ts';

/** In the order they run; a name is never changed once it has landed. */
const ofApp = [
  { name: '202611230001-factors', class: Factors },
  { name: '202612010001-challenges', class: Challenges },
  { name: '202612020041-published-deliveries', class: PublishedDeliveries },
  { name: '202612020023-approvals', class: Approvals },
  { name: '202612020071-factor-resets', class: FactorResets },
  { name: '202612040501-pending-factors-index', class: PendingFactorsIndex },
  { name: '202612040202-recoveries', class: Recoveries },
  { name: '202612040600-totp-factors', class: TotpFactors },
  { name: '202612040601-totp-factors-filled', class: TotpFactorsFilled },
  { name: '202612040602-sent-codes', class: SentCodes },
  { name: '202612040603-clocks-that-are-off', class: ClocksThatAreOff },
  { name: '202612040604-preferred-factors', class: PreferredFactors },
  { name: '202612040702-transaction-challenges', class: TransactionChallenges },
  { name: '202612040703-transaction-challenges-checked', class: TransactionChallengesChecked },
  { name: '202612040710-webauthn-credentials', class: WebauthnCredentials },
  { name: '202612040711-webauthn-challenges', class: WebauthnChallenges },
  { name: '202612060010-committed-keys', class: CommittedKeys },
  { name: '202612060101-answer-pools', class: AnswerPools },
  { name: '202612060102-code-pools', class: CodePools },
  { name: '202612060103-code-pools-checked', class: CodePoolsChecked },
  { name: '202612060104-code-pools-index', class: CodePoolsIndex },
  { name: '202612060105-code-pools-primary-key', class: CodePoolsPrimaryKey },
  { name: '202612060170-rows-appended-together', class: RowsAppendedTogether },
  { name: '202612060180-waiting-outbox-index', class: WaitingOutboxIndex },
  { name: '202612060200-factor-type-names', class: FactorTypeNames },
  { name: '202612060201-factor-type-names-checked', class: FactorTypeNamesChecked },
];

/** And those that the folders of kinds of factors bring. */
export const migrations = inOrder(ofApp, ofKinds);
