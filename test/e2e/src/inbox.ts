/** A message that the sandbox took instead of a person. */
export interface InboxMessage {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly template: string;
  readonly receivedAt: string;
}

/** The newest message of a template to an address that came since then, waited for. @throws Error when none comes in time */
export async function waitForMessage(
  inboxUrl: string,
  to: string,
  template: string,
  { since = new Date(0), deadlineMs = 10_000 } = {},
): Promise<InboxMessage> {
  const url = new URL('/api/messages', inboxUrl);
  url.searchParams.set('to', to);
  url.searchParams.set('channel', 'email');
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    const response = await fetch(url);
    const { items } = (await response.json()) as { items: InboxMessage[] };
    const found = items.find((message) => message.template === template && new Date(message.receivedAt) >= since);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no message "${template}" came to ${to} within ${deadlineMs} ms`);
}

/** The six-digit code in a message. @throws Error when there is none */
export function codeIn(message: InboxMessage): string {
  const code = /\b(\d{6})\b/.exec(message.text)?.[1];
  if (code === undefined) throw new Error(`the message "${message.subject}" has no code`);
  return code;
}
