// What went wrong or was not sent comes in; counts by reason for the collector go out. Nothing throws.
/** The counts since they were last taken. */
export let problems: Record<string, number> | undefined;
export const taken = (): unknown => (problems = undefined);

/** Counts a loss or a fault by its reason. */
export const lost = (reason: string, n = 1): unknown => (problems = { ...problems, [reason]: (problems?.[reason] || 0) + n });

/** The function with its exceptions counted instead of thrown: everything the page or the browser calls is wrapped. */
export const guard = <A extends any[]>(fn: (...args: A) => unknown) => (...args: A): any => {
  try {
    return fn(...args);
  } catch (e) {
    lost('error: ' + e);
  }
};
