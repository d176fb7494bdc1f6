/** An email that is ready to go. */
export interface EmailMessage {
  readonly channel: 'email';
  /** Names this delivery in all its attempts, so that a copy sent twice can be told from two messages. UUID. */
  readonly deliveryId: string;
  readonly to: string;
  readonly template: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Hands messages to whoever carries them. */
export interface MessageProvider<M = EmailMessage> {
  /**
   * Resolves once the carrier has accepted responsibility. A message whose acceptance was not heard may be sent again:
   * it keeps its identity. @throws DeliveryError
   */
  send(message: M): Promise<{ providerMessageId: string }>;
  close(): Promise<void>;
}

/** Why a message was not accepted. `transient`: try again later; `permanent`: the same message will never be accepted. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly kind: 'transient' | 'permanent';
  readonly code: string;
  /** The reply code of RFC 5321 §4.2, where there was a reply. */
  readonly smtpStatus: number | undefined;

  // No cause: what mail libraries throw repeats the address.
  constructor(kind: 'transient' | 'permanent', code: string, smtpStatus?: number) {
    super(smtpStatus === undefined ? `${kind} ${code}` : `${kind} ${code} ${smtpStatus}`);
    this.kind = kind;
    this.code = code;
    this.smtpStatus = smtpStatus;
  }
}
