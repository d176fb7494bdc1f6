import { expect, test } from 'vitest';
import { Inbox } from '#inbox/inbox.ts';

function message(to: string, text = 'hello') {
  return { channel: 'email', to, subject: 's', text, html: '', template: 't' } as const;
}

test('lists the newest first, by address in any case and by channel', () => {
  const inbox = new Inbox();
  inbox.add(message('a@x.example'), '');
  inbox.add(message('b@x.example'), '');
  inbox.add({ ...message('A@X.example'), channel: 'sms' }, '');
  expect(inbox.list().map(({ to }) => to)).toEqual(['A@X.example', 'b@x.example', 'a@x.example']);
  expect(inbox.list({ to: 'a@X.EXAMPLE' })).toHaveLength(2);
  expect(inbox.list({ to: 'a@x.example', channel: 'sms' })).toHaveLength(1);
});

test('forgets the oldest beyond 2,000 messages', () => {
  const inbox = new Inbox();
  for (let n = 1; n <= 2010; n += 1) inbox.add(message(`${n}@x.example`), '');
  expect([inbox.list().length, inbox.list().at(-1)?.to]).toEqual([2000, '11@x.example']);
});

test('forgets the oldest beyond 32 MiB, and has room again after removal', () => {
  const inbox = new Inbox();
  const megabyte = 'x'.repeat(512 * 1024 + 1);
  for (let n = 1; n <= 40; n += 1) inbox.add(message(`${n}@x.example`, megabyte), '');
  expect(inbox.list()).toHaveLength(31);
  inbox.remove({ to: '40@x.example' });
  expect(inbox.list()[0]?.to).toBe('39@x.example');
  inbox.remove();
  for (let n = 1; n <= 20; n += 1) inbox.add(message(`${n}@x.example`, megabyte), '');
  expect(inbox.list()).toHaveLength(20);
});

test('its version changes with its content', () => {
  const inbox = new Inbox();
  const versions = [inbox.version];
  inbox.add(message('a@x.example'), '');
  versions.push(inbox.version);
  inbox.remove();
  versions.push(inbox.version);
  expect(new Set(versions).size).toBe(3);
});
