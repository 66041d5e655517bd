// The core's first events, handlers and consent come in; moments go out, over pages where the visitor agreed to storage.
// Nothing leaves the device for them: what is fetched is code, words and the rules of the site.
import type { Config } from '../more/law';
import type { Recorded } from '../track';
import type { Classifier } from '../intent';
import rules from '../../../warehouse/models/30_moments/moment_defaults.json';
import { createMoments } from './index';
import { fetched } from './fetched';
import { merge } from './merge';
import { told } from './told';

/** [path, integrity] of the classifier, put here by the build. */
declare const HETK_INTENT: [string, string];

/** The second file's parts (src/more/index.ts); `agreed` gives something when the visitor agreed to storage. */
export async function start(
  past: Recorded[],
  on: (type: string, fn: Function) => unknown,
  emit: (type: string, value: unknown) => void,
  key: string,
  agreed: () => { session?: string } | undefined,
  asked: Promise<Config | undefined>,
): Promise<void> {
  const name = 'hetk:moments:' + key;
  // What the warehouse published for the site: rules and words of its own. Without them, the defaults.
  const own = (await asked) || {};
  let kept = agreed() && sessionStorage.getItem(name);
  if (!kept) sessionStorage.removeItem(name); // consent was withdrawn on a page without moments
  const before = kept ? JSON.parse(kept) : {};
  // Another session begins with a clean slate.
  const moments = createMoments(merge(rules, own.moments || {}), before.session == agreed()?.session ? before.state : undefined);
  const keep = (): void => {
    const who = agreed();
    if (who) sessionStorage.setItem(name, (kept = JSON.stringify({ session: who.session, state: moments.state })));
    else if (kept) sessionStorage.removeItem(name), (kept = '');
  };
  const tell = (notices: unknown[]): void => notices.forEach(notice => emit('moment', notice));
  // Searches wait for the classifier, and what follows them with it; without it, searches and arrivals say nothing.
  const missing = (e: unknown): void => void console.warn('hetk: classifier', e);
  const late = await fetched(HETK_INTENT).catch(missing);
  const lang = (document.documentElement.lang || navigator.language).split('-')[0].toLowerCase();
  const classify: Classifier | undefined = late && (await late.classifier(lang, own.intent).catch(missing));
  const hear = (e: Recorded): void => {
    tell(moments.push(told(e, classify, late?.arrival)));
    keep();
  };
  // Who comes late learns what is going on; everybody does on the page after the one where it opened.
  const say = (fn: Function): void => {
    const moment = moments.open();
    if (moment) fn({ type: 'open', moment });
  };
  on('ask', say);
  say((notice: unknown) => emit('moment', notice));
  past.forEach(hear);
  on('event', hear);
  setInterval(() => {
    tell(moments.idle(Date.now()));
    keep();
  }, 10_000);
}
