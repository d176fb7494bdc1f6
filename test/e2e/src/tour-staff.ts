import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Addresses, defaultStackFolder } from '@bank/scripts/stack';
import { softwareAuthenticator } from '@bank/testing/webauthn';
import * as v from 'valibot';
import { freshEmail } from '#account.ts';
import { activationLink } from '#operator.ts';
import type { Colleagues } from '#staff-acts-journey.ts';
import { becomeStaff, type Console, type StaffMember, signInAtConsole } from '#staff-journey.ts';

// Goes with the other secrets of the development stack when that is reset.
const file = join(defaultStackFolder, 'secrets', 'tour-staff.json');

const KeptPasskey = v.strictObject({
  id: v.string(),
  rpId: v.string(),
  userHandle: v.string(),
  algorithm: v.picklist(['ES256', 'EdDSA', 'RS256']),
  pem: v.string(),
  counter: v.number(),
});
const KeptMembers = v.array(
  v.strictObject({ email: v.string(), password: v.string(), passkeys: v.array(KeptPasskey) }),
);

/**
 * Signs two administrators in. Operators make only the first two of a system, so the tour keeps its own for the next time.
 * @throws Error when there are two already, of whom the tour knows nothing
 */
export async function tourStaff(place: Required<Console>, addresses: Addresses): Promise<Colleagues> {
  const members = readKept() ?? (await makeMembers(place, addresses));
  try {
    const [maker, checker] = [await signInAtConsole(place, members[0]), await signInAtConsole(place, members[1])];
    return { maker, checker };
  } finally {
    keep(members);
  }
}

type Pair = readonly [StaffMember, StaffMember];

async function makeMembers(place: Required<Console>, addresses: Addresses): Promise<Pair> {
  const make = async () => {
    const email = freshEmail();
    place.announce('An operator makes the link of a first administrator: pnpm ops admin create --email …');
    return becomeStaff(place, email, await activationLink(addresses, email));
  };
  return [await make(), await make()];
}

function keep(members: Pair): void {
  const kept = members.map(({ email, password, passkeys }) => ({ email, password, passkeys: passkeys.keep() }));
  writeFileSync(file, JSON.stringify(kept), { mode: 0o600 });
}

function readKept(): Pair | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const [first, second] = v.parse(KeptMembers, JSON.parse(text)).map(({ email, password, passkeys }) => ({
    email,
    password,
    passkeys: softwareAuthenticator({ isSynced: true, kept: passkeys }),
  }));
  return first === undefined || second === undefined ? undefined : [first, second];
}
