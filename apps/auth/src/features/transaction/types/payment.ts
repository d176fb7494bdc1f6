import * as v from 'valibot';
import {
  Amount,
  Currency,
  isAmountOf,
  money,
  Payee,
  payeeLines,
  payeeText,
  words,
} from '#features/transaction/fields.ts';
import { defineTransactionType } from '#features/transaction/transaction-type.ts';

/** Money that goes to somebody (RTS art. 5: the payer sees amount and payee). */
export const payment = defineTransactionType(
  'payment',
  v.pipe(
    v.strictObject({ amount: Amount, currency: Currency, payee: Payee, reference: v.optional(words(140)) }),
    v.forward(
      v.check((sum) => isAmountOf(sum), 'amount_of_currency'),
      ['amount'],
    ),
    v.forward(
      v.check(({ amount }) => /[1-9]/.test(amount), 'above_zero'),
      ['amount'],
    ),
  ),
  ({ payee, reference, ...sum }) => ({
    title: 'Payment',
    lines: [
      { label: 'Amount', value: money(sum) },
      ...payeeLines(payee),
      ...(reference === undefined ? [] : [{ label: 'Reference', value: reference }]),
    ],
    text: payeeText(`${sum.currency} ${sum.amount} to`, payee),
  }),
);
