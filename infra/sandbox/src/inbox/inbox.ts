import { randomUUID } from 'node:crypto';

export const channels = ['email', 'sms', 'push'] as const;
export type Channel = (typeof channels)[number];

/** A message that was "sent", as the inbox API shows it. */
export interface InboxMessage {
  readonly id: string;
  readonly channel: Channel;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly template: string;
  readonly receivedAt: string;
}

export interface InboxFilter {
  to?: string | undefined;
  channel?: Channel | undefined;
}

interface Stored {
  readonly message: InboxMessage;
  readonly source: string;
  readonly bytes: number;
}

const messagesMax = 2000;
const bytesMax = 32 * 1024 * 1024;

/** What all protocols have received, newest first. Bounded: beyond 2,000 messages or 32 MiB the oldest are forgotten. */
export class Inbox {
  readonly #stored = new Map<string, Stored>();
  #bytes = 0;
  #changes = 0;

  /** Changes with every change of the content. */
  get version(): number {
    return this.#changes;
  }

  /** Keeps a message together with the text that came over the wire. */
  add(message: Omit<InboxMessage, 'id' | 'receivedAt'>, source: string): InboxMessage {
    const kept: InboxMessage = { id: randomUUID(), ...message, receivedAt: new Date().toISOString() };
    const bytes = 2 * (source.length + message.text.length + message.html.length);
    this.#stored.set(kept.id, { message: kept, source, bytes });
    this.#bytes += bytes;
    this.#changes += 1;
    for (const id of this.#stored.keys()) {
      if (this.#stored.size <= messagesMax && this.#bytes <= bytesMax) break;
      this.#forget(id);
    }
    return kept;
  }

  /** Newest first. Addresses are compared without regard to case. */
  list(filter: InboxFilter = {}): InboxMessage[] {
    return [...this.#stored.values()]
      .map(({ message }) => message)
      .filter((message) => matches(message, filter))
      .reverse();
  }

  find(id: string): { message: InboxMessage; source: string } | undefined {
    return this.#stored.get(id);
  }

  remove(filter: InboxFilter = {}): void {
    for (const { id } of this.list(filter)) this.#forget(id);
    this.#changes += 1;
  }

  #forget(id: string): void {
    this.#bytes -= this.#stored.get(id)?.bytes ?? 0;
    this.#stored.delete(id);
  }
}

function matches(message: InboxMessage, { to, channel }: InboxFilter): boolean {
  if (channel !== undefined && message.channel !== channel) return false;
  return to === undefined || message.to.toLowerCase() === to.toLowerCase();
}
