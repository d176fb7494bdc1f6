import { Devices } from './202611230001-devices.ts';
import { DeviceChanges } from './202612020001-device-changes.ts';
import { SignInOutcomes } from './202612020002-sign-in-outcomes.ts';
import { RemovedDevices } from './202612020003-removed-devices.ts';
import { PublishedDeliveries } from './202612020041-published-deliveries.ts';
import { DeviceKeys } from './202612040700-device-keys.ts';
import { CommittedKeys } from './202612060010-committed-keys.ts';
import { RowsAppendedTogether } from './202612060070-rows-appended-together.ts';
import { WaitingOutboxIndex } from './202612060080-waiting-outbox-index.ts';

/** In the order they run; a name is never changed once it has landed. */
export const migrations = [
  { name: '202611230001-devices', class: Devices },
  { name: '202612020041-published-deliveries', class: PublishedDeliveries },
  { name: '202612020001-device-changes', class: DeviceChanges },
  { name: '202612020002-sign-in-outcomes', class: SignInOutcomes },
  { name: '202612020003-removed-devices', class: RemovedDevices },
  { name: '202612040700-device-keys', class: DeviceKeys },
  { name: '202612060010-committed-keys', class: CommittedKeys },
  { name: '202612060070-rows-appended-together', class: RowsAppendedTogether },
  { name: '202612060080-waiting-outbox-index', class: WaitingOutboxIndex },
];
