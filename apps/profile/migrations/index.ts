import { Profiles } from './202611230001-profiles.ts';
import { PublishedDeliveries } from './202612020041-published-deliveries.ts';
import { Settings } from './202612050200-settings.ts';
import { Consents } from './202612050201-consents.ts';

/** In the order they run; a name is never changed once it has landed. */
export const migrations = [
  { name: '202611230001-profiles', class: Profiles },
  { name: '202612020041-published-deliveries', class: PublishedDeliveries },
  { name: '202612050200-settings', class: Settings },
  { name: '202612050201-consents', class: Consents },
];
