import type { SealedPlace } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { ImagePlan } from '#adapters/content/images.ts';
import type { FilePurpose } from '#storage/files/file.entity.ts';

const mebibyte = 1024 * 1024;

/** Pictures alone: they are drawn anew before anybody opens them, which no other kind of file can be. */
export const uploadTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;

/** What a purpose takes, and what is made of it. */
export interface PurposePolicy {
  readonly sizeBytesMax: number;
  /** How an image is made anew; nothing else of it is kept. */
  readonly image: ImagePlan;
  /** Whether law makes the bank keep it when its user is erased. */
  readonly keyClass: SealedPlace['keyClass'];
}

export const purposes: Readonly<Record<FilePurpose, PurposePolicy>> = {
  avatar: {
    sizeBytesMax: 5 * mebibyte,
    image: { pixelsMax: 25_000_000, sideMax: 512, fit: 'cover', format: 'webp' },
    keyClass: 'erasable',
  },
  kyc_document: {
    sizeBytesMax: 10 * mebibyte,
    image: { pixelsMax: 50_000_000, sideMax: 4096, fit: 'inside', format: 'jpeg' },
    keyClass: 'retained',
  },
};

/** The largest that any purpose takes: what a route lets in. */
export const uploadBytesMax = Math.max(...Object.values(purposes).map(({ sizeBytesMax }) => sizeBytesMax));

/** Every type that a file may have once it was made anew. */
export const storedTypes: readonly string[] = [
  ...new Set(Object.values(purposes).map(({ image }) => `image/${image.format}`)),
];

/** How long whoever sends or completes an upload waits for the answer, in milliseconds. */
export const uploadTimeoutMs = 18_000;
/** How much of that the scanner may take, in milliseconds: a picture is made anew afterwards. */
export const scanTimeoutMs = uploadTimeoutMs - 6000;

/** For how long a link to send or to read a file holds. */
export const linkSeconds = 300;
/** For how long an upload waits to be completed. */
export const uploadSeconds = 3600;
/** Uploads that one user may have open, all purposes together. */
export const openUploadsMax = 20;
/** Whoever checks an upload has so long, before somebody else may. */
export const claimSeconds = 120;
/** What a storage may take to write an object, in seconds: more than any of its deadlines. */
const writeSeconds = 60;

/** Whether a write that begins now ends while its claim holds: afterwards the row may go, and nobody would remove the object. */
export function mayStillWrite(claimedUntil: Date, now: Date): boolean {
  return claimedUntil.getTime() - now.getTime() > writeSeconds * 1000;
}

/** Where the bytes of a file are sealed: those of another file, or of another person, do not open in its place. */
export function placeOf({ id, userId, purpose }: { id: string; userId: UserId; purpose: FilePurpose }): SealedPlace {
  return { userId, table: 'files', group: `documents:${id}`, keyClass: purposes[purpose].keyClass };
}

/** The parts of a link to a file that its owner may pass on for a while. */
export function linkParts(fileId: string): readonly string[] {
  return ['file', fileId];
}

/** `avatar.webp`: what a download is called says nothing about the person. */
export function fileNameOf({ purpose, contentType }: { purpose: FilePurpose; contentType: string }): string {
  const extension = contentType.slice(contentType.indexOf('/') + 1).replace('jpeg', 'jpg');
  return `${purpose.replace('kyc_', '')}.${extension}`;
}
