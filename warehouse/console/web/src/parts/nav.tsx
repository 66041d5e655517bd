import { useState } from 'preact/hooks';
import { post } from '../api';
import { may, myself, signedOut, type Role } from '../me';
import { link, shared } from '../state';
import { LANGUAGES, t, wanted } from '../words';
import { Icon, Mark } from './icons';

// '' is the overview; the groups stand as one reads them.
export const PAGES: [group: string | null, pages: string[]][] = [
  [null, ['', 'moments', 'journeys', 'searches', 'products', 'funnels', 'channels', 'visitor']],
  ['act', ['campaigns', 'uplift']],
  ['ask', ['questions', 'sql']],
  ['trust', ['quality']],
  ['access', ['people']],
];
/** Pages that not everybody may see, and who may. */
export const LEAST: Record<string, Role> = { visitor: 'analyst', campaigns: 'analyst', sql: 'analyst', people: 'admin' };

export function Nav({ page, query }: { page: string; query: URLSearchParams }) {
  const [open, setOpen] = useState(false);
  const kept = shared(query);
  return (
    <nav class={open ? 'open' : ''} aria-label={t('pages_of_console')}>
      <a class="brand" href={link('', kept)}><Mark /> hetk</a>
      <button class="menu-button" aria-expanded={open} aria-label={t('menu')} onClick={() => setOpen(!open)}><Icon name={open ? 'close' : 'menu'} /></button>
      <div class="links" onClick={() => setOpen(false)}>
        {PAGES.map(([group, pages]) => [group, pages.filter((name) => may(LEAST[name] ?? 'viewer'))] as const).map(([group, pages]) => (
          <>
            {group && pages.length > 0 && <h2>{t(`group.${group}`)}</h2>}
            {pages.map((name) => (
              <a href={link(name, kept)} aria-current={page === name ? 'page' : undefined}>{t(`page.${name || 'overview'}`)}</a>
            ))}
          </>
        ))}
      </div>
      <div class="settings">
        <Settings />
        <Self kept={kept} page={page} />
      </div>
    </nav>
  );
}

function Self({ kept, page }: { kept: URLSearchParams; page: string }) {
  const me = myself();
  if (!me) return null;
  if (me.by === 'demo') return <p>{t('no_login')}</p>;
  const out = async () => {
    await post('logout', {});
    localStorage.removeItem('hetk-history'); // of queries: who comes next need not see it
    signedOut();
  };
  return (
    <div class="self">
      <a href={link('account', kept)} aria-current={page === 'account' ? 'page' : undefined}><span class="aloud">{t('page.account')}: </span><b><bdi>{me.name}</bdi></b> <small>{t(`role.${me.role}`)}</small></a>
      <button class="tool" onClick={out}>{t('sign_out')}</button>
    </div>
  );
}

/** Language and mode. */
export function Settings() {
  const [mode, setMode] = useState(document.documentElement.dataset.mode ?? '');
  const choose = (value: string) => {
    setMode(value);
    document.documentElement.dataset.mode = value;
    localStorage.setItem('hetk-mode', value);
  };
  const speak = (value: string) => {
    localStorage.setItem('hetk-language', value);
    location.reload();
  };
  return (
    <>
      <label>
        <span class="aloud">{t('language')}</span>
        <select value={wanted()} onChange={(event) => speak(event.currentTarget.value)}>
          {Object.entries(LANGUAGES).map(([tag, name]) => <option value={tag} lang={tag}>{name}</option>)}
        </select>
      </label>
      <label>
        <span class="aloud">{t('mode')}</span>
        <select value={mode} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">{t('mode.system')}</option>
          <option value="light">{t('mode.light')}</option>
          <option value="dark">{t('mode.dark')}</option>
        </select>
      </label>
    </>
  );
}
