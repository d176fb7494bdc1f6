const form = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a date (`YYYY-MM-DD`) is on the calendar: `2024-02-29` is, `2023-02-29` and `2024-02-30`, which `Date` reads as days of March, are not. */
export function isCalendarDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return form.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
