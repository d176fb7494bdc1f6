// What one client address may send, right or wrong, before anything is looked up. Many people share an address, of an office or behind
// a carrier's NAT, and a stranger among them must not be able to keep the others out (SR-14): these stop a flood only. What guesses is
// stopped by counting its failures (`withFailureLimit`) and by the tries of what it guesses at.

/** What signs in, or finishes by a code or a link what was begun. */
export const flood = { points: 1200, windowSeconds: 600, by: 'address' } as const;

/** Each session asks every five minutes while its app is open: three thousand of them behind an address. */
export const refreshFlood = { ...flood, points: 6000 } as const;

/** What may write to somebody who proved nothing yet. One address is not to use up the mail that strangers may cause (`EMAILS_PER_HOUR`). */
export const letterFlood = { ...flood, points: 120 } as const;
