// What heka's admin API and files answer, see internal/admin.

export type Level = 'ok' | 'warning' | 'critical';

export interface Health { level: Level; why?: string }
/** Messages, errors and bytes are per second; fill, blocked and busy from 0 to 1. */
export interface Rates {
  messages: number; errors: number; bytes: number; fill: number; blocked: number; busy: number;
  p50_ns: number; p95_ns: number; p99_ns: number;
  queued: number; lag_bytes: number; lag_ns: number; memory: number;
}
export interface Point extends Rates { time: number }
export interface Counter { name: string; value: number | string | boolean; unit?: string }
export interface Line { seq: number; time: number; level: string; kind?: string; plugin?: string; text: string }

export interface Plugin {
  category: string; name: string; type?: string; state?: string;
  rates?: Rates; health?: Health; last_error?: Line; counters: Counter[];
}

export interface PluginDetail extends Plugin { matcher?: string; history: Point[] | null; logs: Line[] | null }

export interface Daemon {
  version: string; hostname: string; pid: number; config: string; started: number; uptime: number;
  go: string; cpus: number; goroutines: number; heap_bytes: number; resident_bytes: number; open_files: number;
  /** Processors in use. */
  cpu: number; gc_cycles: number; reloaded: number;
}

export interface Report { time: number; heka: Daemon; plugins: Plugin[] }

export interface Node {
  name: string; kind: string; type?: string; state: string; splitter?: string; decoder?: string; encoder?: string;
  matcher?: string; buffered?: boolean; waiting: number; bound: number; rates: Rates; health: Health;
}
export interface Edge { from: string; to: string; messages: number; waited_ms: number; waiting: number }
export interface Cause { name: string; blocks: string[] | null; share: number }
export interface Topology { nodes: Node[]; edges: Edge[]; causes: Cause[]; cycles: string[][] }
export interface Snapshot { report: Report; topology: Topology; logs: Line[] }
/** One moment of heka's history. */
export interface ProcessPoint { time: number; cpu: number; heap_bytes: number; resident_bytes: number; goroutines: number }
export interface History { every: number; plugins: Record<string, Point[]>; heka: ProcessPoint[] }
export interface Verdict { ok: boolean; error?: string; diagram?: string; tree?: string; advice?: string[] }

export interface Sandbox { Name: string; Outputs: { Name: string; Filename: string }[] | null }

export interface Field { name: string; representation?: string; [values: `value_${string}`]: unknown }
export interface Message { uuid: string; timestamp: number; type?: string; logger?: string; severity?: number; payload?: string; hostname?: string; fields?: Field[] }

/** What came of a part of an expression; verdict is yes, no, or - for one that was not looked at. */
export interface Explanation { kind: string; text?: string; verdict: string; decisive: boolean; seen?: string; note?: string; parts?: Explanation[] }
export interface RecentMessage { id: number; time: number; from: string; message: Message }
export interface Recent {
  kept: number; matched: number; oldest: number; newest: number;
  from: { name: string; kept: number; matched: number }[];
  messages: RecentMessage[]; explanation?: Explanation;
}

/** A filter that runs a script; a limit of 0 is none. */
export interface SandboxFilter {
  name: string; manager?: string; state: string; matcher?: string; since?: number; rates: Rates; health: Health;
  processed: number; failures: number; injected: number;
  memory: number; max_memory: number; memory_limit: number;
  max_instructions: number; instruction_limit: number; max_output: number; output_limit: number;
  outputs: { name: string; type: string; bytes: number; time: number }[];
}
export interface SandboxManager { name: string; state: string; running: number; max_filters: number }
export interface Sandboxes { managers: SandboxManager[]; filters: SandboxFilter[]; control: boolean }

/** A refusal, with the text that heka gave. */
export class Refusal extends Error {
  constructor(readonly status: number, text: string) { super(text); }
}

/** Asks for a resource; throws a Refusal when heka says no. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(path, { cache: 'no-cache', ...init });
  if (!answer.ok) throw new Refusal(answer.status, await reason(answer));
  return answer;
}

/** Asks for JSON. */
export async function json<T>(path: string, init?: RequestInit): Promise<T> {
  return (await ask(path, init)).json();
}

async function reason(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    return JSON.parse(text).error ?? text;
  } catch {
    return text.trim() || answer.statusText;
  }
}

/** Reads Server-Sent Events until the stream ends or the signal comes. */
export async function events(path: string, signal: AbortSignal, got: (name: string, data: string) => void): Promise<void> {
  const answer = await ask(path, { signal, headers: { Accept: 'text/event-stream' } });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest: string[] = [];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const end = value.lastIndexOf('\n\n');
    if (end < 0 && !(value === '\n' && rest.at(-1)?.endsWith('\n'))) {
      rest.push(value);
      continue;
    }
    const whole = rest.join('') + value;
    const cut = whole.lastIndexOf('\n\n');
    rest = [whole.slice(cut + 2)];
    for (const event of whole.slice(0, cut).split('\n\n')) {
      let name = 'message';
      let data = '';
      for (const line of event.split('\n')) {
        if (line.startsWith('event: ')) name = line.slice(7);
        else if (line.startsWith('data: ')) data += line.slice(6);
      }
      got(name, data);
    }
  }
}
