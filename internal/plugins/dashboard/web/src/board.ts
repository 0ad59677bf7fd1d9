// Boards: pages of graphs and figures that a reader puts together. They lie in the
// browser's storage; a link carries a whole board to somebody else.

/** What a panel shows: heka as a whole, a plugin's value or its course, or what a script wrote. */
export type Kind = 'heka' | 'figure' | 'chart' | 'output';

export interface Panel {
  kind: Kind;
  /** heka: [what]; figure and chart: [category, plugin, values joined by +]; output: [filter, file]. */
  of: string[];
  /** How many columns it takes, 1 to 3. */
  wide: number;
}

export interface Board { name: string; panels: Panel[] }

const lengths: Record<Kind, number> = { heka: 1, figure: 3, chart: 3, output: 2 };

/** Writes a panel as the word that stands in addresses: 2:chart/outputs/archive/messages. */
export function writePanel(p: Panel): string {
  return (p.wide > 1 ? `${p.wide}:` : '') + [p.kind, ...p.of].map(encodeURIComponent).join('/');
}

/** Reads such a word; undefined where it is none. */
export function readPanel(word: string): Panel | undefined {
  const [, wide = '1', path] = /^(?:([1-3]):)?(.*)$/s.exec(word)!;
  try {
    const [kind, ...of] = path.split('/').map(decodeURIComponent);
    return lengths[kind as Kind] === of.length && of.every(Boolean) ? { kind: kind as Kind, of, wide: Number(wide) } : undefined;
  } catch {
    return undefined;
  }
}

export const readPanels = (words: string[]): Panel[] => words.map(readPanel).filter((p) => p !== undefined);

const key = 'heka.boards';

/** All boards of this browser, in the order they were made. */
export function boards(): Board[] {
  try {
    const all = JSON.parse(localStorage.getItem(key) ?? '{}') as Record<string, string[]>;
    return Object.entries(all).map(([name, words]) => ({ name, panels: readPanels(words) }));
  } catch {
    return [];
  }
}

/** Keeps a board under its name, or forgets it when it has no panels left to keep. */
export function keep(board: Board): void {
  const rest = boards();
  const at = rest.findIndex((b) => b.name === board.name);
  if (at < 0) rest.push(board);
  else rest[at] = board;
  store(rest);
}

export function forget(name: string): void { store(boards().filter((b) => b.name !== name)); }

function store(all: Board[]): void {
  localStorage.setItem(key, JSON.stringify(Object.fromEntries(all.map((b) => [b.name, b.panels.map(writePanel)]))));
}

/** The address of a board with all that is on it, for others. */
export function share(board: Board): string {
  const query = new URLSearchParams(board.panels.map((p) => ['p', writePanel(p)]));
  return `${location.origin}${location.pathname}#boards/${encodeURIComponent(board.name)}?${query}`;
}
