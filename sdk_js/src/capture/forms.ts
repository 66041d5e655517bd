// Submitted forms come in; searches and `form_submit` go out; values of other fields are never read.
import type { Props } from '../track';
import { asked, names } from './query';

/** `search` gets what a script was asked for; a form that loads its results page is counted there. Call it during the event. */
export const submitted = (e: any, track: (event: string, props: Props) => unknown, search: (query: string) => void): void => {
  const field = [...e.target.elements].find(f => f.type == 'search' || names.test(f.name));
  if (!field) track('form_submit', { form: e.target.id });
  else if (e.defaultPrevented && asked(field.value)) search(field.value);
};
