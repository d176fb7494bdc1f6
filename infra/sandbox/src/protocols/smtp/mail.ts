import PostalMime, { decodeWords } from 'postal-mime';

export interface Mail {
  readonly messageId: string;
  readonly template: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Reads a message in Internet Message Format (RFC 5322, MIME). Missing parts are empty texts. */
export async function parseMail(source: Uint8Array): Promise<Mail> {
  const mail = await PostalMime.parse(source);
  return {
    messageId: mail.messageId ?? '',
    template: decodeWords(mail.headers.find((header) => header.key === 'x-template')?.value ?? ''),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
  };
}
