import { type BlindIndex, createBlindIndex, type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Keyring } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { BillerAccount, BillerAccountSecrets } from '#storage/linked-accounts/biller-account.entity.ts';
import { financialPlace, openRecord } from '#storage/linked-accounts/sealed-record.ts';

type BillerAccountRow = Omit<BillerAccount, keyof BillerAccountSecrets> & { readonly sealed: Uint8Array };

const table = 'biller_accounts';
const columns = `id, user_id as "userId", country, biller_code as "billerCode", biller_name as "billerName",
  item_code as "itemCode", item_name as "itemName", sealed, provider, validated_at as "validatedAt", created_at as "createdAt"`;

/** What makes an account the same: it is linked once by a user, and another user may link it as well. */
export type CustomerIdentity = Pick<BillerAccount, 'userId' | 'billerCode' | 'itemCode' | 'customerNumber'>;

/** Accounts of users at billers, opened on the way out and sealed on the way in. */
export class BillerAccountRepository extends Repository {
  readonly #vault: PiiVault;
  readonly #digests: BlindIndex;

  constructor(em: EntityManager, vault: PiiVault, keyring: Keyring) {
    super(em);
    this.#vault = vault;
    this.#digests = createBlindIndex({ schema: 'profile', table: 'biller_account_digests', keyring, unique: true });
  }

  /** Holds the accounts of a user until the transaction ends, those the user does not have yet included. */
  async lockOf(userId: UserId): Promise<void> {
    const name = 'profile.biller_accounts ';
    await this.rows(`select pg_advisory_xact_lock(hashtextextended('${name}' || ?::text, 0))`, [userId]);
  }

  /** The user's accounts, the oldest first. @throws profile.unreadable */
  async list(userId: UserId): Promise<BillerAccount[]> {
    const sql = `select ${columns} from profile.biller_accounts where user_id = ? order by id`;
    const rows = await this.rows<BillerAccountRow>(sql, [userId]);
    return Promise.all(rows.map((row) => this.#open(row)));
  }

  async countOf(userId: UserId): Promise<number> {
    const sql = 'select count(*)::integer as count from profile.biller_accounts where user_id = ?';
    return (await this.row<{ count: number }>(sql, [userId]))?.count ?? 0;
  }

  /** Whether the user has linked the account. */
  async isLinked(customer: CustomerIdentity): Promise<boolean> {
    return (await this.#digests.find(this.em, indexedText(customer))).length > 0;
  }

  /** Links an account; false, with nothing changed, when the user has linked it already. */
  async insert(account: BillerAccount): Promise<boolean> {
    if (!(await this.#digests.add(this.em, account.id, [indexedText(account)]))) return false;
    const { id, userId, customerNumber, customerName, shown, label } = account;
    const secrets: BillerAccountSecrets = { customerNumber, customerName, shown, label };
    const sealed = await this.#vault.seal(this.em, financialPlace(userId, table, id), secrets);
    const { country, billerCode, billerName, itemCode, itemName, provider, validatedAt, createdAt } = account;
    await this.affected(
      `insert into profile.biller_accounts
         (id, user_id, country, biller_code, biller_name, item_code, item_name, sealed, provider, validated_at, created_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, userId, country, billerCode, billerName, itemCode, itemName, sealed, provider, validatedAt, createdAt],
    );
    return true;
  }

  /** Unlinks an account; false when the user has no such account. */
  async remove(userId: UserId, id: string): Promise<boolean> {
    const removed = await this.affected('delete from profile.biller_accounts where user_id = ? and id = ?', [
      userId,
      id,
    ]);
    if (removed === 0) return false;
    await this.#digests.remove(this.em, id);
    return true;
  }

  async #open({ sealed, ...row }: BillerAccountRow): Promise<BillerAccount> {
    const place = financialPlace(row.userId, table, row.id);
    return { ...row, ...(await openRecord<BillerAccountSecrets>(this.em, this.#vault, place, sealed)) };
  }
}

function indexedText({ userId, billerCode, itemCode, customerNumber }: CustomerIdentity): string {
  return JSON.stringify([userId, billerCode, itemCode, customerNumber]);
}
