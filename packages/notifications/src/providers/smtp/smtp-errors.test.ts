import { expect, test } from 'vitest';
import { classifySmtpError } from '#providers/smtp/smtp-errors.ts';

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
