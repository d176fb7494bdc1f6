import { expect, test } from 'vitest';
import { classifySmtpError } from '#providers/smtp/smtp-errors.ts';

test.each([
  ['550 5.1.1 ada: no such user', true],
  ['550-5.1.1 The email account that you tried to reach does not exist', true],
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound', true],
  ['552 5.2.2 mailbox full', true],
  ['550 no such user', false],
  ['550 5.7.1 blocked', false],
  ['550 5.1.8 sender refused', false],
  ['554 5.7.1 mentions 550 5.1.1', false],
  [undefined, false],
])('%j is about the recipient: %j', (response, recipientRefused) => {
  const refused = { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response };
  expect(classifySmtpError(refused)).toMatchObject({ kind: 'permanent', recipientRefused });
});

test.each([
  [{ code: 'EENVELOPE', responseCode: 550 }, 'permanent', 550],
  [{ code: 'EMESSAGE', responseCode: 554 }, 'permanent', 554],
  [{ code: 'EENVELOPE', responseCode: 451 }, 'transient', 451],
  [{ code: 'EPROTOCOL', responseCode: 421 }, 'transient', 421],
  [{ code: 'ETLS', responseCode: 500 }, 'transient', 500],
  [{ code: 'EENVELOPE', responseCode: 550, command: 'MAIL FROM' }, 'transient', 550],
  [{ code: 'EAUTH', responseCode: 535 }, 'transient', 535],
  [{ code: 'EENVELOPE', responseCode: 530 }, 'transient', 530],
  [{ code: 'ECONNECTION' }, 'transient', undefined],
  [{ code: 'ETIMEDOUT' }, 'transient', undefined],
  [{ code: 'ETLS' }, 'transient', undefined],
  [{ code: 'EENVELOPE' }, 'permanent', undefined],
  [{ code: 'ada@bank.example' }, 'transient', undefined],
  ['text', 'transient', undefined],
])('%j is %s', (error, kind, status) => {
  const classified = classifySmtpError(error);
  expect(classified).toMatchObject({ name: 'DeliveryError', kind, status });
  expect(JSON.stringify(classified) + String(classified)).not.toContain('ada');
});
