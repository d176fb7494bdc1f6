export interface Bell {
  ring(): void;
  /** Resolves when the bell rings, at once when it rang since the last wait, and after `timeoutMs` in any case. */
  wait(timeoutMs: number): Promise<void>;
}

/** Wakes the one who waits, and remembers a ring that came while nobody did. */
export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(timeoutMs) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      rung = false;
    },
  };
}
