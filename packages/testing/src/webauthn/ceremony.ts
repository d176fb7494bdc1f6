/** What a page hands to `navigator.credentials.create`, as JSON (WebAuthn §5.1.9); of it what an authenticator looks at. */
export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
  readonly excludeCredentials?: readonly { readonly id: string }[];
}

/** The same of `navigator.credentials.get` (§5.1.10). */
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
}

/** What the page gets of a registration (§5.1.8, RegistrationResponseJSON). */
export interface Registration {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: readonly string[];
  };
  readonly clientExtensionResults: object;
  readonly authenticatorAttachment: string;
}

/** What the page gets of an authentication (AuthenticationResponseJSON). */
export interface Assertion {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
  readonly clientExtensionResults: object;
  readonly authenticatorAttachment: string;
}

/** Flags of authenticator data (§6.1): user present, user verified, backup eligible, backed up, attested data, extensions. */
export type Flag = 'up' | 'uv' | 'be' | 'bs' | 'at' | 'ed';

type Bytes = Uint8Array;

/** One thing that a test wants otherwise than an honest browser and authenticator make it. */
export interface Changes {
  /** Members put over those of the client data; `undefined` leaves one out. */
  readonly clientData?: Readonly<Record<string, unknown>>;
  /** The relying party whose hash stands in the authenticator data. */
  readonly rpId?: string;
  readonly flags?: Partial<Record<Flag, boolean>>;
  readonly counter?: number;
  /** The credential id in the attested data, or of the assertion. */
  readonly credentialId?: Bytes;
  /** What the COSE key says, by label. */
  readonly publicKey?: ReadonlyMap<number, number | Bytes>;
  /** Changes client data after they were signed. */
  readonly sentClientData?: (data: Bytes) => Bytes;
  /** Changes authenticator data before they are signed. */
  readonly authenticatorData?: (data: Bytes) => Bytes;
  /** Changes them after that. */
  readonly sentAuthenticatorData?: (data: Bytes) => Bytes;
  readonly signature?: (signature: Bytes) => Bytes;
  /** The format of an attestation, and members put over those of its statement. */
  readonly format?: string;
  readonly statement?: ReadonlyMap<string, number | Bytes | Bytes[]>;
  /** Members put over those of `response`, and of the whole. */
  readonly response?: Readonly<Record<string, unknown>>;
  readonly whole?: Readonly<Record<string, unknown>>;
}
