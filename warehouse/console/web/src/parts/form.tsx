// Fields with labels, and a form that says what went wrong.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../words';

interface FieldProps {
  name: string;
  label: string;
  autocomplete?: string;
  hint?: string;
  value?: string;
  fixed?: boolean;
  secret?: boolean;
  autofocus?: boolean;
}

export function Field({ name, label, hint, value, fixed, secret, autofocus, autocomplete }: FieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  useEffect(() => void (autofocus && field.current?.focus()), []);
  return (
    <div class="row">
      <label for={`f-${name}`}>{label}</label>
      <input ref={field} class="field" id={`f-${name}`} name={name} type={(secret && !shown ? 'password' : 'text') as 'text'} required readOnly={fixed} defaultValue={value} autocomplete={autocomplete ?? 'off'} spellcheck={false} aria-describedby={hint && `h-${name}`} />
      {hint && <small id={`h-${name}`}>{hint}</small>}
      {secret && <label class="check"><input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} /> {t('password_show')}</label>}
    </div>
  );
}

interface FormProps {
  button: string;
  class?: string;
  send: (given: Record<string, string>) => Promise<void>;
  children: ComponentChildren;
}

/** What is typed goes to `send` by the names of the fields; fields are empty again when it worked. */
export function Form({ button, send, children, class: kind = '' }: FormProps) {
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    setBusy(true);
    setError('');
    try {
      await send(Object.fromEntries(new FormData(form)) as Record<string, string>);
      form.reset();
    } catch (failure) {
      setError((failure as Error).message);
    }
    setBusy(false);
  };
  return (
    <form class={`form ${kind}`} onSubmit={submit}>
      {children}
      <button class="button main" disabled={busy}>{button}</button>
      {error && <p class="failed" role="alert">{error}</p>}
    </form>
  );
}

/** A text to be taken along, shown once. */
export function Once({ title, text, hint }: { title: string; text: string; hint: string }) {
  return (
    <section class="tile once" role="status" aria-label={title}>
      <h2><bdi>{title}</bdi></h2>
      <pre tabIndex={0}>{text}</pre>
      <p class="quiet">{hint}</p>
      <button class="button" onClick={() => navigator.clipboard.writeText(text)}>{t('copy')}</button>
    </section>
  );
}

/** A button that asks once more: the second press does it. */
export function Sure({ text, sure, act }: { text: string; sure: string; act: () => void }) {
  const [asked, ask] = useState(false);
  return <button class={asked ? 'button danger' : 'button'} onClick={() => (asked ? act() : ask(true))} onBlur={() => ask(false)}>{asked ? sure : text}</button>;
}
