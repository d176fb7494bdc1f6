/** What sort of failure it is. Each transport maps a kind to its own status exactly once. */
export type ErrorKind =
  | 'malformed'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'conflict'
  | 'precondition_failed'
  | 'too_large'
  | 'unsupported_type'
  | 'precondition_required'
  | 'limited'
  | 'unavailable'
  | 'internal';

/** One row of the catalogue: the kind, and the sentence that a client may show to a person. */
export interface ErrorEntry {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** The one wording for what is missing and for what is not yours, so that nobody can tell the two apart. */
export const notFoundMessage = 'There is nothing here that you may see.';
