import type { ErrorEntry } from '#errors/kind.ts';
import { notFoundMessage } from '#errors/kind.ts';

/** Uploads and what becomes of them. */
export const fileErrors = {
  'file.not_found': { kind: 'not_found', message: notFoundMessage },
  'file.upload.missing': { kind: 'conflict', message: 'Nothing was uploaded yet; send the file first.' },
  'file.upload.settled': { kind: 'conflict', message: 'This upload was completed already, or is being completed.' },
  'file.upload.mismatch': { kind: 'invalid', message: 'What was sent is not the file that was announced.' },
  'file.uploads.too_many': {
    kind: 'limited',
    message: 'Too many uploads are open; complete them, or try again later.',
  },
  'file.refused': { kind: 'invalid', message: 'The file is not acceptable; see errors.' },
  'file.link.invalid': { kind: 'forbidden', message: 'The link does not hold, or no longer.' },
} as const satisfies Record<string, ErrorEntry>;
