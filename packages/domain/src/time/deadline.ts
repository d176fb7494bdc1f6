/**
 * Settles as `work` does, or rejects with the error that `late` makes after `deadlineMs`, whichever is first. The work goes on; what
 * comes of it later is ignored.
 */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
