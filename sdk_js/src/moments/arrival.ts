// A page's address and its referrer come in; channel and kind of social place go out, from the lists of warehouse/load
// by the rules of its channel.py, social.py and page.py. tests/contract/arrivals.json holds the two together.
import lists from '../../dist/lang/arrivals.json';

export interface Arrival {
  channel?: string;
  social_kind?: string;
}

interface Source {
  channel?: string;
  network?: string;
  kind?: string;
}

const rows = (list: string): string[][] => list.split('\n').map(line => line.split('\t'));
const sources = new Map<string, Source>();
const networks = new Map<string, string>();
for (const [pattern, channel, network] of rows(lists.sources)) {
  sources.set(pattern, { channel, network: network || undefined });
  if (network) networks.set(network, channel);
}
const kinds = rows(lists.kinds).map(([network, shape, kind]) => [network, RegExp(shape), kind] as const);
const clicks = rows(lists.clicks);
const words = new Map<string, string>();
for (const [kind, list] of Object.entries(lists.words)) for (const word of list.split(' ')) words.set(word, kind);
const tags = new Map(Object.entries(lists.tags));
const marks = (['email', 'messaging', 'affiliate'] as const).map(name => [name, RegExp(lists[name])] as const);
const [paid, display, social] = [lists.paid, lists.display, lists.social].map(pattern => RegExp(pattern));

// The page has no list of public suffixes: a country's second level (co.uk, com.br) is told by its name.
const registrable = (host: string): string => {
  const labels = host.split('.');
  const suffix = /^(com?|net|org|gov|edu|ac|ne|or|go)\...$/.test(labels.slice(-2).join('.')) ? 2 : 1;
  return /^[\d.]+$|:/.test(host) ? host : labels.slice(-suffix - 1).join('.');
};

/** The most specific line wins: mail.google.com before google.*. */
function lookUp(host: string): Source {
  const labels = host.replace(/^www\./, '').split('.');
  for (let i = 0; i < labels.length; i++) {
    const found = sources.get(labels.slice(i).join('.'));
    if (found) return found;
  }
  return sources.get(registrable(host).split('.')[0] + '.*') || {};
}

/** Of a utm_source: a domain, or a bare name such as `google`. */
const named = (name: string): Source =>
  networks.has(name) ? { channel: networks.get(name), network: name }
  : name.includes('.') ? lookUp(name)
  : (name && (sources.get(name + '.*') || sources.get(name + '.com'))) || {};

const parsed = (address: string): URL | undefined => {
  try {
    return new URL(address);
  } catch {
    return;
  }
};

function sourceOf(ref: string, pageHost: string): Source {
  const from = parsed(ref);
  const host = from?.hostname.toLowerCase();
  if (!from || !host) return {};
  if (!/-app:$/.test(from.protocol) && registrable(host) == registrable(pageHost)) return { channel: 'internal' };
  const { channel = 'referral', network } = lookUp(host);
  let kind: string | undefined;
  if (network) {
    kind = kinds.find(([name, shape]) => name == network && shape.test(host + from.pathname))?.[2];
    if (kind == 'group') kind = groupKind(lists.topical.includes(network) ? 'group_topic' : 'group', split(from.pathname));
  }
  return { channel, network, kind };
}

const split = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}]+/u);

/** A place in the name says more than a craft: `berlin-runners` meet in Berlin. */
function groupKind(otherwise: string, said: string[]): string {
  const found = said.map(word => words.get(word));
  return found.includes('group_city') ? 'group_city' : found.find(kind => kind) || otherwise;
}

function tagged(...said: string[]): string | undefined {
  for (const tag of said) {
    const parts = split(tag);
    const kind = tags.get(parts.join('_'));
    if (kind) return kind;
    if (parts[0] == 'group') return groupKind('group', parts.slice(1));
  }
  return;
}

/** Campaign parameters win over click ids, click ids over the referrer. */
function channelOf(medium: string, name: string, click: string[] | undefined, source: Source): string {
  if (!medium && !name) return click?.[2] || source.channel || 'direct';
  const said = named(name).channel;
  const from = said || (source.channel && !/internal|referral/.test(source.channel) ? source.channel : undefined);
  if (display.test(medium)) return 'display';
  if (paid.test(medium)) return !from || from == 'organic_search' ? 'paid_search' : from == 'organic_social' ? 'paid_social' : 'other';
  for (const [channel, mark] of marks) if (mark.test(medium) || mark.test(name)) return channel;
  if (social.test(medium)) return 'organic_social';
  if (medium == 'organic') return 'organic_search';
  return from || (/^(referral|link|app)$/.test(medium) ? 'referral' : 'other');
}

export function arrival(address: string, ref: string): Arrival {
  const page = parsed(address);
  const query = new Map<string, string>();
  page?.searchParams.forEach((value, key) => value && !query.has(key.toLowerCase()) && query.set(key.toLowerCase(), value));
  const utm = (key: string): string => query.get('utm_' + key) || '';
  const medium = utm('medium').toLowerCase();
  const name = utm('source').toLowerCase();
  const click = clicks.find(([key]) => query.has(key));
  const source = sourceOf(ref, page?.hostname || '');
  const channel = channelOf(medium, name, click, source);
  const network = source.network || named(name).network || (lists.networks as Record<string, string>)[click?.[1] || ''];
  const said = tagged(utm('content'), medium);
  let kind: string | undefined;
  if (said == 'friend' && /^(messaging|organic_social|referral|other)$/.test(channel)) kind = said;
  if (network && /^(organic_social|paid_social|messaging)$/.test(channel)) {
    kind = said || source.kind || (lists.personal.includes(network) && !name && !medium ? 'friend' : undefined);
  }
  return { channel, social_kind: kind };
}
