// Files that change: fetched again and again, drawn again only when they differ.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ask } from './api';

export interface Fetched { text?: string; error?: string }

/** Follows a resource, "" being none; every is in milliseconds. The old text stays when asking fails. */
export function useText(path: string, every = 2000, paused = false): Fetched {
  const [got, set] = useState<Fetched>({});
  useEffect(() => {
    if (paused || !path) return;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const load = async () => {
      try {
        const text = await (await ask(path, { signal: controller.signal })).text();
        set((old) => (old.text === text && !old.error ? old : { text }));
      } catch (e) {
        if (!controller.signal.aborted) set((old) => ({ text: old.text, error: (e as Error).message }));
      }
      if (!controller.signal.aborted) timer = setTimeout(load, document.hidden ? 4 * every : every);
    };
    void load();
    return () => { controller.abort(); clearTimeout(timer); };
  }, [path, every, paused]);
  return got;
}

/** The same for JSON. */
export function useJSON<T>(path: string, every?: number, paused?: boolean): { value?: T; error?: string } {
  const { text, error } = useText(path, every, paused);
  return useMemo(() => {
    try {
      return { value: text === undefined ? undefined : (JSON.parse(text) as T), error };
    } catch {
      return { error: 'this is not heka that answers' };
    }
  }, [text, error]);
}

/** Lets the browser save a file. */
export function save(name: string, content: Blob): void {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(content);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}
