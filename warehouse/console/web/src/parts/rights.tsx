// What an admin may do with what is kept of somebody: hand it out, or erase it for good; a dialog says what that takes away.
import { useRef, useState } from 'preact/hooks';
import { download, post } from '../api';
import { t } from '../words';

interface Props {
  site: string;
  kind: 'visitor' | 'user';
  id: string;
  visits: number;
  events: number;
  anything: boolean;
  done: () => void;
}
interface Erased {
  events?: number;
  lines?: number;
  waiting?: boolean;
}

export function Rights({ site, kind, id, visits, events, anything, done }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [now, setNow] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const [said, setSaid] = useState('');
  const person = { site, kind, id };
  const tried = async (act: () => Promise<void>) => {
    setBusy(true);
    setError('');
    setSaid('');
    await act().catch((failure: Error) => setError(failure.message));
    setBusy(false);
  };
  const take = (format: 'json' | 'text') => tried(() => download('visitor/export', { ...person, format }, `person.${format === 'json' ? 'json' : 'txt'}`));
  const forget = () =>
    tried(async () => {
      const erased = await post<Erased>('visitor/forget', { ...person, now }).finally(() => dialog.current?.close());
      setSaid(erased.waiting ? t('forget_waits') : `${t('forgot_events', { n: erased.events ?? 0 })} ${t(now ? 'forgot_now' : 'forgot_later')}`);
      done();
    });
  return (
    <section class="tile" aria-label={t('rights')} aria-busy={busy}>
      <header><h2>{t('rights')}</h2></header>
      <p class="quiet">{t('note.rights')}</p>
      <p class="actions">
        <button class="button" disabled={busy || !anything} onClick={() => take('json')}>{t('export_json')}</button>
        <button class="button" disabled={busy || !anything} onClick={() => take('text')}>{t('export_text')}</button>
        <button class="button" disabled={busy} onClick={() => dialog.current?.showModal()}>{t('forget')} …</button>
      </p>
      {said && <p role="status" class="said">{said}</p>}
      {error && <p class="failed" role="alert">{t('failed')} {error}</p>}
      <dialog ref={dialog} class="dialog" aria-labelledby="forget-title">
        <h2 id="forget-title">{t(`forget_${kind}`)}</h2>
        <p><bdi class="id">{id}</bdi></p>
        <ul>
          <li>{t('forget_what', { visits: t('visits_n', { n: visits }), events: t('events_n', { n: events }) })}</li>
          {kind === 'user' && <li>{t('forget_devices')}</li>}
          <li>{t('forget_refused')}</li>
          <li>{t('forget_copies')}</li>
          <li><b>{t('forget_for_good')}</b></li>
        </ul>
        <label class="check"><input type="checkbox" checked={now} onChange={(event) => setNow(event.currentTarget.checked)} /> {t('forget_now')}</label>
        <p class="actions">
          <button class="button" autofocus disabled={busy} onClick={() => dialog.current?.close()}>{t('cancel')}</button>
          <button class="button danger" disabled={busy} onClick={forget}>{t(busy ? 'forgetting' : 'forget_sure')}</button>
        </p>
      </dialog>
    </section>
  );
}
