import { Component, render, type ComponentChildren, type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Start } from './api';
import { useGet } from './api';
import { know, may, onSignedOut } from './me';
import { Empty } from './parts/empty';
import { LEAST, Nav } from './parts/nav';
import type { Props } from './pages/tiled';
import { Overview } from './pages/overview';
import { follow, useAddress } from './state';
import { speak, t, wanted } from './words';

const NONE = new URLSearchParams();

function App() {
  const { page, query } = useAddress();
  const [turn, setTurn] = useState(0);
  const again = () => setTurn((n) => n + 1);
  const start = useGet<Start>('start', NONE, 60_000, turn);
  const { me, sites = [] } = start.answer ?? {};
  know(me ?? null);
  useEffect(() => onSignedOut(again), []);
  const site = sites.find((one) => one.name === query.get('site')) ?? sites[0];
  const own = new URLSearchParams(query);
  if (site) own.set('site', site.name);
  useEffect(() => {
    document.title = `${t(`page.${page || 'overview'}`)}${site ? ` \u00b7 ${site.name}` : ''} \u00b7 hetk`;
  }, [page, site?.name]);
  if (page === 'setup' || (start.answer && !me)) return <Door page={page === 'setup' ? 'SetUp' : 'SignIn'} start={start.answer} done={again} />;
  return (
    <>
      <a class="skip" href="#main">{t('skip')}</a>
      <Nav page={page} query={own} />
      <main id="main" tabIndex={-1}>
        {start.error && <p class="failed" role="alert">{t('failed')} <code>{start.error}</code></p>}
        {!start.answer && !start.error && <div class="wait" />}
        {me && !may(LEAST[page] ?? 'viewer') ? <p class="failed">{t('not_yours', { role: t(`role.${LEAST[page]}`) })}</p>
          : me && page in SITELESS ? <Guarded key={page}><Later load={SITELESS[page]!} /></Guarded>
          : site ? <Guarded key={page}><Shown page={page} site={site} query={own} sites={sites} /></Guarded>
          : me && <Empty site={null} />}
      </main>
    </>
  );
}

// Pages that need no site.
const SITELESS: Record<string, () => Promise<ComponentType>> = {
  people: () => import('./pages/people').then((m) => m.People),
  account: () => import('./pages/account').then((m) => m.Account),
};

function Later({ load }: { load: () => Promise<ComponentType> }) {
  const [Page, set] = useState<ComponentType | null>(null);
  useEffect(() => void load().then((page) => set(() => page)), []);
  return Page ? <Page /> : <div class="wait" />;
}

/** What stands before the console: signing in, choosing a password. */
function Door({ page, start, done }: { page: 'SignIn' | 'SetUp'; start?: Start; done: () => void }) {
  const [pages, set] = useState<typeof import('./pages/door') | null>(null);
  useEffect(() => void import('./pages/door').then(set), []);
  if (!pages || (page === 'SignIn' && !start)) return null;
  return <main id="main" class="door">{page === 'SignIn' ? <pages.SignIn fresh={!!start!.new} done={done} /> : <pages.SetUp done={done} />}</main>;
}

type Loaded = Record<string, (props: Props & { page: string }) => ComponentChildren>;

// All but the overview comes when it is first opened.
const LATER: Record<string, () => Promise<Loaded>> = {
  moments: () => import('./pages/tiled').then((m) => ({ page: m.Moments })),
  journeys: () => import('./pages/tiled').then((m) => ({ page: m.Journeys })),
  searches: () => import('./pages/tiled').then((m) => ({ page: m.Searches })),
  products: () => import('./pages/products').then((m) => ({ page: m.Products })),
  channels: () => import('./pages/channels').then((m) => ({ page: m.Channels })),
  quality: () => import('./pages/quality').then((m) => ({ page: m.Quality })),
  funnels: () => import('./pages/funnels').then((m) => ({ page: m.Funnels })),
  visitor: () => import('./pages/visitor').then((m) => ({ page: m.Visitor })),
  campaigns: () => import('./pages/campaigns').then((m) => ({ page: m.Campaigns })),
  uplift: () => import('./pages/uplift').then((m) => ({ page: m.Uplift })),
  story: () => import('./pages/story').then((m) => ({ page: m.Story })),
  questions: () => import('./pages/questions').then((m) => ({ page: m.Questions })),
  sql: () => import('./pages/sql').then((m) => ({ page: m.SqlPage })),
};

function Shown(props: Props & { page: string }) {
  const [Page, set] = useState<Loaded['page'] | null>(null);
  const { page } = props;
  useEffect(() => {
    if (page in LATER) void LATER[page]!().then((loaded) => set(() => loaded.page!));
  }, [page]);
  if (!(page in LATER)) return <Overview {...props} />;
  return Page ? <Page {...props} /> : <div class="wait" />;
}

/** A page that fails says so and leaves the rest alive. */
class Guarded extends Component<{ children: ComponentChildren }, { error?: Error }> {
  static getDerivedStateFromError = (error: Error) => ({ error });

  render() {
    const { error } = this.state;
    return error ? <p class="failed" role="alert">{t('failed')} <code>{error.message}</code></p> : this.props.children;
  }
}

function Root() {
  const [ready, set] = useState(false);
  useEffect(() => void speak(wanted()).then(() => set(true)), []);
  return ready ? <App /> : null;
}

addEventListener('click', follow);
document.documentElement.dataset.mode = localStorage.getItem('hetk-mode') ?? '';
render(<Root />, document.getElementById('app')!);
