// One visit in plain words, what was wanted when, and why we think so.
import { eventWords } from '../act';
import { useGet, type Row } from '../api';
import { Intent } from '../parts/intent';
import { List } from '../parts/list';
import { clock, Steps } from '../parts/steps';
import { link, useWidth } from '../state';
import { day, has, label, number, signal, signed, t, utc } from '../words';

export function Story({ query }: { query: URLSearchParams }) {
  const asked = useGet<{ stories: Row[] }>('story', query);
  const stories = asked.answer?.stories ?? [];
  return (
    <>
      <h1 class="title">{t('page.story')}</h1>
      {asked.error && <p class="failed" role="alert">{t('failed')} <code>{asked.error}</code></p>}
      {asked.loading && !stories.length && <div class="wait" />}
      {asked.answer && !stories.length && <p class="empty">{t('no_story')}</p>}
      {stories.map((one) => <Visit visit={one} site={query.get('site') ?? one.site_id} />)}
    </>
  );
}

function Visit({ visit, site }: { visit: Row; site: string }) {
  const known = (['device_type', 'country', 'channel'] as const).filter((name) => visit[name]).map((name) => label(name, visit[name]));
  const facts = [...known, visit.referrer_domain].filter(Boolean).join(', ');
  return (
    <>
      <section class="tile words" aria-label={t('in_words')}>
        <h2>{t('in_words')}</h2>
        <p>
          {t('story_begin', { when: day(utc(visit.started_at), { dateStyle: 'medium', timeStyle: 'short' }), facts: facts && ` (${facts})` })}{' '}
          {alike(visit.moments).map(({ moment, n }) => (
            <span>
              {t('story_wanted')} <b class={`ink ${moment.intent}`}>{t(`intent.${moment.intent}`)}</b> <bdi>{moment.topic ? `“${moment.topic}”` : ''}</bdi>{' '}
              {t(ended(moment))}{n > 1 && ` (× ${number(n)})`}{' '}
            </span>
          ))}
          {!visit.moments.length && t('story_none')}
        </p>
        {visit.visitor_id && <a class="button" href={link('visitor', new URLSearchParams({ site, visitor: visit.visitor_id }))}>{t('whole_visitor')}</a>}
      </section>
      {visit.moments.length > 0 && (
        <section class="tile" aria-label={t('minute_by_minute')}>
          <header><h2>{t('minute_by_minute')}</h2><small>{t('note.minute')}</small></header>
          <Spans visit={visit} />
        </section>
      )}
      <div class="grid">
        {visit.moments.map((moment: Row) => (
          <section class="tile" aria-label={moment.topic ?? t(`intent.${moment.intent}`)}>
            <header><Intent name={moment.intent} /><h2><bdi>{moment.topic ?? ''}</bdi></h2><small>{number(moment.confidence)} · {t(`state.${moment.state}`)}</small></header>
            <List filter={null} lines={moment.evidence.map((one: Row) => ({ name: signal(one.signal), value: one.weight, shown: signed(one.weight / 1000) }))} />
            <Steps steps={moment.steps} site={site} />
          </section>
        ))}
        {visit.between.length > 0 && (
          <section class="tile" aria-label={t('between')}>
            <header><h2>{t('between')}</h2></header>
            <Steps steps={visit.between} site={site} />
          </section>
        )}
      </div>
    </>
  );
}

/** Moments that would be told in the same words, one after the other, are told once. */
function alike(moments: Row[]): { moment: Row; n: number }[] {
  const told: { moment: Row; n: number }[] = [];
  for (const moment of moments) {
    const last = told.at(-1);
    if (last && last.moment.intent === moment.intent && last.moment.topic === moment.topic && ended(last.moment) === ended(moment)) last.n += 1;
    else told.push({ moment, n: 1 });
  }
  return told;
}

/** The message that says how a moment ended: by what answered it, how far it got, or where it turned. */
function ended(moment: Row): string {
  const key = `story_${moment.state}`;
  const exact = `${key}.${moment.state === 'expired' ? moment.closed_by : moment.outcome}`;
  if (has(exact)) return exact;
  return moment.state === 'converted' && moment.outcome !== 'purchase' ? 'story_converted.other' : key;
}

const HEIGHT = 120;

function Spans({ visit }: { visit: Row }) {
  const [box, width] = useWidth();
  const [from, to] = [+utc(visit.started_at), Math.max(+utc(visit.ended_at), +utc(visit.started_at) + 1000)];
  const x = (text: string) => 8 + ((+utc(text) - from) / (to - from)) * (width - 16);
  const steps = [...visit.between, ...visit.moments.flatMap((moment: Row) => moment.steps)];
  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={t('minute_by_minute')}>
          {visit.moments.map((moment: Row) => {
            const [a, b] = [x(moment.started_at) - 4, x(moment.ended_at) + 4];
            const high = 70 * moment.confidence;
            return (
              <g>
                <rect class={`span ${moment.intent}`} x={a} y={8} width={b - a} height={76} rx="6" />
                <rect class={`node ${moment.intent}`} x={a} y={84 - high} width={b - a} height={high} rx="3" opacity=".35" />
                <text class={`end ${moment.intent}`} x={Math.min(a + 6, width - 8)} y={24} text-anchor={a > width - 60 ? 'end' : 'start'}>{t(`intent.${moment.intent}`)}</text>
              </g>
            );
          })}
          <line class="grid" x1="0" x2={width} y1="84" y2="84" />
          {steps.map((step: Row) => <circle class="step" cx={x(step.ts)} cy="84" r="4"><title>{`${clock(step.ts)} ${eventWords(step.event)} ${step.what ?? ''}`}</title></circle>)}
          <text class="axis" x="0" y="106">{clock(visit.started_at)}</text>
          <text class="axis" x={width} y="106" text-anchor="end">{clock(visit.ended_at)}</text>
        </svg>
      )}
    </div>
  );
}
