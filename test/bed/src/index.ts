export { type BundledStackOptions, withBundledStack } from '#bundled-stack.ts';
export { fromAnotherAddress } from '#client-address.ts';
export { describeMachine, type Machine } from '#machine.ts';
export { acceptedTerms, codeFor, freshEmail, freshPassword, type Person, post, registerPeople } from '#people.ts';
export { connectionOf, type DatabaseEnvironment, queryOnce } from '#postgres.ts';
export { progressLines } from '#progress.ts';
export { writeLatest } from '#results.ts';
export { median, percentile } from '#statistics.ts';
export { textTable } from '#text-table.ts';
