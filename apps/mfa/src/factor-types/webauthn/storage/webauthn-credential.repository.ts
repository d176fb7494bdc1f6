import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type {
  NamedCredential,
  NewWebauthnCredential,
  Use,
  WebauthnCredential,
} from '#factor-types/webauthn/storage/webauthn-credential.entity.ts';

const columns = `c.credential_id as "credentialId", c.public_key as "publicKey", c.counter,
  c.is_backup_eligible as "isBackupEligible", c.is_attested as "isAttested"`;

const heldBy = `select ${columns}, f.id as "factorId", f.user_id as "userId" from mfa.webauthn_credentials c
  join mfa.factors f on f.id = c.factor_id where f.confirmed_at is not null and`;
const holding = 'for no key update of f';

interface HeldCredential extends WebauthnCredential {
  readonly factorId: string;
  readonly userId: UserId;
}

/** Passkeys: by their factor, and by the id that their authenticator gave them. */
export class WebauthnCredentialRepository extends Repository {
  /** Adds one; false when there is one of that id already, whosever it is (SR-30). */
  async insert(factorId: string, credential: NewWebauthnCredential): Promise<boolean> {
    const { credentialId, publicKey, algorithm, counter, transports, aaguid } = credential;
    const { isBackupEligible, isBackedUp, isAttested, isDiscoverable } = credential;
    const inserted = await this.affected(
      `insert into mfa.webauthn_credentials (factor_id, credential_id, public_key, algorithm, counter, transports, aaguid,
         is_backup_eligible, is_backed_up, is_attested, is_discoverable)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict on constraint webauthn_credentials_credential_id_key do nothing`,
      [
        ...[factorId, credentialId, publicKey, algorithm, counter, [...transports], aaguid],
        ...[isBackupEligible, isBackedUp, isAttested, isDiscoverable],
      ],
    );
    return inserted === 1;
  }

  /** How a user's passkeys are named to a browser. */
  listNamed(userId: UserId): Promise<NamedCredential[]> {
    const sql = `select c.credential_id as "credentialId", c.transports from mfa.webauthn_credentials c
      join mfa.factors f on f.id = c.factor_id where f.user_id = ? and f.confirmed_at is not null order by f.id`;
    return this.rows(sql, [userId]);
  }

  /** How that of a factor is. */
  findNamed(factorId: string): Promise<NamedCredential | undefined> {
    const sql = 'select credential_id as "credentialId", transports from mfa.webauthn_credentials where factor_id = ?';
    return this.row(sql, [factorId]);
  }

  /** That of a confirmed factor, held as the same by its id is. */
  holdOfFactor(factorId: string): Promise<HeldCredential | undefined> {
    return this.row(`${heldBy} f.id = ? ${holding}`, [factorId]);
  }

  /**
   * That of a confirmed factor, whosever it is, held until the transaction ends: a removal has been before it, and then there is
   * none, or comes after its use. The factor is locked, and before the credential: no two uses of it wait for each other.
   */
  holdById(credentialId: Uint8Array): Promise<HeldCredential | undefined> {
    return this.row(`${heldBy} c.credential_id = ? ${holding}`, [credentialId]);
  }

  /**
   * Remembers what a good assertion told; false, with nothing changed, when its count is not above the last: two
   * authenticators sign with one key (WebAuthn level 3 §7.2). One that never counts tells 0.
   */
  async noteUse(factorId: string, { counter, isBackedUp }: Use): Promise<boolean> {
    const noted = await this.affected(
      `update mfa.webauthn_credentials set counter = ?, is_backed_up = ?
       where factor_id = ? and (counter < ? or (counter = 0 and ? = 0))`,
      [counter, isBackedUp, factorId, counter, counter],
    );
    return noted === 1;
  }
}
