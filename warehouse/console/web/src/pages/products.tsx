// Products and carts: what is looked at and not taken, what is left behind, what is compared, what is earned.
import { rows, usePage, type Row } from '../api';
import { Bar } from '../parts/bar';
import { List } from '../parts/list';
import { Tile } from '../parts/tile';
import { money, number, share, t } from '../words';
import { Names } from './overview';
import type { Props } from './tiled';

const STATES = ['bought', 'open', 'abandoned'];
/** Where neither a name nor the title of its page is known, the id has to do. */
const called = (name: string | null, id: string): string => name ?? t('product_n', { name: id });
const named = (row: Row) => ({ name: called(row.item_name, row.name), muted: !row.item_name });

export function Products({ site, sites, query }: Props) {
  const asked = usePage(['channels', 'countries', 'devices', 'languages'], query);
  const lake = usePage(['products', 'products_not_added', 'carts', 'categories', 'compared'], query);
  const tiles = lake.answer?.tiles;
  const carts = rows(tiles?.carts);
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.products')}</h1>
      <div class="grid">
        <Tile title={t('products')} note={t('note.products')} asked={lake} name="products" chart empty={!tiles?.products?.rows.length}>
          <List filter={null} lines={rows(tiles?.products).map((row) => ({ ...named(row), value: row.viewers, second: t('added_bought', { added: row.adders, bought: row.buyers }) }))} />
        </Tile>
        <Tile title={t('products_not_added')} note={t('note.not_added')} asked={lake} name="products_not_added" chart empty={!tiles?.products_not_added?.rows.length}>
          <List filter={null} lines={rows(tiles?.products_not_added).map((row) => ({ ...named(row), value: row.viewers, second: share(row.adders / row.viewers) }))} />
        </Tile>
        <Tile title={t('carts')} note={t('note.carts')} asked={lake} name="carts" chart empty={!carts.length}>
          {[...new Set(carts.map((row) => row.currency as string | null))].map((currency) => <Carts list={carts.filter((row) => row.currency === currency)} currency={currency} />)}
        </Tile>
        <Tile title={t('categories')} note={t('note.categories')} asked={lake} name="categories" chart empty={!tiles?.categories?.rows.length}>
          <Categories list={rows(tiles?.categories)} />
        </Tile>
        <Tile class="wide" title={t('compared_products')} note={t('note.compared')} asked={lake} name="compared" chart empty={!tiles?.compared?.rows.length}>
          <List filter={null} lines={rows(tiles?.compared).map((row) => ({ name: t('versus', { a: called(row.name_a, row.product_a), b: called(row.name_b, row.product_b) }), value: row.visits, muted: !row.name_a && !row.name_b, second: row.added_a + row.added_b ? t('taken', { a: row.added_a, b: row.added_b }) : '' }))} />
        </Tile>
        <Names asked={asked} name="channels" filter="channel" />
        <Names asked={asked} name="devices" filter="device_type" />
        <Names asked={asked} name="countries" filter="country" />
      </div>
    </>
  );
}

function Carts({ list, currency }: { list: Row[]; currency: string | null }) {
  const all = list.reduce((sum, row) => sum + row.carts, 0);
  const of = (state: string) => list.find((row) => row.state === state);
  return (
    <div class="outcome">
      <p><b>{currency ?? t('unknown')}</b> <b>{number(all)}</b></p>
      <div class="parts">{STATES.map((state) => of(state) && <i class={`part cart ${state}`} style={{ width: `${(of(state)!.carts / all) * 100}%` }} title={`${t(`cart.${state}`)} ${number(of(state)!.carts)}`} />)}</div>
      <small>{STATES.filter(of).map((state) => `${t(`cart.${state}`)} ${share(of(state)!.carts / all, 0)}, ${money(of(state)!.value ?? 0, currency)}`).join(' · ')}</small>
    </div>
  );
}

/** Amounts of different currencies are never compared: each has its own bars. */
function Categories({ list }: { list: Row[] }) {
  const currencies = [...new Set(list.map((row) => row.currency as string | null))];
  return (
    <>
      {currencies.map((currency) => (
        <>
          {currencies.length > 1 && <h3 class="below">{currency ?? t('unknown')}</h3>}
          <List filter={null} lines={list.filter((row) => row.currency === currency).slice(0, 7).map((row) => ({ name: row.name ?? t('unknown'), value: row.revenue ?? 0, shown: money(row.revenue ?? 0, currency), second: t('orders_n', { n: row.orders }) }))} />
        </>
      ))}
    </>
  );
}
