// Before the console: signing in, and choosing a password by a one-time link.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { post } from '../api';
import { Field, Form } from '../parts/form';
import { Mark } from '../parts/icons';
import { Settings } from '../parts/nav';
import type { Role } from '../me';
import { go } from '../state';
import { t } from '../words';

function Card({ title, children }: { title: string; children: ComponentChildren }) {
  useEffect(() => void (document.title = `${title} \u00b7 hetk`), [title]);
  return (
    <>
      <p class="brand"><Mark /> hetk</p>
      <section class="tile" aria-labelledby="door">
        <h1 id="door" class="title">{title}</h1>
        {!isSecureContext && <p class="failed">{t('not_private')}</p>}
        {children}
      </section>
      <div class="settings"><Settings /></div>
    </>
  );
}

export function SignIn({ fresh, done }: { fresh: boolean; done: () => void }) {
  if (fresh) return <Card title={t('new_here')}><p>{t('new_hint')}</p><pre>hetk user link</pre></Card>;
  return (
    <Card title={t('sign_in')}>
      <Form button={t('sign_in')} send={async (given) => { await post('login', given); done(); }}>
        <Field name="name" label={t('name')} autocomplete="username" autofocus />
        <Field name="password" label={t('password')} autocomplete="current-password" secret />
      </Form>
      <p class="quiet">{t('forgotten')}</p>
      <pre>hetk user link NAME</pre>
    </Card>
  );
}

interface Link {
  name: string | null;
  role: Role;
}

export function SetUp({ done }: { done: () => void }) {
  const [link] = useState(location.hash.slice(1));
  const [found, setFound] = useState<Link>();
  const [error, setError] = useState(link ? '' : t('link_broken'));
  useEffect(() => {
    if (link) void post<Link>('link', { link }).then(setFound, (failure: Error) => setError(failure.message));
  }, [link]);
  const send = async (given: Record<string, string>) => {
    await post('setup', { link, ...given });
    go('', new URLSearchParams());
    done();
  };
  return (
    <Card title={t('welcome')}>
      {error && <p class="failed" role="alert">{error}</p>}
      {!found && !error && <div class="wait" />}
      {found && (
        <>
          <p>{found.name === null ? t('welcome_first') : t('welcome_name', { name: found.name, role: t(`role.${found.role}`), text: t(`may.${found.role}`) })}</p>
          <Form button={t('welcome_go')} send={send}>
            <Field name="name" label={t('name')} autocomplete="username" value={found.name ?? ''} fixed={found.name !== null} autofocus={found.name === null} />
            <Field name="password" label={t('password')} autocomplete="new-password" hint={t('password_hint')} secret autofocus={found.name !== null} />
          </Form>
        </>
      )}
    </Card>
  );
}
