const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The base64 of bcrypt, which has an order of its own and no padding. */
export const bcryptBase64 = {
  decode(text: string): Buffer {
    return Buffer.from([...text].map((digit) => standard[alphabet.indexOf(digit)]).join(''), 'base64');
  },
} as const;
