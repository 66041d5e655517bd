// The bar on top: which site, which days, which filters; whether what is shown is live.
import { useState } from 'preact/hooks';
import type { Asked, Page, Site } from '../api';
import { change, FILTERS, link, RANGES, read, toggleFilter } from '../state';
import { day, label, locale, t, utc } from '../words';
import { Icon } from './icons';

interface Props {
  site: string;
  sites: Site[];
  asked?: Asked<Page>;
  live?: string;
  connected?: boolean;
}

const OFFERED = ['intent', 'channel', 'country', 'device_type', 'lang'] as const;
const TILE: Record<string, string> = { channel: 'channels', country: 'countries', device_type: 'devices', lang: 'languages' };

export function Bar({ site, sites, asked, live, connected }: Props) {
  const { page, query } = read();
  const range = query.has('from') ? 'custom' : (query.get('range') ?? '7d');
  const [custom, setCustom] = useState(false);
  const view = asked?.answer?.view;
  const pick = (value: string) => {
    if (value === 'custom') return setCustom(true);
    setCustom(false);
    change((q) => {
      for (const name of ['from', 'to']) q.delete(name);
      q.set('range', value);
    });
  };
  const set = (name: 'from' | 'to', value: string) =>
    value && change((q) => {
      const [from, to] = [q.get('from') ?? view?.first ?? value, q.get('to') ?? view?.last ?? value];
      q.delete('range');
      q.set('from', name === 'from' ? value : from < value ? from : value);
      q.set('to', name === 'to' ? value : to > value ? to : value);
    });
  return (
    <div class="topbar">
      <label class="pick strong">
        <span class="aloud">{t('site')}</span>
        <select value={site} onChange={(event) => change((q) => q.set('site', event.currentTarget.value))}>
          {sites.map((one) => <option value={one.name}>{one.name}</option>)}
        </select>
      </label>
      <label class="pick">
        <span class="aloud">{t('days')}</span>
        <select value={custom ? 'custom' : range} onChange={(event) => pick(event.currentTarget.value)}>
          {RANGES.map((name) => <option value={name}>{t(`range.${name}`)}</option>)}
          <option value="custom">{t('range.custom')}</option>
        </select>
      </label>
      {(custom || range === 'custom') && (
        <span class="dates">
          <input type="date" aria-label={t('from')} value={query.get('from') ?? view?.first} onChange={(e) => set('from', e.currentTarget.value)} />
          <input type="date" aria-label={t('to')} value={query.get('to') ?? view?.last} onChange={(e) => set('to', e.currentTarget.value)} />
        </span>
      )}
      {view && <span class="compared">{compared(view)}</span>}
      {FILTERS.flatMap((name) =>
        query.getAll(name).map((value) => (
          <button class="chip" onClick={() => toggleFilter(name, value)} aria-label={t('take_away', { text: `${t(`filter.${name}`)} ${label(name, value)}` })}>
            {t(`filter.${name}`)} <b>{label(name, value)}</b> <Icon name="close" size={12} />
          </button>
        )),
      )}
      <Add asked={asked} />
      <span class="live">
        {live !== undefined && <><i class={connected ? 'dot on' : 'dot'} /> {live}</>}
        <small>{t('utc')}{midnight()}</small>
      </span>
      <a class="aloud" href={link(page, query)}>{t('link_here')}</a>
    </div>
  );
}

/** When a day begins on the reader's own clock, where that is not midnight. */
function midnight(): string {
  const today = new Date();
  const here = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()));
  return today.getTimezoneOffset() ? `: ${t('day_begins', { when: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(here) })}` : '';
}

function compared(view: Page['view']): string {
  const [from, to] = [day(utc(view.before)), day(new Date(+utc(view.first) - 86_400_000))];
  return from === to ? t('compared_day', { from }) : t('compared', { from, to });
}

/** The first filters one reaches for; more come by clicking on any list. */
function Add({ asked }: { asked?: Asked<Page> }) {
  const [open, setOpen] = useState(false);
  if (!asked?.answer?.tiles.channels) return null;
  const values = (name: string): string[] =>
    name === 'intent' ? ['know', 'go', 'do', 'buy'] : (asked.answer!.tiles[TILE[name]!]?.rows ?? []).map((row) => String(row[0] ?? ''));
  return (
    <span class="add">
      <button class="chip" aria-expanded={open} onClick={() => setOpen(!open)}><Icon name="plus" size={12} /> {t('filter')}</button>
      {open && (
        <div class="menu" onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}>
          {OFFERED.map((name) => (
            <label>
              {t(`filter.${name}`)}
              <select value="-" onChange={(event) => { toggleFilter(name, event.currentTarget.value); setOpen(false); }}>
                <option value="-" disabled>{t('choose')}</option>
                {values(name).map((value) => <option value={value}>{label(name, value)}</option>)}
              </select>
            </label>
          ))}
          <p>{t('filter_hint')}</p>
        </div>
      )}
    </span>
  );
}
