// One's own account: password, sessions, tokens for programs.
import { useState } from 'preact/hooks';
import { post, useGet } from '../api';
import { myself, type Role } from '../me';
import { Field, Form, Once, Sure } from '../parts/form';
import { BASE } from '../state';
import { moment, t } from '../words';

interface Token {
  id: number;
  name: string;
  role: Role;
  created_ms: number;
  seen_ms: number | null;
  expires_ms: number | null;
}
interface Own {
  sessions: number;
  tokens: Token[];
  offered: Role[];
  token?: string;
}

const NONE = new URLSearchParams();
const DAYS = [30, 90, 365];

export function Account() {
  const me = myself()!;
  const asked = useGet<Own>('account', NONE);
  const [changed, setChanged] = useState<Own>();
  const [done, setDone] = useState('');
  const [error, setError] = useState('');
  const own = changed ?? asked.answer;
  const send = async (door: string, body: object) => {
    setError('');
    setDone('');
    setChanged(await post<Own>(door, body));
  };
  const tried = (door: string, body: object) => void send(door, body).catch((failure: Error) => setError(failure.message));
  if (!own) return asked.error ? <p class="failed" role="alert">{asked.error}</p> : <div class="wait" />;
  return (
    <>
      <h1 class="title"><bdi>{me.name}</bdi><small>{t(`role.${me.role}`)}: {t(`may.${me.role}`)}</small></h1>
      {error && <p class="failed" role="alert">{t('failed')} {error}</p>}
      {own.token && <Once title={t('token_new')} text={`curl -H 'Authorization: Bearer ${own.token}' ${location.origin}${BASE}api/questions`} hint={t('token_hint')} />}
      <div class="grid">
        <section class="tile" aria-label={t('password')}>
          <header><h2>{t('password')}</h2></header>
          <Form button={t('password_change')} send={async (given) => { await send('password', given); setDone(t('password_changed')); }}>
            <Field name="old" label={t('password_old')} autocomplete="current-password" secret />
            <Field name="new" label={t('password_new')} autocomplete="new-password" hint={t('password_hint')} secret />
          </Form>
          {done && <p role="status">{done}</p>}
          <h2 class="below">{t('sessions')}</h2>
          <p>{t('signed_in_at', { n: own.sessions })}</p>
          <p class="actions"><button class="button" disabled={own.sessions < 2} onClick={() => tried('sessions/end', {})}>{t('end_others')}</button></p>
        </section>
        <section class="tile wide" aria-label={t('tokens')}>
          <header><h2>{t('tokens')}</h2><small>{t('note.tokens')}</small></header>
          {!own.tokens.length && <p class="empty">{t('none_yet')}</p>}
          <ul class="persons">
            {own.tokens.map((one) => (
              <li key={one.id}>
                <span class="person"><b><bdi>{one.name}</bdi></b><small class="state">{t(`role.${one.role}`)} · {one.expires_ms ? t('token_until', { when: moment(one.expires_ms) }) : t('token_for_good')} · {one.seen_ms ? t('token_used', { when: moment(one.seen_ms) }) : t('token_unused')}</small></span>
                <Sure text={t('revoke')} sure={t('revoke_sure')} act={() => tried('tokens/revoke', { id: one.id })} />
              </li>
            ))}
          </ul>
          <Form button={t('token_make')} class="line-form" send={(given) => send('tokens', { name: given.name, role: given.role, days: Number(given.days) })}>
            <Field name="name" label={t('token_for')} />
            <label class="row"><span>{t('role')}</span>
              <select class="field" name="role">{own.offered.map((role) => <option value={role}>{t(`role.${role}`)}</option>)}</select>
            </label>
            <label class="row"><span>{t('token_lasts')}</span>
              <select class="field" name="days">{DAYS.map((n) => <option value={n}>{t('token_days', { n })}</option>)}<option value="0">{t('token_for_good')}</option></select>
            </label>
          </Form>
        </section>
      </div>
    </>
  );
}
