// What was shown comes in; a dialog that says why in the reader's language, and takes their answer, goes out. Fetched when somebody asks.
// Nothing but its own two files is asked of the network; answers become rows only as consent allows (`decision_explained`, `decision_dismissed`).
import type { Consent } from '../consent';
import type { Asked } from './shown';

/** [path, integrity] of the words of each language, put here by the build. */
declare const HETK_WHY_LANGS: Record<string, [string, string]>;

type Words = Record<string, string>;

const look = `
:host { all: initial }
dialog { --ink: #1b1c1e; --second: #5c6066; --line: #8a8780; --panel: #fff; --ring: #2f62c9; box-sizing: border-box; width: min(30rem, 100vw - 2rem);
  max-height: calc(100dvh - 2rem); margin: auto; padding: 1.25rem 1.5rem 1.5rem; overflow: auto; overscroll-behavior: contain; border: 1px solid var(--line); border-radius: 14px;
  background: var(--panel); color: var(--ink); color-scheme: light; font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans Devanagari", "Noto Sans Bengali", sans-serif }
dialog::backdrop { background: rgb(0 0 0 / .5) }
h2 { margin: 0 2.5rem .75rem 0; font-size: 1.2rem; line-height: 1.3 }
h3 { margin: 1.25rem 0 .25rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1rem }
p { margin: .5rem 0 } ul { margin: .25rem 0 .75rem; padding-left: 1.2rem } .second { color: var(--second) }
button { min-height: 44px; padding: .4rem 1rem; border: 1px solid var(--line); border-radius: 10px; background: none; color: inherit; font: inherit; font-weight: 600; cursor: pointer }
button:disabled { opacity: .6; cursor: default } .row { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1rem }
.close { position: absolute; top: .6rem; right: .6rem; width: 44px; padding: 0; border: 0; font-size: 1.4rem }
label { display: flex; gap: .7rem; align-items: center; min-height: 44px; cursor: pointer } input { width: 20px; height: 20px; margin: 0; flex: none; accent-color: var(--ring) }
:focus-visible { outline: 3px solid var(--ring); outline-offset: 2px } [role=status] { min-height: 1.5em; margin: .75rem 0 0; font-weight: 600 }
@media (prefers-color-scheme: dark) { dialog { --ink: #eceef0; --second: #a3a8b0; --line: #6d737c; --panel: #1a1d21; --ring: #7da6ff; color-scheme: dark } }
@media (prefers-reduced-motion: no-preference) { dialog[open] { animation: rise .18s ease-out } @keyframes rise { from { opacity: 0; transform: translateY(8px) } } }
@media (max-width: 480px) { dialog { width: 100vw; max-width: none; margin-bottom: 0; border-radius: 14px 14px 0 0 } }`;

/** What is remembered as "fewer" is a kind or, from this panel, a topic: then nothing personal is shown about it (context.ts). */
const kinds = /^(content|offer|banner|nearby|size_guide|comparison|support)$/;
const title = (category: string): string => category.split('/').pop()!.replace(/[-_]/g, ' ');

/** One sentence a reason; what was searched for is quoted here and nowhere else. */
function reasons(words: Words, [campaign, ctx]: Asked): string[] {
  const { because = [] } = campaign;
  const query = ctx.moment?.topic_query;
  const category = ctx.moment?.category;
  const told = because.map(name => {
    const key = name == 'intent' ? `intent_${ctx.moment?.intent}` : name == 'cart' ? `cart_${ctx.cart?.state}` : name;
    return (words[key] || '').replace('{category}', () => title(category || ''));
  });
  const asks = because.some(name => /intent|words|category/.test(name));
  return [...(query && asks ? [words.searched.replace('{query}', () => query)] : []), ...told].filter(Boolean);
}

export async function open(asked: Asked, lang: string): Promise<void> {
  const [campaign, ctx, shown, press, tell, core, fetched, back] = asked;
  const [calls, , , guard, , , , , state] = core;
  const words: Words = (await fetched(HETK_WHY_LANGS[lang])).default;
  const muted: Record<string, number> = {};
  await press(s => void Object.assign(muted, s.fewer));

  const host = document.createElement('hetk-why');
  const root = host.attachShadow({ mode: 'open' });
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, more: object = {}, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] => {
    const made = Object.assign(document.createElement(tag), more);
    made.append(...inside);
    return made;
  };
  const status = make('p');
  status.setAttribute('role', 'status');
  const say = (what: string): string => (status.textContent = words[what]);
  const button = (what: string, work: () => void, more: object = {}): HTMLButtonElement =>
    make('button', { type: 'button', onclick: guard(work), ...more }, words[what]);
  const box = (text: string, checked: boolean, work: (on: boolean) => void): HTMLLabelElement => {
    const input = make('input', { type: 'checkbox', checked });
    input.onchange = guard(() => {
      work(input.checked);
      say('saved');
    });
    return make('label', {}, input, text);
  };

  let gone = false; // what was spoken of is not there any more
  const away = (): void => {
    gone = true;
    back?.();
  };
  const answers: HTMLButtonElement[] = (['not_useful', 'fewer'] as const).map(how => button(how, () => {
    shown.dismissed!(how);
    away();
    for (const one of answers) one.disabled = true;
    say(how + '_done');
    close.focus();
  }));

  const purposes = ['analytics', 'personalization', 'ads'] as const;
  const consent = (): Consent => state()[1].consent;
  const boxes = purposes.map(purpose => box(words[purpose], consent()[purpose] === true, on => {
    calls.consent({ [purpose]: on });
    settle();
    if (!on && [purpose == 'analytics' && 'personalization', purpose].some(one => campaign.need?.includes(one as string))) away();
  }));
  /** After a no to analytics nothing is personal, whatever the others say. */
  const settle = (): void => boxes.forEach((label, i) => {
    const input = label.firstChild as HTMLInputElement;
    input.checked = consent()[purposes[i]] === true;
    input.disabled = i > 0 && consent().analytics === false;
  });
  settle();
  const category = ctx.moment?.category;
  const topics = [...new Set([category || '', ...Object.keys(muted)])].filter(one => one && !kinds.test(one));
  const quiet = topics.map(topic => box(words.quiet.replace('{category}', () => title(topic)), topic in muted, on => {
    press((s, now) => void (on ? (s.fewer[topic] = now) : delete s.fewer[topic]));
    if (on && campaign.basis == 'personal' && topic == category) away();
  }));

  const told = reasons(words, asked);
  const close = button('close', () => dialog.close(), { className: 'close', ariaLabel: words.close });
  close.textContent = '×';
  const dialog = make('dialog', { lang, ariaLabel: words.title },
    make('h2', {}, words.title),
    ...(told.length ? [make('p', {}, words.because), make('ul', {}, ...told.map(one => make('li', {}, one)))] : [make('p', {}, words.everybody)]),
    make('p', { className: 'second' }, `${words[campaign.basis]} ${words.device}`),
    make('div', { className: 'row' }, ...answers), close, status,
    make('h3', {}, words.choices), ...boxes, ...quiet);
  // Tab stays inside: native dialogs let it wander off to the browser's own buttons.
  dialog.onkeydown = guard((e: KeyboardEvent) => {
    if (e.key != 'Tab') return;
    const stops = [...dialog.querySelectorAll<HTMLElement>('button:enabled, input:enabled')];
    const at = stops.indexOf(root.activeElement as HTMLElement);
    if (e.shiftKey ? at > 0 : at < stops.length - 1) return;
    e.preventDefault();
    stops[e.shiftKey ? stops.length - 1 : 0].focus();
  });
  dialog.onclick = guard((e: MouseEvent) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const outside = e.clientX < left || e.clientX > right || e.clientY < top || e.clientY > bottom;
    if (e.target == dialog && outside) dialog.close();
  });
  const opener = document.activeElement as HTMLElement | null;
  dialog.onclose = guard(() => {
    host.remove();
    if (!gone) opener?.focus();
  });
  const sheet = new CSSStyleSheet(); // no inline style: a strict CSP allows it
  sheet.replaceSync(look);
  root.adoptedStyleSheets = [sheet];
  root.append(dialog);
  document.querySelector('hetk-why')?.remove();
  document.body.append(host);
  dialog.showModal();
  close.focus();
  tell('explained');
}
