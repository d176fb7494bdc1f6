import type { FilesOfUsers, KycTables } from '#check/profile-tables.ts';
import type { Acknowledged } from '#load/journal.ts';

/** Everything that is known after a fault: what clients were told, what lies in the database, what the broker gave out. */
export interface History {
  readonly acknowledged: readonly Acknowledged[];
  /** What clients complained of by themselves. */
  readonly complaints: readonly string[];
  readonly received: readonly Received[];
  readonly outbox: readonly OutboxRow[];
  readonly counters: readonly Counter[];
  readonly inbox: readonly { readonly app: string; readonly messageId: string }[];
  readonly users: readonly User[];
  readonly sessions: readonly SessionRow[];
  readonly refreshTokens: readonly RefreshToken[];
  readonly passwords: readonly Password[];
  readonly deliveries: readonly { readonly id: string; readonly state: string }[];
  readonly profiles: readonly ProfileRow[];
  readonly kyc: KycTables;
  readonly files: FilesOfUsers;
  /** Users who may enrol factors. */
  readonly subjects: readonly string[];
  readonly factors: readonly Factor[];
  /** Users who have recovery codes, and how many. */
  readonly recoveryCodes: readonly { readonly userId: string; readonly count: number }[];
  readonly devices: readonly Device[];
  readonly signIns: readonly SignIn[];
  readonly projectedUsers: readonly ProjectedUser[];
  readonly ledger: readonly LedgerEntry[];
  readonly approvals: readonly Approval[];
}

/** A message as a queue that is bound to everything got it, repetitions included. */
export interface Received {
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly sequence: number | undefined;
}

export interface OutboxRow {
  readonly app: string;
  readonly id: string;
  readonly destination: 'events' | 'deliveries' | 'audit';
  readonly type: string;
  /** Of an audit entry. */
  readonly action: string | null;
  readonly subject: string;
  readonly sequence: number | null;
  readonly requestId: string;
  readonly isPublished: boolean;
  readonly sessionId: string | null;
  /** Of the aggregate, where the event tells of one. */
  readonly version: number | null;
  /** Of a verification, where the event or entry tells of one. */
  readonly caseId: string | null;
  readonly attempt: number | null;
  readonly status: string | null;
  /** Of a second factor, where the event tells of one. */
  readonly factorId: string | null;
  /** The states between which a user was moved. */
  readonly from: string | null;
  readonly to: string | null;
  /** Of what takes two members of staff, where the event or entry tells of it. */
  readonly approvalId: string | null;
  /** When a password was changed, in milliseconds since 1970. */
  readonly changedAt: number | null;
}

/** When a user's password was last chosen, in milliseconds since 1970, and how many of those before are kept. */
export interface Password {
  readonly userId: string;
  readonly changedAt: number;
  readonly before: number;
}

/** A second factor that counts. */
export interface Factor {
  readonly id: string;
  readonly userId: string;
}

/** What one member of staff asked for, and another decided. */
export interface Approval {
  readonly id: string;
  readonly status: string;
}

export interface ProfileRow {
  readonly userId: string;
  readonly version: number;
  /** Who the user is may not be changed. */
  readonly isLocked: boolean;
}

/** How far the events of one subject are counted. */
export interface Counter {
  readonly app: string;
  readonly subject: string;
  readonly last: number;
}

export interface User {
  readonly id: string;
  readonly status: string;
  readonly roles: readonly string[];
}

export interface SessionRow {
  readonly id: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly createdAt: number;
  readonly endReason: string | null;
}

export interface RefreshToken {
  readonly id: string;
  readonly sessionId: string;
  readonly generation: number;
  readonly successorId: string | null;
  readonly isConsumed: boolean;
}

export interface Device {
  readonly id: string;
  readonly userId: string;
  readonly lastSeenAt: number;
  readonly version: number;
  /** It has a name, which nobody reads here: it is encrypted. */
  readonly isNamed: boolean;
}

/** A row of the history of sign-ins; its id is that of the event it was made of. */
export interface SignIn {
  readonly id: string;
  readonly deviceId: string;
}

export interface ProjectedUser extends User {
  readonly statusVersion: number;
}

export interface LedgerEntry {
  readonly id: string;
  readonly shard: number;
  readonly position: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** One thing that does not hold. */
export interface Violation {
  readonly rule: string;
  readonly detail: string;
}

/** A rule over a whole history; gives what breaks it. */
export type Rule = (history: History) => Violation[];
