/** The ways on which messages reach a person. */
export const messageChannels = ['email', 'sms', 'push'] as const;
export type MessageChannel = (typeof messageChannels)[number];

/** What a message may be about that its reader can do without on a channel. */
export const optionalCategories = ['transactions', 'account', 'product', 'marketing'] as const;
export type OptionalCategory = (typeof optionalCategories)[number];

/** What a message is about. `security`: codes, and what is done to the account; nobody can switch it off. */
export const messageCategories = ['security', ...optionalCategories] as const;
export type MessageCategory = (typeof messageCategories)[number];
