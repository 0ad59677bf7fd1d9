// JSON that folds.
import type { JSX } from 'preact';

const most = 500;

/** Shows a value; lists and objects fold below the second level. */
export function JSONView({ value }: { value: unknown }): JSX.Element {
  return <div class="json"><Value value={value} depth={0} /></div>;
}

function Value({ value, depth, name }: { value: unknown; depth: number; name?: string }): JSX.Element {
  const label = name !== undefined && <><span class="key-name">{name}</span>: </>;
  if (typeof value !== 'object' || value === null) return <div>{label}<span class={`v-${typeof value}`}>{JSON.stringify(value)}</span></div>;
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (!entries.length) return <div>{label}{open}{close}</div>;
  return (
    <details open={depth < 2}>
      <summary>{label}{open} <span class="soft">{entries.length}</span> {close}</summary>
      {entries.slice(0, most).map(([k, v]) => <Value key={k} name={k} value={v} depth={depth + 1} />)}
      {entries.length > most && <div class="soft">… {entries.length - most} more</div>}
    </details>
  );
}
