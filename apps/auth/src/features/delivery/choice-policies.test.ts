import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeByChoices, type MessageChoices, quietUntil } from './choice-policies.ts';

const night = { from: '22:00', to: '07:00' };
const at = (text: string) => new Date(text);
const until = (text: string, timeZone = 'UTC', hours = night) => quietUntil(hours, timeZone, at(text))?.toISOString();

describe('quietUntil', () => {
  it.each([
    ['2026-03-01T21:59:59Z', undefined],
    ['2026-03-01T22:00:00Z', '2026-03-02T07:00:00.000Z'],
    ['2026-03-02T00:30:40Z', '2026-03-02T07:00:00.000Z'],
    ['2026-03-02T06:59:59.999Z', '2026-03-02T07:00:00.000Z'],
    ['2026-03-02T07:00:00Z', undefined],
  ])('at %s over midnight: %s', (now, end) => {
    expect(until(now)).toBe(end);
  });

  it('knows hours within a day, and zones of any offset', () => {
    const noon = { from: '12:00', to: '14:00' };
    expect(until('2026-03-01T13:00:00Z', 'UTC', noon)).toBe('2026-03-01T14:00:00.000Z');
    expect(until('2026-03-01T14:00:00Z', 'UTC', noon)).toBeUndefined();
    expect(until('2026-03-01T17:00:00Z', 'Asia/Kolkata')).toBe('2026-03-02T01:30:00.000Z');
    expect(until('2026-03-01T17:00:00Z', 'Mars/Olympus')).toBeUndefined();
  });

  it('goes by the clocks on the wall when they are changed meanwhile', () => {
    // 02:00 becomes 03:00, and in autumn 03:00 becomes 02:00.
    expect(until('2026-03-28T22:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T05:00:00.000Z');
    expect(until('2026-10-24T21:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T06:00:00.000Z');
    // 02:30 is not that night: an hour later at most, and never now.
    expect(until('2026-03-28T22:00:00Z', 'Europe/Berlin', { from: '22:00', to: '02:30' })).toBe(
      '2026-03-29T01:30:00.000Z',
    );
  });

  it('ends after now, within a day and a change of clocks, at a time that is not quiet', () => {
    const minute = fc.integer({ min: 0, max: 1439 }).map((of) => {
      return `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
    });
    const zone = fc.constantFrom('UTC', 'Asia/Kolkata', 'Pacific/Chatham', 'America/St_Johns');
    const moment = fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2026-12-31T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(minute, minute, zone, moment, (from, to, timeZone, now) => {
        if (from === to) return;
        const end = quietUntil({ from, to }, timeZone, now);
        if (end === undefined) return;
        expect(end.getTime()).toBeGreaterThan(now.getTime());
        expect(end.getTime() - now.getTime()).toBeLessThanOrEqual(25 * 3_600_000);
      }),
    );
  });
});

describe('judgeByChoices', () => {
  const now = at('2026-03-01T23:00:00Z');
  const tomorrow = at('2026-03-02T23:00:00Z');
  const choices: MessageChoices = { timeZone: 'UTC', quietHours: night, switchedOff: new Set(['email product']) };
  const awake = { ...choices, quietHours: undefined };
  const message = { channel: 'email', category: 'account', expiresAt: tomorrow } as const;

  it('keeps back what is switched off on the channel, and there alone', () => {
    expect(judgeByChoices({ ...message, category: 'product' }, choices, now)).toEqual({ kind: 'switched_off' });
    expect(judgeByChoices({ ...message, channel: 'sms', category: 'product' }, awake, now)).toEqual({ kind: 'send' });
    expect(judgeByChoices(message, awake, now)).toEqual({ kind: 'send' });
  });

  it('lets a message wait for the end of quiet hours, but not beyond its time', () => {
    expect(judgeByChoices(message, choices, now)).toEqual({ kind: 'wait', until: at('2026-03-02T07:00:00Z') });
    const expiresAt = at('2026-03-02T07:00:00Z');
    expect(judgeByChoices({ ...message, expiresAt }, choices, now)).toEqual({ kind: 'late' });
  });

  it('sends what is about security whatever was chosen', () => {
    const all = { ...choices, switchedOff: new Set(['email security'] as const) };
    expect(judgeByChoices({ ...message, category: 'security' }, all, now)).toEqual({ kind: 'send' });
  });
});
