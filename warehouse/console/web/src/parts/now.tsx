// What happens this second: people, open moments by intent, and what opened, closed and was searched last.
import { useLayoutEffect, useMemo } from 'preact/hooks';
import type { Now as Live } from '../api';
import { link, read, shared } from '../state';
import { number, t } from '../words';
import { Icon } from './icons';
import { Intent, INTENTS } from './intent';

const LINES = 3;
const NOBODY = { people: 0, open: { know: 0, go: 0, do: 0, buy: 0 } as Record<string, number> };

function ago(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  return s < 100 ? t('seconds', { count: s }) : t('minutes', { count: Math.round(s / 60) });
}

export function Now({ live }: { live: Live | undefined }) {
  useLayoutEffect(() => {
    if (performance.getEntriesByName('live-start').length) {
      performance.measure('live', 'live-start');
      performance.clearMarks('live-start');
    }
  }, [live]);
  const now = live && (live.now ?? NOBODY);
  const lines = useMemo(() => latest(live), [live]);
  const query = shared(read().query);
  return (
    <section class="now" aria-label={t('now')}>
      <div class="people">
        <b>{now ? number(now.people) : '\u2013'}</b>
        <span>{t('people_now', { n: now?.people ?? 0 })}</span>
      </div>
      {INTENTS.map((name) => (
        <a class={`open ${name}`} href={link('moments', withIntent(query, name))}>
          <span class="word"><Icon name={name} /> {t(`intent.${name}`)}</span>
          <b>{now ? number(now.open[name]!) : '\u2013'}</b>
          <span>{t('open_moments', { n: now?.open[name] ?? 0 })}</span>
        </a>
      ))}
      <ol class="ticker" aria-label={t('ticker')}>
        {lines.map((line) => (
          <li key={line.key}>
            <Intent name={line.intent} /> <bdi>{line.text}</bdi> <small>{line.what}</small> <time>{ago(live!.at_ms - line.at)}</time>
          </li>
        ))}
        {!lines.length && <li class="quiet">{t(live ? 'quiet' : 'connecting')}</li>}
      </ol>
    </section>
  );
}

function withIntent(query: URLSearchParams, name: string): URLSearchParams {
  const own = new URLSearchParams(query);
  own.set('intent', name);
  return own;
}

function latest(live: Live | undefined) {
  const now = live?.now;
  if (!now) return [];
  const searched = now.searches.map((one) => ({
    key: `s${one.at_ms}${one.query}`, at: one.at_ms, intent: one.intent, text: `\u201c${one.query}\u201d`, what: one.results === 0 ? t('found_nothing') : '',
  }));
  const turned = now.ticker.map((one) => ({
    key: `m${one.moment_id}${one.state}`, at: one.at_ms, intent: one.intent, text: one.topic ?? '', what: t(`state.${one.state}`),
  }));
  return [...searched, ...turned].sort((a, b) => b.at - a.at).slice(0, LINES);
}
