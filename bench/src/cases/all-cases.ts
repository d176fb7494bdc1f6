import type { Case } from '#bench.ts';
import { batchProfiles } from '#cases/batch-profiles.ts';
import { events } from '#cases/events.ts';
import { footprint } from '#cases/footprint.ts';
import { getUser } from '#cases/get-user.ts';
import { growth } from '#cases/growth.ts';
import { importing } from '#cases/import.ts';
import { lookup } from '#cases/lookup.ts';
import { names } from '#cases/names.ts';
import { passkey } from '#cases/passkey.ts';
import { peer } from '#cases/peer.ts';
import { profile } from '#cases/profile.ts';
import { refresh } from '#cases/refresh.ts';
import { registration } from '#cases/registration.ts';
import { session } from '#cases/session.ts';
import { sessions } from '#cases/sessions.ts';
import { signIn } from '#cases/sign-in.ts';
import { signInTotp } from '#cases/sign-in-totp.ts';
import { storm } from '#cases/storm.ts';
import { totp } from '#cases/totp.ts';

/** Every case in the order in which they run. */
export const allCases: readonly Case[] = [
  session,
  refresh,
  signIn,
  peer,
  storm,
  signInTotp,
  totp,
  passkey,
  registration,
  profile,
  batchProfiles,
  getUser,
  events,
  footprint,
  growth,
  importing, // what it leaves in the outbox keeps the machine busy for minutes
];

/** What needs the large data sets, in the order in which they run after the others. */
export const scaleCases: readonly Case[] = [lookup, names, sessions];
