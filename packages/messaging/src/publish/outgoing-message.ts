export interface OutgoingMessage {
  readonly id: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly type: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | number>>;
  /** When the thing that the message tells of happened. */
  readonly time: Date;
}
