// What went wrong or was not sent comes in; counts by reason for the collector go out. Nothing throws.

/** The reasons an event can be lost for (`events_lost`), or `error: ` and what the SDK itself threw. */
export type Reason = 'cap' | 'too_large' | 'rejected' | 'bad_props' | `error: ${string}`;

/** What has not been told yet. */
export const problems: Record<string, number> = {};

/** Counts losses and faults by their reason. */
export const lost = (reason: Reason, n = 1): unknown => (problems[reason] = (problems[reason] || 0) + n);

/** The function with its exceptions counted instead of thrown: everything the page or the browser calls is wrapped. */
export const guard = <A extends any[]>(fn: (...args: A) => unknown) => (...args: A): any => {
  try {
    return fn(...args);
  } catch (e) {
    lost(`error: ${e}`);
  }
};
