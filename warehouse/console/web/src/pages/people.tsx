// Admins: who may see the console, and what was done here.
import { useEffect, useState } from 'preact/hooks';
import { get, post } from '../api';
import { myself, ROLES, type Role } from '../me';
import { Field, Form, Once, Sure } from '../parts/form';
import { BASE } from '../state';
import { has, moment, t } from '../words';

interface Person {
  name: string;
  role: Role;
  active: boolean;
  seen_ms: number | null;
  link_ms: number | null;
}
interface Answer {
  people: Person[];
  link?: string;
}
const SHELL = 'shell'; // where the commands of the server's own people come from
const RENEW_MS = 15_000; // another admin may be at work too

export function People() {
  const [people, setPeople] = useState<Person[]>();
  const [link, setLink] = useState<{ name: string; text: string }>();
  const [error, setError] = useState('');
  const [turn, setTurn] = useState(0);
  const look = () => get<Answer>('people').then((all) => setPeople(all.people), (failure: Error) => setError(failure.message));
  useEffect(() => {
    void look();
    const timer = setInterval(look, RENEW_MS);
    return () => clearInterval(timer);
  }, []);
  const change = async (door: string, name: string, role?: string) => {
    const all = await post<Answer>(door, role ? { name, role } : { name });
    setPeople(all.people);
    setLink(all.link ? { name, text: `${location.origin}${BASE}setup#${all.link}` } : undefined);
    setTurn((n) => n + 1);
  };
  const tried = (door: string, name: string, role?: string) => {
    setError('');
    change(door, name, role).catch((failure: Error) => { setError(failure.message); void look(); });
  };
  return (
    <>
      <h1 class="title">{t('page.people')}</h1>
      {error && <p class="failed" role="alert">{t('failed')} {error}</p>}
      {link && <Once title={t('link_for', { name: link.name })} text={link.text} hint={t('link_hint')} />}
      <div class="grid">
        <section class="tile wide" aria-label={t('page.people')} aria-busy={!people}>
          {!people ? <div class="wait" /> : !people.length && <p class="empty">{t('none_yet')}</p>}
          <ul class="persons">{people?.map((one) => <One key={one.name} one={one} act={tried} />)}</ul>
        </section>
        <section class="tile" aria-label={t('person_add')}>
          <header><h2>{t('person_add')}</h2></header>
          <Form button={t('add')} send={(given) => change('people', given.name!, given.role)}>
            <Field name="name" label={t('name')} />
            <fieldset>
              <legend>{t('role')}</legend>
              {ROLES.map((role) => <label class="choice"><input type="radio" name="role" value={role} defaultChecked={role === 'viewer'} /><span>{t(`role.${role}`)}<small>{t(`may.${role}`)}</small></span></label>)}
            </fieldset>
          </Form>
        </section>
        <Log turn={turn} />
      </div>
    </>
  );
}

function One({ one, act }: { one: Person; act: (door: string, name: string, role?: string) => void }) {
  const mine = one.name === myself()?.name;
  const state = one.seen_ms ? t('here_last', { when: moment(one.seen_ms) }) : one.active ? t('here_never') : one.link_ms ? t('link_until', { when: moment(one.link_ms) }) : t('link_old');
  return (
    <li>
      <span class="person"><b><bdi>{one.name}</bdi></b>{mine && <small> {t('you')}</small>}<small class="state">{state}</small></span>
      <label><span class="aloud">{t('role')}: {one.name}</span>
        <select class="field" value={one.role} onChange={(event) => act('people/role', one.name, event.currentTarget.value)}>
          {ROLES.map((role) => <option value={role}>{t(`role.${role}`)}</option>)}
        </select>
      </label>
      {!mine && <button class="button" onClick={() => act('people/link', one.name)}>{t('link_new')}<span class="aloud">: {one.name}</span></button>}
      {!mine && <Sure text={t('remove')} sure={t('remove_sure')} act={() => act('people/remove', one.name)} />}
    </li>
  );
}

interface Line {
  id: number;
  at_ms: number;
  who: string;
  what: string;
  target: string;
  source: string;
}

function Log({ turn }: { turn: number }) {
  const [lines, setLines] = useState<Line[]>();
  const [more, setMore] = useState(true);
  const [error, setError] = useState('');
  const read = async (before?: Line) => {
    const found = (await get<{ log: Line[] }>('log', before && new URLSearchParams({ before: String(before.id) }))).log;
    setLines((known) => [...(before ? (known ?? []) : []), ...found]);
    setMore(found.length === 100);
  };
  const tried = (before?: Line) => void read(before).catch((failure: Error) => setError(failure.message));
  useEffect(() => tried(), [turn]);
  return (
    <section class="tile full log" aria-label={t('log')} aria-busy={!lines}>
      <header><h2>{t('log')}</h2><small>{t('note.log')} · {t('utc')}</small></header>
      {error && <p class="failed" role="alert">{t('failed')} {error}</p>}
      <div class="scroll" tabIndex={0} role="group" aria-label={t('log')}>
        <table>
          <thead><tr>{['when', 'who', 'what', 'whence'].map((name) => <th scope="col">{t(name)}</th>)}</tr></thead>
          <tbody>
            {lines?.map((line) => (
              <tr key={line.id}><td>{moment(line.at_ms)}</td><td><bdi>{line.who || (line.source === SHELL ? 'hetk user' : t('who_unknown'))}</bdi></td><td><bdi>{has(`log.${line.what}`) ? t(`log.${line.what}`, { target: line.target }) : line.what}</bdi></td><td>{line.source}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      {more && !!lines?.length && <p class="actions"><button class="button" onClick={() => tried(lines.at(-1))}>{t('older')}</button></p>}
    </section>
  );
}
