import { type BlindIndex, createBlindIndex, type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Keyring } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { BankAccount, BankAccountSecrets } from '#storage/linked-accounts/bank-account.entity.ts';
import { financialPlace, openRecord } from '#storage/linked-accounts/sealed-record.ts';

type BankAccountRow = Omit<BankAccount, keyof BankAccountSecrets> & { readonly sealed: Uint8Array };

const table = 'bank_accounts';
const columns = `id, user_id as "userId", country, bank_code as "bankCode", bank_name as "bankName", sealed,
  name_match as "nameMatch", provider, resolved_at as "resolvedAt", is_default as "isDefault", created_at as "createdAt"`;

/** What makes an account the same: it is linked once by a user, and another user may link it as well. */
export type AccountIdentity = Pick<BankAccount, 'userId' | 'country' | 'bankCode' | 'accountNumber'>;

/** Bank accounts of users, opened on the way out and sealed on the way in. */
export class BankAccountRepository extends Repository {
  readonly #vault: PiiVault;
  readonly #digests: BlindIndex;

  constructor(em: EntityManager, vault: PiiVault, keyring: Keyring) {
    super(em);
    this.#vault = vault;
    this.#digests = createBlindIndex({ schema: 'profile', table: 'bank_account_digests', keyring, unique: true });
  }

  /** Holds the accounts of a user until the transaction ends, those the user does not have yet included. */
  async lockOf(userId: UserId): Promise<void> {
    await this.rows("select pg_advisory_xact_lock(hashtextextended('profile.bank_accounts ' || ?::text, 0))", [userId]);
  }

  /** The user's accounts, the default first, then the oldest. @throws profile.unreadable */
  async list(userId: UserId): Promise<BankAccount[]> {
    const sql = `select ${columns} from profile.bank_accounts where user_id = ? order by is_default desc, id`;
    const rows = await this.rows<BankAccountRow>(sql, [userId]);
    return Promise.all(rows.map((row) => this.#open(row)));
  }

  /** @throws profile.unreadable */
  async find(userId: UserId, id: string): Promise<BankAccount | undefined> {
    const sql = `select ${columns} from profile.bank_accounts where user_id = ? and id = ?`;
    const row = await this.row<BankAccountRow>(sql, [userId, id]);
    return row === undefined ? undefined : this.#open(row);
  }

  async countOf(userId: UserId): Promise<number> {
    const sql = 'select count(*)::integer as count from profile.bank_accounts where user_id = ?';
    return (await this.row<{ count: number }>(sql, [userId]))?.count ?? 0;
  }

  /** Whether the user has linked the account. */
  async isLinked(account: AccountIdentity): Promise<boolean> {
    return (await this.#digests.find(this.em, indexedText(account))).length > 0;
  }

  /** Links an account; false, with nothing changed, when the user has linked it already. */
  async insert(account: BankAccount): Promise<boolean> {
    if (!(await this.#digests.add(this.em, account.id, [indexedText(account)]))) return false;
    const { id, userId, accountNumber, holder, shown } = account;
    const secrets: BankAccountSecrets = { accountNumber, holder, shown };
    const sealed = await this.#vault.seal(this.em, financialPlace(userId, table, id), secrets);
    const { country, bankCode, bankName, nameMatch, provider, resolvedAt, isDefault, createdAt } = account;
    await this.affected(
      `insert into profile.bank_accounts
         (id, user_id, country, bank_code, bank_name, sealed, name_match, provider, resolved_at, is_default, created_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, userId, country, bankCode, bankName, sealed, nameMatch, provider, resolvedAt, isDefault, createdAt],
    );
    return true;
  }

  /** Unlinks an account; the oldest one left takes its place as the default. False when the user has no such account. */
  async remove(userId: UserId, id: string): Promise<boolean> {
    const removed = await this.row<{ isDefault: boolean }>(
      'delete from profile.bank_accounts where user_id = ? and id = ? returning is_default as "isDefault"',
      [userId, id],
    );
    if (removed === undefined) return false;
    await this.#digests.remove(this.em, id);
    if (removed.isDefault) {
      await this.affected(
        `update profile.bank_accounts set is_default = true
         where id = (select id from profile.bank_accounts where user_id = ? order by id limit 1)`,
        [userId],
      );
    }
    return true;
  }

  /** Makes one of the user's accounts the default in place of the one that is; false when it is so already, or not theirs. */
  async makeDefault(userId: UserId, id: string): Promise<boolean> {
    const others = `update profile.bank_accounts set is_default = false where user_id = ? and is_default and id <> ?
      and exists (select from profile.bank_accounts where user_id = ? and id = ?)`;
    await this.affected(others, [userId, id, userId, id]);
    const sql = 'update profile.bank_accounts set is_default = true where user_id = ? and id = ? and not is_default';
    return (await this.affected(sql, [userId, id])) === 1;
  }

  async #open({ sealed, ...row }: BankAccountRow): Promise<BankAccount> {
    const place = financialPlace(row.userId, table, row.id);
    return { ...row, ...(await openRecord<BankAccountSecrets>(this.em, this.#vault, place, sealed)) };
  }
}

function indexedText({ userId, country, bankCode, accountNumber }: AccountIdentity): string {
  return JSON.stringify([userId, country, bankCode, accountNumber]);
}
