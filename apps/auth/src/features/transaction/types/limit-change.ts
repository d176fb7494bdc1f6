import * as v from 'valibot';
import { Amount, Currency, isAmountOf, money } from '#features/transaction/fields.ts';
import { defineTransactionType } from '#features/transaction/transaction-type.ts';

const limits = {
  single_transfer: 'one transfer',
  daily_transfer: 'transfers a day',
  monthly_transfer: 'transfers a month',
  daily_card: 'card payments a day',
  daily_cash: 'cash a day',
} as const;
const names = Object.keys(limits) as (keyof typeof limits)[];

/** How much may go at once or in a time. */
export const limitChange = defineTransactionType(
  'limit_change',
  v.pipe(
    v.strictObject({ limit: v.picklist(names), amount: Amount, currency: Currency }),
    v.forward(
      v.check((sum) => isAmountOf(sum), 'amount_of_currency'),
      ['amount'],
    ),
  ),
  ({ limit, ...sum }) => ({
    title: 'Change of a limit',
    lines: [
      { label: 'Limit', value: limits[limit] },
      { label: 'New amount', value: money(sum) },
    ],
    text: `limit of ${limits[limit]} to ${sum.currency} ${sum.amount}`,
  }),
);
