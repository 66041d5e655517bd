// The second file (captures, on, debug ...) is fetched, checked and started.
import { site } from './config';
import { core } from './hetk';
import { guard } from './report';

/** Path and integrity of the file beside hetk.js, put here by the build. */
declare const HETK_MORE: [string, string];

export const load = (): void => {
  const href = site.host + HETK_MORE[0];
  // The preload is what checks the integrity; import() then finds the checked module. Neither is a Trusted Types sink.
  document.head.append(Object.assign(document.createElement('link'), {
    rel: 'modulepreload',
    integrity: HETK_MORE[1],
    href,
    onload: () => import(href).then(guard(m => m.start(core))),
  }));
};
