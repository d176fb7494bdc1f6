import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { type AwsCredentials, checkSignature, type SignatureFault } from '#protocols/aws-signature.ts';
import type { HttpProtocol } from '#protocols/protocol.ts';

/** The account, and the one key that it has. */
export interface KmsAccount extends AwsCredentials {
  readonly region: string;
  readonly keyId: string;
}

type Body = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>>;

/** A refusal in AWS' words. */
class Refused extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

const [nonceBytes, tagBytes] = [12, 16];
const awayContext = 'away';
const ageMaxSeconds = 300;

/** What AWS calls what is wrong with a signature here. */
const faults: Readonly<Record<SignatureFault, string>> = {
  missing: 'IncompleteSignatureException',
  unknown_key: 'UnrecognizedClientException',
  other_scope: 'InvalidSignatureException',
  out_of_time: 'InvalidSignatureException',
  other_signature: 'InvalidSignatureException',
};

/**
 * AWS Key Management Service, API of 2014-11-01, as far as data keys go: `GenerateDataKey` and `Decrypt` with an encryption context.
 * The key is made of the secret of the account, so that what was wrapped unwraps after a restart too.
 */
export class KmsProtocol implements HttpProtocol {
  readonly name = 'kms';
  readonly outcomes = [
    {
      input: 'another key, another context, another ciphertext',
      outcome: 'refused: NotFound, IncorrectKey, InvalidCiphertext',
    },
    { input: `a context whose app is "${awayContext}"`, outcome: '500, KMSInternalException, every time' },
  ];
  readonly routes = new Hono();
  readonly #account: KmsAccount;
  readonly #key: Buffer;

  constructor(account: KmsAccount) {
    this.#account = account;
    this.#key = createHash('sha256').update(`kms ${account.keyId} ${account.secretAccessKey}`).digest();
    this.routes.post('/*', (context) => this.#answer(context));
  }

  stop(): void {}

  async #answer(context: Context): Promise<Response> {
    const body = await context.req.text();
    try {
      this.#requireSignature(context, body);
      const answer = this.#perform(context.req.header('x-amz-target') ?? '', JSON.parse(body) as Body);
      return context.body(JSON.stringify(answer), 200, { 'content-type': 'application/x-amz-json-1.1' });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const text = JSON.stringify({ __type: error.type, message: error.message });
      const status = error.type === 'KMSInternalException' ? 500 : 400;
      return context.body(text, status, { 'content-type': 'application/x-amz-json-1.1' });
    }
  }

  #requireSignature({ req }: Context, body: string): void {
    const { region } = this.#account;
    const bodyDigest = createHash('sha256').update(body).digest('hex');
    const header = (name: string) => req.header(name);
    const request = { method: req.method, url: new URL(req.url), header };
    const signature = checkSignature(request, this.#account, { service: 'kms', region, ageMaxSeconds, bodyDigest });
    if ('fault' in signature) throw new Refused(faults[signature.fault], 'The request signature does not match.');
  }

  #perform(target: string, body: Body): Answer {
    const context = contextOf(body['EncryptionContext']);
    if (context.includes(`"app","${awayContext}"`)) throw new Refused('KMSInternalException', 'Try again.');
    if (target === 'TrentService.GenerateDataKey') return this.#generate(body, context);
    if (target === 'TrentService.Decrypt') return this.#decrypt(body, context);
    throw new Refused('UnknownOperationException', 'There is no such operation here.');
  }

  #generate(body: Body, context: string): Answer {
    this.#requireKey(body['KeyId']);
    if (body['KeySpec'] !== 'AES_256') throw new Refused('ValidationException', 'KeySpec must be AES_256.');
    const key = randomBytes(32);
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    return {
      KeyId: this.#account.keyId,
      Plaintext: key.toString('base64'),
      CiphertextBlob: sealed.toString('base64'),
    };
  }

  #decrypt(body: Body, context: string): Answer {
    if (body['KeyId'] !== undefined) this.#requireKey(body['KeyId']);
    const sealed = Buffer.from(String(body['CiphertextBlob']), 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-tagBytes));
      const key = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
      return {
        KeyId: this.#account.keyId,
        Plaintext: key.toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    } catch {
      throw new Refused('InvalidCiphertextException', 'The ciphertext or its context is another.');
    }
  }

  #requireKey(keyId: unknown): void {
    if (keyId !== this.#account.keyId) throw new Refused('NotFoundException', 'There is no such key.');
  }
}

/** The encryption context, whatever the order it was given in. */
function contextOf(given: unknown): string {
  const entries = Object.entries((given ?? {}) as Record<string, string>);
  return JSON.stringify(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
