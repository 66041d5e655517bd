import type { Row } from '../api';
import { money, number, share, signed, t } from '../words';
import { Spark } from './spark';

export interface Card {
  title: string;
  value: string;
  change: string | null;
  better: boolean | null;
  values: number[];
  /** Further amounts, each of a currency of its own. */
  more?: string[];
}

/** Change of a count in per cent; null when there was nothing before. */
export function grown(now: number, before: number | undefined): Pick<Card, 'change' | 'better'> {
  if (!before) return { change: null, better: null };
  const part = (now - before) / Math.abs(before);
  return { change: signed(part, { style: 'percent' }), better: Math.abs(part) < 0.0005 ? null : part > 0 };
}

/** Change of a share in points. */
function moved(now: number | null, before: number | null): Pick<Card, 'change' | 'better'> {
  if (now === null || before === null) return { change: null, better: null };
  const points = (now - before) * 100;
  return { change: t('points', { text: signed(points) }), better: Math.abs(points) < 0.05 ? null : points > 0 };
}

const total = (list: Row[], name: string) => list.reduce((sum, row) => sum + row[name], 0);
const ratio = (a: number, b: number) => (b ? a / b : null);

/** One value a day (of ten minutes or hours the sum), oldest first. */
function daily(list: Row[], name: string, long: boolean): number[] {
  const sums = new Map<string, number>();
  for (const row of list) {
    const key = long ? row.bucket.slice(0, 10) : row.bucket.slice(0, 13);
    sums.set(key, (sums.get(key) ?? 0) + row[name]);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

export function cards(visits: Row[], moments: Row[], revenue: Row[], grain: string): Card[] {
  const long = grain !== 'minutes';
  const whole = (period: string) => visits.find((row) => row.period === period && row.bucket === null);
  const parts = visits.filter((row) => row.period === 'now' && row.bucket !== null);
  const [now, before] = [whole('now'), whole('before')];
  const of = (list: Row[], period: string) => list.filter((row) => row.period === period);
  const [mNow, mBefore] = [of(moments, 'now'), of(moments, 'before')];
  const answered = ratio(total(mNow, 'answered'), total(mNow, 'moments'));
  const answeredBefore = ratio(total(mBefore, 'answered'), total(mBefore, 'moments'));
  const conversion = now ? ratio(now.bought, now.visits) : null;
  const conversionBefore = before ? ratio(before.bought, before.visits) : null;
  const shares = (list: Row[], a: string, b: string) => {
    const [up, down] = [daily(list, a, long), daily(list, b, long)];
    return up.map((value, i) => (down[i] ? value / down[i]! : 0));
  };
  return [
    { title: t('visitors'), value: number(now?.visitors ?? 0), ...grown(now?.visitors ?? 0, before?.visitors), values: daily(parts, 'visitors', long) },
    { title: t('visits'), value: number(now?.visits ?? 0), ...grown(now?.visits ?? 0, before?.visits), values: daily(parts, 'visits', long) },
    { title: t('moments'), value: number(total(mNow, 'moments')), ...grown(total(mNow, 'moments'), total(mBefore, 'moments')), values: daily(mNow, 'moments', long) },
    { title: t('answered'), value: answered === null ? '\u2013' : share(answered), ...moved(answered, answeredBefore), values: shares(mNow, 'answered', 'moments') },
    { title: t('conversion'), value: conversion === null ? '\u2013' : share(conversion, 2), ...moved(conversion, conversionBefore), values: shares(parts, 'bought', 'visits') },
    ...earned(of(revenue, 'now'), of(revenue, 'before'), long),
  ];
}

/** Amounts of different currencies are never added: the one with most orders is the card, the others stand behind it. */
function earned(now: Row[], before: Row[], long: boolean): Card[] {
  const sums = new Map<string | null, { orders: number; revenue: number }>();
  for (const row of now) {
    const sum = sums.get(row.currency) ?? { orders: 0, revenue: 0 };
    sums.set(row.currency, { orders: sum.orders + row.orders, revenue: sum.revenue + row.revenue });
  }
  const [first, ...others] = [...sums].sort(([, a], [, b]) => b.orders - a.orders);
  if (!first) return [{ title: t('revenue'), value: '\u2013', change: null, better: null, values: [] }];
  const [currency, { revenue }] = first;
  const mine = (list: Row[]) => list.filter((row) => row.currency === currency);
  return [
    {
      title: t('revenue'),
      more: others.map(([name, sum]) => money(sum.revenue, name)),
      value: money(revenue, currency),
      ...grown(revenue, total(mine(before), 'revenue')),
      values: daily(mine(now), 'revenue', long),
    },
  ];
}

export function Cards({ list }: { list: Card[] }) {
  return (
    <div class="cards">
      {list.map((card) => (
        <div class="card">
          <h2 title={card.title}>{card.title}</h2>
          <b>{card.value}</b>
          {!!card.more?.length && <small class="more">{card.more.map((one) => <span>+ {one}</span>)}</small>}
          <span class={`change ${card.better === null ? '' : card.better ? 'better' : 'worse'}`}>{card.change ?? t('no_before')}</span>
          <Spark values={card.values} />
        </div>
      ))}
    </div>
  );
}
