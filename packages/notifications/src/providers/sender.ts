/** Who a message is from: parsed once, so that nothing in it can be read as more than a mailbox (SR-76). */
export interface Sender {
  readonly name: string;
  readonly address: string;
  readonly domain: string;
}

// One plain mailbox and nothing that a header or an envelope could read as more (SR-76).
const mailbox = /^[^\s\p{C}<>()[\]\\,;:"@]{1,64}@[^\s\p{C}<>()[\]\\,;:"@]{1,255}$/u;

/** Whether a text is one plain mailbox. */
export function isMailbox(text: string): boolean {
  return mailbox.test(text);
}

/** Reads `Name <address>` or an address. @throws Error when it is neither */
export function parseSender(from: string): Sender {
  const [, name = '', inBrackets, bare] = /^(?:([^<>\p{C}]*)<([^<>]+)>|([^<>]+))$/u.exec(from.trim()) ?? [];
  const address = (inBrackets ?? bare ?? '').trim();
  if (!isMailbox(address)) throw new Error('the sender must be an address, or a name and an address in <>');
  return { name: name.trim().replace(/^"|"$/g, ''), address, domain: address.slice(address.indexOf('@') + 1) };
}
