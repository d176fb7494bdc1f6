const email = /[^\s@"'<>(),;:]+@[^\s@"'<>(),;:]+/g;
const jwt = /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g;
const bearerSecret = /\b[a-z]+_[0-9a-f]{8}-[0-9a-f-]{27}\.[\w-]+/gi;
const urlCredentials = /\b([a-z][a-z\d+.-]*:\/\/)[^\s/@]*@/gi;
const longDigits = /\+?\d(?:[ .-]?\d){5,}/g;

/**
 * Hides what looks like an address, a token, credentials in a URL, or a number of six digits and more (codes, phone
 * numbers, cards) in free text. The second net under the allow-list: free text is written by us, but is one
 * interpolation away from data. Cut at `lengthMax` characters.
 */
export function maskText(text: string, lengthMax = 500): string {
  const masked = text
    .replace(urlCredentials, '$1')
    .replace(jwt, '[redacted]')
    .replace(bearerSecret, '[redacted]')
    .replace(email, '[redacted]')
    .replace(longDigits, '[redacted]');
  return masked.length > lengthMax ? `${masked.slice(0, lengthMax)}…` : masked;
}
