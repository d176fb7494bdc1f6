/** Some kinds of bills. */
export const categories = [
  { id: 3, name: 'Cable Bill Payment', code: 'CABLEBILLS', description: 'Cable Bill Payment', country_code: 'NG' },
  { id: 5, name: 'Utility Bills', code: 'UTILITYBILLS', description: 'Utility Bills', country_code: 'NG' },
];

/** Some who send them. */
export const billers = [
  {
    ...{ id: 1, name: 'DSTV', logo: null, description: 'DSTV', short_name: 'DSTV', biller_code: 'BIL121' },
    ...{ country_code: 'NG', category: 'CABLEBILLS' },
  },
  {
    ...{ id: 2, name: 'Ikeja Electric', logo: null, description: 'IKEDC', short_name: 'IKEDC', biller_code: 'BIL113' },
    ...{ country_code: 'NG', category: 'UTILITYBILLS' },
  },
];

const items = [
  { biller_code: 'BIL121', item_code: 'CB141', name: 'DSTV COMPACT', label_name: 'SmartCard Number' },
  { biller_code: 'BIL121', item_code: 'CB142', name: 'DSTV PREMIUM', label_name: 'SmartCard Number' },
  { biller_code: 'BIL113', item_code: 'UB159', name: 'IKEDC PREPAID', label_name: 'Meter Number' },
];

/** What a biller sells. */
export function itemsOf(billerCode: string) {
  return items
    .filter(({ biller_code: code }) => code === billerCode)
    .map((item, index) => ({
      ...{ id: index + 1, default_commission: 0.3, country: 'NG', is_airtime: false, is_resolvable: true },
      ...{ fee: 100, commission_on_fee: true, amount: 0, reg_expression: '^[A-Za-z0-9]+$', ...item },
    }));
}
