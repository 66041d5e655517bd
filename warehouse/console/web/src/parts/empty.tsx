// Nothing to show yet: what to do so that there is.
import { useGet, type Site } from '../api';
import { change } from '../state';
import { day, t, utc } from '../words';

interface Days {
  first: string | null;
  last: string | null;
}

export function Empty({ site }: { site: Site | null }) {
  const days = useGet<Days>('days', new URLSearchParams({ site: site?.name ?? '' }), 60_000);
  if (site && !days.answer && !days.error) return <div class="wait" />;
  const { first, last } = days.answer ?? {};
  if (first && last) {
    return (
      <section class="tile teach">
        <h2>{t('nothing_here')}</h2>
        <p>{t('there_is', { from: day(utc(first), { dateStyle: 'medium' }), to: day(utc(last), { dateStyle: 'medium' }) })}</p>
        <button class="button" onClick={() => change((q) => { q.delete('range'); q.set('from', first); q.set('to', last); })}>{t('show_these_days')}</button>
        <button class="button" onClick={() => change((q) => [...q.keys()].forEach((name) => ['site', 'range', 'from', 'to'].includes(name) || q.delete(name)))}>{t('without_filters')}</button>
      </section>
    );
  }
  const name = site?.name ?? 'shop';
  return (
    <section class="tile teach">
      <h2>{t('first_event')}</h2>
      <ol>
        {!site && <li>{t('teach_site')}<pre>hetk site add {name} --origin https://your.site</pre></li>}
        <li>{t('teach_snippet')}<pre>hetk snippet {name} --url https://collect.your.site</pre></li>
        <li>{t('teach_open')}</li>
      </ol>
      <p>{t('teach_replay')}</p>
      <pre>hetk replay orders.parquet --to http://127.0.0.1:8080 --key "$(hetk site key {name} --server)"</pre>
    </section>
  );
}
