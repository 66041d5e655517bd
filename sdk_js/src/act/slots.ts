// The page's places come in (`<div data-hetk-slot="hero">default</div>`), filled with what helps now. A file of its own: who decides by
// calls alone need not fetch it.
import type { Core } from '../hetk';
import { spoken } from './said';
import type { Asked, Choose, Shown } from './shown';
import { room } from './slot';

/** [path, integrity] of the panel that says why, put here by the build. */
declare const HETK_WHY: [string, string];
/** The same of what finds the nearest open store. */
declare const HETK_NEAR: [string, string];

const drawMs = 300; // an app draws its page after its address has changed

/** Opens the panel that says why. */
export const why = (asked: Asked): Promise<void> => asked[6](HETK_WHY).then(file => file.open(asked, spoken(asked[1].lang!)));

/** Resolves when the nearest open store is known, if the page has said where the person is. */
export const near = (known: object, version: string, core: Core, fetched: (file: [string, string]) => Promise<any>): Promise<void> =>
  fetched(HETK_NEAR).then(file => file.start(known, version, core));

/** Decides for places that come near; returns how to look for new ones, and what begins another page view. */
export function slots(choose: Choose): (turned?: unknown) => void {
  let current: Record<string, Promise<Shown> | 0> = {}; // of this page view, by place
  const watch = (threshold: number, rootMargin: string, fn: (slot: HTMLElement) => void): IntersectionObserver => {
    const observer = new IntersectionObserver(entries => entries.forEach(({ isIntersecting, target }) => {
      if (!isIntersecting) return;
      observer.unobserve(target);
      fn(target as HTMLElement);
    }), { threshold, rootMargin });
    return observer;
  };
  const comes = watch(0, '200px', async slot => {
    const place = slot.dataset.hetkSlot!;
    if (slot.matches('.hetk-act')) return;
    const going = current[place];
    // What is learnt while it is being decided may be what was missing.
    if (going) return void going.then(() => current[place] === 0 && comes.observe(slot));
    let put: ReturnType<typeof room> | undefined;
    const shown = await (current[place] = choose(place, told => {
      put = room(slot, told, () => {
        (put as any).back();
        told.dismissed!();
      });
      return !put ? 'no_room' : () => (slot.isConnected ? '' : 'gone');
    }));
    if (put && shown.chosen) {
      put.show();
      watch(0.5, '0px', shown.shown!).observe(slot);
    }
    const by = shown.suppressed_by;
    if (by && by != 'holdout') current[place] = 0; // the next moment may be its moment
  });
  const look = (): void => document.querySelectorAll('[data-hetk-slot]').forEach(slot => comes.observe(slot));
  look();
  return turned => {
    if (turned) current = {};
    setTimeout(look, turned ? drawMs : 0);
  };
}
