type SharpModule = typeof import('sharp').default;

let loaded: Promise<SharpModule> | undefined;

/**
 * The library that reads and draws pictures, loaded with the first of them: it brings one of its own that most processes never
 * need. Nobody else imports it, since it is safe only as it is set here (SR-77).
 */
export function imageLibrary(): Promise<SharpModule> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    // Only these formats are read, whatever a file says it is: no SVG, no PDF, nothing that has a language of its own.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
    return sharp;
  });
  return loaded;
}
