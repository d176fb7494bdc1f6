import { expect, test } from 'vitest';
import { isCalendarDate } from '#time/calendar-date.ts';

test.each(['2024-02-29', '2000-02-29', '1815-12-10', '9999-12-31'])('%s is a day', (text) => {
  expect(isCalendarDate(text)).toBe(true);
});

test.each(['2023-02-29', '2024-02-30', '1900-02-29', '2024-04-31', '2024-13-01', '2024-00-10', '2024', '2024-02', ''])(
  '%j is none',
  (text) => {
    expect(isCalendarDate(text)).toBe(false);
  },
);
