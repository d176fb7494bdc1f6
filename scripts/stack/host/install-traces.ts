import { isAlive, processIdentity, type RecordedProcess } from '#stack/host/process-identity.ts';

// What an installation writes for its time names its process, so that what a killed one left is told from what the system has of
// somebody else's, and from that of one that runs.
const policyHead =
  '#!/bin/sh\n# Written while packages are installed: services are started by their owner, not by apt.\nexit 101\n';
const policyWriter = /^# process (?<pid>\d+) (?<identity>.+)$/m;
const clusterLines = '\n# Written while packages are installed.\ncreate_main_cluster = false\n';

/** A `policy-rc.d` that lets no service start, of this process. */
export function policyText(): string {
  return `${policyHead}# process ${process.pid} ${processIdentity(process.pid) ?? 'unknown'}\n`;
}

/** Whether a `policy-rc.d` was left by an installation of ours that was killed. */
export function isLeftPolicy(text: string): boolean {
  if (!text.startsWith(policyHead)) return false;
  const { pid, identity } = policyWriter.exec(text)?.groups ?? {};
  const writer: RecordedProcess = { pid: Number(pid), identity: identity ?? '' };
  return pid === undefined || !isAlive(writer);
}

/** Settings of new clusters of Postgres under which a package makes none. */
export function withoutCluster(settings: string): string {
  return settings + clusterLines;
}

/** The same settings before `withoutCluster`, if it ever was. */
export function withCluster(settings: string): string {
  return settings.replaceAll(clusterLines, '');
}
