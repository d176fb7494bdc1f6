import { indexBy } from '#check/grouping.ts';
import type { Rule } from '#check/history.ts';
import { told, twice } from '#check/violation.ts';

const paired = 'no object without its row, no row without its object';
const cleared = 'what is abandoned goes';

/** Rows and objects of files belong together, a document has its file, and nobody has two pictures. */
export const filesAreWhole: Rule = ({ files: { rows, objects }, kyc: { documents } }) => {
  const there = new Set(objects);
  const keys = new Set(rows.flatMap(({ uploadKey, storedKey }) => [uploadKey, storedKey]));
  const stored = rows.filter(({ status }) => status === 'stored');
  const byId = indexBy(stored, ({ id }) => id);
  const pictures = Map.groupBy(
    stored.filter(({ purpose }) => purpose === 'avatar'),
    ({ userId }) => userId,
  );
  return [
    ...objects
      .filter((name) => name !== 'begun' && !keys.has(name))
      .map((name) => told(paired, `object ${name} has no row`)),
    ...stored
      .filter(({ storedKey }) => !there.has(storedKey))
      .map(({ id, storedKey }) => told(paired, `file ${id} has no object ${storedKey}`)),
    ...documents
      .filter(({ state, fileId, userId }) => state === 'uploaded' && byId.get(fileId ?? '')?.userId !== userId)
      .map(({ id }) => told(paired, `document ${id} has no file`)),
    ...[...pictures]
      .filter(([, own]) => own.length > 1)
      .map(([userId]) => told(twice, `${userId} has several pictures`)),
  ];
};

/** Nothing is left that is to go by now: uploads that nobody completed, what became files, what was replaced. */
export const leftoversAreGone: Rule = ({ files: { rows, objects } }) => [
  ...rows.filter(({ isDue }) => isDue).map(({ id, status }) => told(cleared, `${status} file ${id} is due`)),
  ...objects.filter((name) => name === 'begun').map(() => told(cleared, 'an object that was begun to be written')),
];
