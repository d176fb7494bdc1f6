interface SandboxBank {
  readonly name: string;
  /** Under which Paystack and Flutterwave know it; each knows some that the other does not. */
  readonly paystack?: string;
  readonly flutterwave?: string;
  /** As Flutterwave calls it, where that differs. */
  readonly flutterwaveName?: string;
}

/** Some of Nigeria's banks, with codes as the two have them. */
export const nigerianBanks: readonly SandboxBank[] = [
  { name: 'Access Bank', paystack: '044', flutterwave: '044', flutterwaveName: 'Access Bank PLC' },
  { name: 'Access Bank (Diamond)', paystack: '063', flutterwave: '063' },
  { name: 'First Bank of Nigeria', paystack: '011', flutterwave: '011', flutterwaveName: 'First Bank PLC' },
  { name: 'Guaranty Trust Bank', paystack: '058', flutterwave: '058', flutterwaveName: 'GTBank Plc - Guaranty' },
  { name: 'Kuda Bank', paystack: '50211', flutterwave: '090267', flutterwaveName: 'Kuda' },
  { name: 'Zenith Bank', paystack: '057', flutterwave: '057' },
  { name: 'Abbey Mortgage Bank', paystack: '801' },
  { name: 'Pecan Trust Microfinance Bank', flutterwave: '090137' },
];

/** Some of Ghana's, which Paystack alone knows. */
export const ghanaianBanks: readonly SandboxBank[] = [
  { name: 'Absa Bank Ghana Ltd', paystack: '030100' },
  { name: 'GCB Bank Limited', paystack: '040100' },
];
