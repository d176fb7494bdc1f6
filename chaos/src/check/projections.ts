import { topology } from '@bank/messaging/topology';
import { isOfOperator } from '#check/events.ts';
import { indexBy, repeated } from '#check/grouping.ts';
import type { History, Rule, Violation } from '#check/history.ts';
import { twice } from '#check/violation.ts';

const newest = 'every projection is at its newest version';

/** Every consumer has handled what it is bound to, and its effect is there once. */
export const consumersHaveCaughtUp: Rule = (history) => [
  ...inboxesAreFull(history),
  ...sameSet(newest, 'history of sign-ins', idsOf(history, 'auth.sign_in_succeeded.v1'), signInsOf(history)),
  ...sameSet(
    newest,
    'ledger',
    [...idsTo(history, 'audit'), ...toldByOperators(history)],
    history.ledger.map(({ id }) => id),
  ),
  ...sameSet(
    newest,
    'deliveries',
    idsTo(history, 'deliveries'),
    history.deliveries.map(({ id }) => id),
  ),
  ...messagesAreSettled(history),
];

function idsOf({ outbox }: History, type: string): string[] {
  return outbox.filter((row) => row.type === type).map(({ id }) => id);
}

function idsTo({ outbox }: History, destination: string): string[] {
  return outbox.filter((row) => row.destination === destination).map(({ id }) => id);
}

function toldByOperators({ received }: History): string[] {
  return received.filter(isOfOperator).map(({ id }) => id);
}

/** Failed attempts are told by other events. */
function signInsOf(history: History): string[] {
  const failed = new Set(idsOf(history, 'auth.sign_in_failed.v1'));
  return history.signIns.map(({ id }) => id).filter((id) => !failed.has(id));
}

function inboxesAreFull({ outbox, inbox }: History): Violation[] {
  const handled = new Set(inbox.map(({ app, messageId }) => `${app} ${messageId}`));
  const events = outbox.filter(({ destination }) => destination === 'events');
  return topology.queues.flatMap(({ name, app, types }) =>
    events
      .filter(({ type, id }) => types?.includes(type) && !handled.has(`${app} ${id}`))
      .map(({ type, id }) => ({ rule: newest, detail: `${name} has not handled ${type} ${id}` })),
  );
}

/** A message to a person ends: a carrier has taken it, or it says why not. */
function messagesAreSettled({ deliveries }: History): Violation[] {
  const open = deliveries.filter(({ state }) => state === 'pending');
  return open.map(({ id }) => ({ rule: 'every message to a person is settled', detail: `delivery ${id} is pending` }));
}

/** What is kept of users elsewhere is what auth has last told of them. */
export const projectionsAreNewest: Rule = (history) => [
  ...sameSet(
    newest,
    'profiles',
    history.users.map(({ id }) => id),
    history.profiles.map(({ userId }) => userId),
  ),
  ...sameSet(
    newest,
    'subjects of mfa',
    history.users.map(({ id }) => id),
    history.subjects,
  ),
  ...staffSeesUsers(history),
  ...devicesAreNewest(history),
];

function staffSeesUsers({ users, projectedUsers, outbox }: History): Violation[] {
  const projected = indexBy(projectedUsers, ({ id }) => id);
  const versions = new Map<string, number>();
  for (const { type, subject, version } of outbox) {
    if (type === 'user.status_changed.v1') versions.set(subject, Math.max(versions.get(subject) ?? 1, version ?? 0));
  }
  return users.flatMap(({ id, status, roles }) => {
    const seen = projected.get(id);
    const isNewest =
      seen?.status === status &&
      seen.statusVersion === (versions.get(id) ?? 1) &&
      seen.roles.toSorted().join() === roles.toSorted().join();
    return isNewest ? [] : [{ rule: newest, detail: `admin sees ${JSON.stringify(seen)} of ${id}, who is ${status}` }];
  });
}

/** A device was last seen when the newest session on it was opened, in whichever order that was heard. */
function devicesAreNewest({ sessions, devices }: History): Violation[] {
  const lastSeen = new Map<string, number>();
  for (const { deviceId, createdAt } of sessions)
    lastSeen.set(deviceId, Math.max(lastSeen.get(deviceId) ?? 0, createdAt));
  const known = indexBy(devices, ({ id }) => id);
  return [...lastSeen].flatMap(([id, at]) => {
    const seen = known.get(id)?.lastSeenAt;
    return seen === at ? [] : [{ rule: newest, detail: `device ${id} was seen at ${at}, not at ${seen}` }];
  });
}

/** The ledger's shards are chains: positions from one, each entry on the hash of the one before. */
export const ledgerIsChained: Rule = ({ ledger }) => {
  const rule = 'the ledger is one chain a shard';
  return [...Map.groupBy(ledger, ({ shard }) => String(shard))].flatMap(([shard, entries]) => {
    const chain = entries.toSorted((a, b) => a.position - b.position);
    const broken = chain.find(({ position, previousHash }, index) => {
      return position !== index + 1 || (index > 0 && previousHash !== chain[index - 1]?.hash);
    });
    return broken === undefined ? [] : [{ rule, detail: `shard ${shard} breaks at position ${broken.position}` }];
  });
};

function sameSet(rule: string, what: string, wanted: readonly string[], found: readonly string[]): Violation[] {
  const [before, after] = [new Set(wanted), new Set(found)];
  return [
    ...[...before].filter((id) => !after.has(id)).map((id) => ({ rule, detail: `${what}: ${id} is missing` })),
    ...[...after].filter((id) => !before.has(id)).map((id) => ({ rule, detail: `${what}: ${id} comes from nowhere` })),
    ...repeated(found).map((id) => ({ rule: twice, detail: `${what}: ${id} is there twice` })),
  ];
}
