import { createServer } from 'node:net';
import { Secret } from '@bank/domain';
import { testCertificates } from '@bank/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSmtpProvider, type EmailMessage, messageOf, renderEmail, type SmtpOptions } from '#index.ts';
import { mailServer, reply } from './mail-server.ts';

function provider(port: number, options: Partial<SmtpOptions> = {}) {
  const url = new Secret(`smtp://127.0.0.1:${port}`);
  const made = createSmtpProvider({ url, from: 'The Bank <no-reply@bank.example>', timeoutMs: 2000, ...options });
  onTestFinished(() => made.close());
  return made;
}

function message(changes: Partial<EmailMessage> = {}): EmailMessage {
  const { template, params } = messageOf('registration-code', { code: '048291', minutes: 10 });
  const content = renderEmail({ template, params, brand: 'The Bank' });
  const fixed = { channel: 'email', deliveryId: '0198-d1', to: 'ada@bank.example', expiresAt: new Date(0) } as const;
  return { ...fixed, template, ...content, ...changes };
}

describe('a message', () => {
  test('arrives in HTML and text, with its template and an identity that stays', async () => {
    const { port, received } = await mailServer();
    const smtp = provider(port);
    const sent = [await smtp.send(message()), await smtp.send(message())];
    expect(sent).toEqual(Array.from({ length: 2 }, () => ({ providerMessageId: '<0198-d1@bank.example>' })));
    expect(received.map(({ mail }) => mail.messageId)).toEqual(sent.map(({ providerMessageId }) => providerMessageId));
    const [first] = received;
    expect(first?.envelope).toEqual(['ada@bank.example']);
    expect(first?.mail).toMatchObject({
      subject: message().subject,
      from: { name: 'The Bank', address: 'no-reply@bank.example' },
    });
    expect(first?.mail.text).toContain('048291');
    expect(first?.mail.html).toContain('048291');
    const headers = Object.fromEntries(first?.mail.headers.map(({ key, value }) => [key, value]) ?? []);
    expect(headers).toMatchObject({ 'x-template': 'registration-code', 'auto-submitted': 'auto-generated' });
  });

  test('shares connections', async () => {
    const { port, received } = await mailServer();
    const smtp = provider(port, { connectionsMax: 2 });
    await Promise.all(Array.from({ length: 20 }, (_, n) => smtp.send(message({ deliveryId: `d${n}` }))));
    expect(received).toHaveLength(20);
    expect(new Set(received.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2);
  });
});

describe('SR-76: no header and no recipient can be smuggled in', () => {
  test.each([
    ['subject', { subject: 'Hi\r\nBcc: victim@bank.example\r\n\r\nbody' }],
    ['template', { template: 'x\r\nBcc: victim@bank.example' }],
    ['delivery id', { deliveryId: 'd1>\r\nBcc: victim@bank.example\r\nX: <' }],
    ['text', { text: '.\r\nMAIL FROM:<x@y>\r\n' }],
  ])('by the %s', async (_where, changes) => {
    const { port, received } = await mailServer();
    await provider(port).send(message(changes));
    expect(received).toHaveLength(1);
    expect(received[0]?.envelope).toEqual(['ada@bank.example']);
    expect(received[0]?.mail.headers.map(({ key }) => key)).not.toContain('bcc');
  });

  test.each([
    'a@x.example, b@y.example',
    'Ada <ada@x.example>',
    'ada@x.example\r\nRCPT TO:<b@y.example>',
    'ada',
    'a b@x.example',
    '',
  ])('by the address %j', async (to) => {
    const { port, received } = await mailServer();
    await expect(provider(port).send(message({ to }))).rejects.toMatchObject({ kind: 'permanent', code: 'EADDRESS' });
    expect(received).toEqual([]);
  });
});

describe('what went wrong is transient or permanent', () => {
  test.each([
    [550, 'permanent'],
    [552, 'permanent'],
    [451, 'transient'],
    [421, 'transient'],
  ])('a refusal of the recipient with %i is %s', async (status, kind) => {
    const { port } = await mailServer({ onRcptTo: (_address, _session, answer) => answer(reply(status)) });
    const failure = provider(port).send(message());
    await expect(failure).rejects.toMatchObject({ name: 'DeliveryError', kind, status });
    await expect(failure).rejects.not.toThrow(/ada/);
  });

  test('a refusal of our own address is ours to put right, so transient', async () => {
    const { port } = await mailServer({ onMailFrom: (_address, _session, answer) => answer(reply(550)) });
    await expect(provider(port).send(message())).rejects.toMatchObject({ kind: 'transient', status: 550 });
  });

  test('a refusal of the message with 554 is permanent', async () => {
    const { port } = await mailServer({
      onData(stream, _session, answer) {
        stream.resume().on('end', () => answer(reply(554)));
      },
    });
    await expect(provider(port).send(message())).rejects.toMatchObject({ kind: 'permanent', status: 554 });
  });

  test('wrong credentials are ours to put right, so transient', async () => {
    const onAuth: NonNullable<Parameters<typeof mailServer>[0]>['onAuth'] = (_auth, _session, answer) =>
      answer(reply(535));
    const { port } = await mailServer({ onAuth, allowInsecureAuth: true });
    const smtp = provider(port, { url: new Secret(`smtp://u:wrong@127.0.0.1:${port}`) });
    await expect(smtp.send(message())).rejects.toMatchObject({ kind: 'transient', code: 'EAUTH', status: 535 });
  });

  test('nobody there, no greeting, no answer: transient, in time', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const bound = mute.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const silent = provider(port, { timeoutMs: 100 });
    await expect(silent.send(message())).rejects.toMatchObject({ kind: 'transient' });
    await silent.close();
    await new Promise((resolve) => mute.close(resolve));
    await expect(provider(port).send(message())).rejects.toMatchObject({ kind: 'transient', status: undefined });
    const slow = await mailServer({ onData: (stream) => void stream.resume() });
    await expect(provider(slow.port, { deadlineMs: 100 }).send(message())).rejects.toMatchObject({ code: 'EDEADLINE' });
  });
});

describe('SR-68: TLS', () => {
  const disabledCommands: string[] = [];

  test('is used when offered, and verified', async () => {
    const authority = await testCertificates();
    const { cert, key } = await authority.issue({ name: 'mail', ips: ['127.0.0.1'], dns: ['localhost'] });
    const { port, received } = await mailServer({ disabledCommands, cert, key });
    await provider(port, { ca: authority.ca, requireTls: true }).send(message());
    expect(received[0]?.secure).toBe(true);
    await expect(provider(port).send(message())).rejects.toMatchObject({ kind: 'transient' });
    expect(received).toHaveLength(1);
  });

  test('can be demanded', async () => {
    const { port, received } = await mailServer();
    await expect(provider(port, { requireTls: true }).send(message())).rejects.toMatchObject({ kind: 'transient' });
    expect(received).toEqual([]);
  });

  test('from the first byte with smtps', async () => {
    const authority = await testCertificates();
    const { cert, key } = await authority.issue({ name: 'mail', ips: ['127.0.0.1'] });
    const { port, received } = await mailServer({ secure: true, cert, key });
    await provider(port, { url: new Secret(`smtps://127.0.0.1:${port}`), ca: authority.ca }).send(message());
    expect(received[0]?.secure).toBe(true);
  });
});

test.each([
  ['http://mail.example', 'no-reply@bank.example'],
  ['smtp://mail.example', 'The Bank'],
  ['smtp://mail.example', 'a@x.example, b@y.example'],
  ['smtp://mail.example', 'x <a@x.example>\r\nBcc: b@y.example'],
])('%s with sender %j is refused at once', (url, from) => {
  expect(() => createSmtpProvider({ url: new Secret(url), from })).toThrow(/must be/);
});
