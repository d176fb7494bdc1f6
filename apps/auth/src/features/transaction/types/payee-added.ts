import * as v from 'valibot';
import { Payee, payeeLines, payeeText } from '#features/transaction/fields.ts';
import { defineTransactionType } from '#features/transaction/transaction-type.ts';

/** Somebody to whom money goes more easily from now on (RTS art. 13). */
export const payeeAdded = defineTransactionType('payee_added', v.strictObject({ payee: Payee }), ({ payee }) => ({
  title: 'New payee',
  lines: payeeLines(payee),
  text: payeeText('new payee', payee),
}));
