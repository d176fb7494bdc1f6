// What one client address may send, right or wrong, before anything is looked up. Many people share an address, of an office or behind
// a carrier's NAT, and a stranger among them must not be able to keep the others out (SR-14): these stop a flood only. What guesses is
// stopped by counting its failures (`withFailureLimit`) and by the tries of what it guesses at.

/** What signs in, or finishes by a code or a link what was begun. */
export const flood = { points: 1200, windowSeconds: 600, by: 'address' } as const;

/** Each session asks every five minutes while its app is open: three thousand of them behind an address. */
export const refreshFlood = { ...flood, points: 6000 } as const;

/**
 * What may write to somebody who proved nothing yet: one count for all paths together, 720 mails an hour from an address. It is not to
 * use up what strangers have of the mail of all (`EMAILS_PER_HOUR`): of links for another password that is a quarter, so that holds
 * above 2,880. All addresses of an IPv6 /48, which anybody gets for nothing, have four times as much together, and not sixteen as of
 * a flood: 2,880 mails, so that it holds of them above 11,520, and as the setting comes.
 */
export const letterFlood = { ...flood, name: 'letters', points: 120, siteTimes: 4 } as const;
