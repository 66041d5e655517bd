// Submitted forms and search addresses come in, `form_submit` and `search` go out; values of other fields are never read.
import { guard } from '../report';
import { track } from '../track';

const names = /^(q|s|query|search|keyword)$/;
let last: unknown;

const search = (query?: string): void => {
  if (query && query != last) track('search', { query });
  last = query;
};

/** Call it with each view: a results page is a search. */
export const searched = (): void => search([...new URLSearchParams(location.search)].find(entry => entry[1] && names.test(entry[0]))?.[1]);

export const submitted = (e: any): void => {
  const field = [...e.target.elements].find(f => f.type == 'search' || names.test(f.name));
  // A search form that loads its results page is counted there; one that a script handles is counted here.
  if (field) setTimeout(guard(() => e.defaultPrevented && search(field.value)));
  else track('form_submit', { form: e.target.id });
};
