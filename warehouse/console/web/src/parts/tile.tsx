// A panel with a title; behind it the SQL of its figures, and for a chart the same figures as a table.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Asked, Page, Tile as Answer } from '../api';
import { may } from '../me';
import { link, read, shared } from '../state';
import { t } from '../words';
import { Table } from './table';

interface Props {
  title: string;
  note?: string;
  asked: Asked<Page>;
  name: string;
  class?: string;
  chart?: boolean;
  empty?: boolean;
  children?: ComponentChildren;
}

export function Tile(props: Props) {
  const [open, setOpen] = useState<'sql' | 'table' | null>(null);
  const tile = props.asked.answer?.tiles[props.name];
  const failed = tile?.error ?? (tile ? undefined : props.asked.error);
  const toggle = (what: 'sql' | 'table') => setOpen(open === what ? null : what);
  return (
    <section class={`tile ${props.class ?? ''}`} aria-label={props.title} aria-busy={!tile && !failed}>
      <header>
        <h2>{props.title}</h2>
        {props.note && <small>{props.note}</small>}
        <span class="tools">
          {props.chart && tile && <Tool on={open === 'table'} do={() => toggle('table')} text={t('table')} />}
          {tile && <Tool on={open === 'sql'} do={() => toggle('sql')} text="SQL" />}
        </span>
      </header>
      {open === 'sql' && tile && <Sql tile={tile} />}
      {failed ? (
        <p class="failed" role="alert">{t('failed')} <code>{failed}</code></p>
      ) : !tile ? (
        <div class="wait" />
      ) : open === 'table' ? (
        <Table columns={tile.columns} rows={tile.rows} />
      ) : props.empty ? (
        <p class="empty">{t('nothing_here')}</p>
      ) : (
        props.children
      )}
    </section>
  );
}

function Tool(props: { on: boolean; do: () => void; text: string }) {
  return <button class="tool" aria-expanded={props.on} onClick={props.do}>{props.text}</button>;
}

export function Sql({ tile }: { tile: Pick<Answer, 'ask' | 'sql'> }) {
  const query = shared(read().query);
  query.set('q', tile.sql);
  return (
    <div class="sql">
      <p>{tile.ask}</p>
      <pre tabIndex={0}>{tile.sql}</pre>
      {may('analyst') && <a class="button" href={link('sql', query)}>{t('open_in_sql')}</a>}
      <button class="button" onClick={() => navigator.clipboard.writeText(tile.sql)}>{t('copy')}</button>
    </div>
  );
}
