import { Repository } from '@bank/database';
import type { Role, UserId, UserState } from '@bank/domain';
import type { Device } from '#storage/sessions/device.repository.ts';
import type { Digest, IdentifierKind } from '#storage/users/identifier.repository.ts';

export interface User {
  id: UserId;
  status: UserState;
  roles: readonly Role[];
  /** Sealed; null once erased. */
  contact: Uint8Array | null;
  emailVerifiedAt: Date | null;
  phoneVerifiedAt: Date | null;
  /** From when on codes may go to the number, if it took the place of another (SR-28). */
  phoneCodesFrom: Date | null;
  locale: string | null;
  /** When the status last changed; null while it is the one of the beginning. */
  statusChangedAt: Date | null;
  /** The same of the roles. */
  rolesChangedAt: Date | null;
  /** When somebody who is a member of staff became one; null for whoever is none, has been one all along, or was before this was kept. */
  staffSince: Date | null;
  version: number;
  createdAt: Date;
}

export interface NewUser extends Pick<User, 'id' | 'status' | 'roles' | 'contact' | 'emailVerifiedAt' | 'locale'> {
  /** Of customers; staff accept none. */
  acceptedTerms: string | null;
  at: Date;
}

/** What a sign-in compares with: the hash, and whom it belongs to. */
export interface Credential {
  userId: UserId;
  status: UserState;
  roles: readonly Role[];
  passwordHash: string;
  changedAt: Date;
  /** Since when the password is known to others: it opens no session until another is chosen (SR-4). */
  compromisedAt: Date | null;
  /** What was begun at or before this moment opens nothing any more. */
  cutOffAt: Date | null;
}

/** A credential beside one of its user's devices, or beside none. */
type NamedRow = Credential & Omit<Device, 'id'> & { deviceId: string | null };

// A flag is of the password that was there then: a process of an older release that changes one leaves it behind.
const credentialColumns = `u.id as "userId", u.status, u.roles, c.password_hash as "passwordHash", c.changed_at as "changedAt",
  case when c.compromised_at >= c.changed_at then c.compromised_at end as "compromisedAt", u.cut_off_at as "cutOffAt"`;

const columns = `id, status, roles, contact, email_verified_at as "emailVerifiedAt",
  phone_verified_at as "phoneVerifiedAt", phone_codes_from as "phoneCodesFrom", locale,
  status_changed_at as "statusChangedAt", roles_changed_at as "rolesChangedAt", staff_since as "staffSince",
  version, created_at as "createdAt"`;

/** Users, and their credentials in a table apart. */
export class UserRepository extends Repository {
  async insert(user: NewUser): Promise<User> {
    const { id, status, roles, contact, emailVerifiedAt, locale, acceptedTerms, at } = user;
    await this.affected(
      `insert into auth.users (id, status, roles, contact, email_verified_at, locale, accepted_terms, created_at, updated_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, status, [...roles], contact, emailVerifiedAt, locale, acceptedTerms, at, at],
    );
    const never = { statusChangedAt: null, rolesChangedAt: null, staffSince: null } as const;
    const without = { phoneVerifiedAt: null, phoneCodesFrom: null, ...never } as const;
    return { id, status, roles, contact, emailVerifiedAt, ...without, locale, version: 1, createdAt: at };
  }

  find(id: UserId): Promise<User | undefined> {
    return this.row(`select ${columns} from auth.users where id = ?`, [id]);
  }

  /** Users that exist among these, in no promised order. */
  findMany(ids: readonly UserId[]): Promise<User[]> {
    return this.rows(`select ${columns} from auth.users where id = any (?)`, [[...ids]]);
  }

  /** Holds the user against every change of status until the transaction ends; sign-ins and sign-outs wait for each other. */
  lock(id: UserId): Promise<User | undefined> {
    return this.row(`select ${columns} from auth.users where id = ? for update`, [id]);
  }

  /** How many administrators are active. Whoever asks is alone with the answer until the transaction ends. */
  async countAdministrators(): Promise<number> {
    await this.rows(`select pg_advisory_xact_lock(hashtextextended('auth.administrators', 0))`, []);
    const sql = `select count(*)::integer as count from auth.users where 'admin' = any (roles) and status = 'active'`;
    return (await this.row<{ count: number }>(sql, []))?.count ?? 0;
  }

  /** The same for several, in one order for everybody. Those that exist, by id. */
  async lockMany(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>> {
    const sql = `select ${columns} from auth.users where id = any (?) order by id for update`;
    const users = await this.rows<User>(sql, [[...new Set(ids)]]);
    return new Map(users.map((user) => [user.id, user]));
  }

  /** Moves a user whose row the transaction holds. */
  setStatus(id: UserId, status: UserState, at: Date): Promise<User> {
    return this.#change(id, 'status = ?, status_changed_at = ?', [status, at, at]);
  }

  /** Replaces the roles of a user whose row the transaction holds, and since when they are staff by them. */
  setRoles(id: UserId, { roles, staffSince, at }: Pick<User, 'roles' | 'staffSince'> & { at: Date }): Promise<User> {
    return this.#change(id, 'roles = ?, staff_since = ?, roles_changed_at = ?', [[...roles], staffSince, at, at]);
  }

  /** Cuts off whatever a user, whose row the transaction holds, had begun at that moment. */
  async cutOff(id: UserId, at: Date): Promise<void> {
    await this.affected('update auth.users set cut_off_at = greatest(cut_off_at, ?) where id = ?', [at, id]);
  }

  /** Makes a number that was just proven the user's; gives the new version. */
  async replacePhone(
    id: UserId,
    { contact, codesFrom, at }: { contact: Uint8Array; codesFrom: Date | null; at: Date },
  ): Promise<number> {
    const assignment = 'contact = ?, phone_verified_at = ?, phone_codes_from = ?';
    return (await this.#change(id, assignment, [contact, at, codesFrom, at])).version;
  }

  /** Makes an address that was just proven the user's; gives the new version. */
  async replaceEmail(id: UserId, { contact, at }: { contact: Uint8Array; at: Date }): Promise<number> {
    return (await this.#change(id, 'contact = ?, email_verified_at = ?', [contact, at, at])).version;
  }

  /** Keeps the language that a user's settings of that version name, unless those of a later one have named theirs. */
  async adoptLocale(id: UserId, { locale, version }: { locale: string | null; version: number }): Promise<void> {
    const sql = `update auth.users set locale = ?, locale_version = ?
      where id = ? and coalesce(locale_version, 0) < ? and status <> 'erased'`;
    await this.affected(sql, [locale, version, id, version]);
  }

  /** Notes that a user, whose row the transaction holds, reads the mail of their address; gives the new version. */
  async proveEmail(id: UserId, at: Date): Promise<number> {
    return (await this.#change(id, 'email_verified_at = ?', [at, at])).version;
  }

  async insertCredential(credential: { userId: UserId; passwordHash: string; at: Date }): Promise<void> {
    await this.affected('insert into auth.credentials (user_id, password_hash, changed_at) values (?, ?, ?)', [
      credential.userId,
      credential.passwordHash,
      credential.at,
    ]);
  }

  /** The credential of whoever an address names, and which of these devices are theirs, in one statement. */
  async findNamed(
    { kind, digests }: { kind: IdentifierKind; digests: readonly Digest[] },
    deviceIds: readonly string[],
  ): Promise<{ credential: Credential | undefined; devices: readonly Device[] }> {
    const found = await this.rows<NamedRow>(
      `select ${credentialColumns}, d.id as "deviceId", d.secret_digest as "secretDigest", d.known_at as "knownAt"
        from (
          select i.user_id from auth.identifiers i
            join unnest(?::text[], ?::bytea[]) as asked (key_id, digest) on asked.key_id = i.key_id and asked.digest = i.digest
          where i.kind = ? limit 1) named
          join auth.users u on u.id = named.user_id
          join auth.credentials c on c.user_id = u.id
          left join auth.devices d on d.user_id = u.id and d.id = any (?::uuid[])`,
      [digests.map((one) => one.keyId), digests.map((one) => one.digest), kind, [...deviceIds]],
    );
    const devices = found.flatMap(({ deviceId: id, ...device }) => (id === null ? [] : [{ ...device, id }]));
    return { credential: found[0], devices };
  }

  /**
   * A credential, held against change until the transaction ends, so that a session opens on what was verified and not on
   * what has been replaced meanwhile.
   */
  shareCredential(userId: UserId): Promise<Credential | undefined> {
    return this.row(
      `select ${credentialColumns} from auth.users u join auth.credentials c on c.user_id = u.id where u.id = ? for share of u, c`,
      [userId],
    );
  }

  /** Whether a user has a password at all. */
  async hasPassword(userId: UserId): Promise<boolean> {
    return (await this.row('select 1 from auth.credentials where user_id = ?', [userId])) !== undefined;
  }

  /** Gives a user another password, or a first one, whose row the transaction holds. */
  async replacePassword(userId: UserId, passwordHash: string, at: Date): Promise<void> {
    const sql = `insert into auth.credentials (user_id, password_hash, changed_at) values (?, ?, ?)
      on conflict on constraint credentials_pkey do update set
        password_hash = excluded.password_hash, changed_at = excluded.changed_at, compromised_at = null`;
    await this.affected(sql, [userId, passwordHash, at]);
  }

  /** Leaves a user whose row the transaction holds without a password: none signs them in until they choose one. */
  async removePassword(userId: UserId): Promise<void> {
    await this.affected('delete from auth.credentials where user_id = ?', [userId]);
  }

  /** Notes that a password is known to others; false when that is noted already, or it is not the user's any more. */
  async flagCompromised({ userId, changedAt }: Pick<Credential, 'userId' | 'changedAt'>, at: Date): Promise<boolean> {
    // Never before the password: the clock of whoever changed it may be ahead.
    const sql = `update auth.credentials set compromised_at = greatest(?, changed_at)
      where user_id = ? and date_trunc('milliseconds', changed_at) = ?
        and (compromised_at is null or compromised_at < changed_at)`;
    return (await this.affected(sql, [at, userId, changedAt])) > 0;
  }

  /** Replaces a hash by one of the same password under newer costs, unless it has been replaced already. */
  async rehash(userId: UserId, from: string, to: string): Promise<void> {
    const sql = 'update auth.credentials set password_hash = ? where user_id = ? and password_hash = ?';
    await this.affected(sql, [to, userId, from]);
  }

  async #change(id: UserId, assignment: string, values: readonly unknown[]): Promise<User> {
    const sql = `update auth.users set ${assignment}, version = version + 1, updated_at = ? where id = ? returning ${columns}`;
    const changed = await this.row<User>(sql, [...values, id]);
    if (changed === undefined) throw new Error('a held user is gone');
    return changed;
  }
}
