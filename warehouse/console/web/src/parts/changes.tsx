// What changed, in sentences; the figures of each are one click away.
import { useState } from 'preact/hooks';
import type { Asked, Page } from '../api';
import { label, number, share, t } from '../words';
import { Sql } from './tile';

export function Changes({ asked }: { asked: Asked<Page> }) {
  const [open, setOpen] = useState<number | null>(null);
  const found = asked.answer?.changes;
  return (
    <section class="tile changes" aria-label={t('what_changed')} aria-busy={!found}>
      <header>
        <h2>{t('what_changed')}</h2>
        <small>{t('against_before')}</small>
      </header>
      {found?.map((change, i) => (
        <div class={`sentence ${change.words.intent ?? ''}`}>
          <p>{sentence(change.key, change.words)}</p>
          <button class="tool" aria-expanded={open === i} onClick={() => setOpen(open === i ? null : i)}>SQL</button>
          {open === i && <Sql tile={asked.answer!.tiles[change.tile]!} />}
        </div>
      ))}
      {found && <div class="sentence"><p>{t(found.length ? 'nothing_else' : 'nothing_moved')}</p></div>}
      {!found && <div class="wait" />}
    </section>
  );
}

function sentence(key: string, words: Record<string, string | number | null>): string {
  const intent = words.intent ? t(`intent.${words.intent}`) : '';
  return t(`change.${key}`, {
    intent,
    lang: label('lang', words.lang),
    name: key.startsWith('channel') ? label('channel', words.name) : String(words.name ?? ''),
    count: number(Number(words.count ?? 0)),
    points: number(Number(words.points ?? 0)),
    share: share(Number(words.share ?? 0), 0),
  });
}
