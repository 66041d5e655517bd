// Who looks, as the server said it. The server decides what they may; here only what is not worth showing is left out.
export type Role = 'viewer' | 'analyst' | 'admin';
export const ROLES: Role[] = ['viewer', 'analyst', 'admin'];

export interface Me {
  name: string;
  role: Role;
  by: 'session' | 'token' | 'demo';
}

let me: Me | null = null;
export const know = (who: Me | null): void => void (me = who);
export const may = (least: Role): boolean => me !== null && ROLES.indexOf(me.role) >= ROLES.indexOf(least);
export const myself = (): Me | null => me;

const OUT = 'hetk-out';
/** The server does not know us any more: the page asks again who we are. */
export const signedOut = (): void => void dispatchEvent(new Event(OUT));
export function onSignedOut(act: () => void): () => void {
  addEventListener(OUT, act);
  return () => removeEventListener(OUT, act);
}
