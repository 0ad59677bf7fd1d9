// A button for what cannot be taken back: it asks once more, in place.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

interface Props {
  word: string; what: string;
  /** A choice beside the button. */
  option?: string;
  /** Its error is shown. */
  act(chosen: boolean): Promise<void> | void;
}

export function Confirm({ word, what, option, act }: Props): JSX.Element {
  const [asking, ask] = useState(false);
  const [chosen, choose] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const go = async () => {
    setBusy(true);
    setError('');
    try {
      await act(chosen);
      ask(false);
    } catch (e) {
      setError((e as Error).message);
    }
    setBusy(false);
  };
  if (!asking) return <button class="danger" aria-label={`${word} ${what}`} onClick={() => ask(true)}>{word}…</button>;
  return (
    <span class="actions" role="group" aria-label={`${word} ${what}?`}>
      {option && <label class="check"><input type="checkbox" checked={chosen} onChange={(e) => choose(e.currentTarget.checked)} /> {option}</label>}
      <button class="danger" disabled={busy} ref={(b) => b?.focus()} onClick={() => void go()}>{word} {what}</button>
      <button onClick={() => ask(false)}>No</button>
      {error && <span class="note critical" role="alert">{error}</span>}
    </span>
  );
}
