// The effective configuration, taken apart by section.
import { useMemo } from 'preact/hooks';
import { useText } from './fetched';
import type { Plugin } from './api';
import type { Limit } from './marks';
import { counter } from './bits';

export interface Section {
  /** The lines of the section, its sub-sections included. */
  text: string;
  /** Values as written, those of sub-sections as buffering.max_buffer_size. */
  options: Map<string, string>;
}

/** Reads what heka shows as its configuration. */
export function parseConfig(text: string): Map<string, Section> {
  const all = new Map<string, Section>();
  let section: Section | undefined;
  let prefix = '';
  for (const line of text.split('\n')) {
    const head = /^(\s*)\[(.+)\]$/.exec(line);
    if (head && !head[1]) {
      section = { text: '', options: new Map() };
      all.set(unquote(head[2]), section);
      prefix = '';
    } else if (head) {
      prefix = unquote(head[2].slice(head[2].lastIndexOf('.') + 1)) + '.';
    }
    if (!section) continue;
    section.text += line + '\n';
    const option = /^\s*([\w-]+) = (.*?)(?:\s+# .*)?$/.exec(line);
    if (option) section.options.set(prefix + option[1], option[2]);
  }
  return all;
}

const unquote = (name: string) => (name.startsWith('"') ? (JSON.parse(name) as string) : name);

/** The sections by name, once they are there. */
export function useConfig(): Map<string, Section> | undefined {
  const { text } = useText('api/v1/config', 60_000);
  return useMemo(() => (text === undefined ? undefined : parseConfig(text)), [text]);
}

interface Bound { counter?: string; option?: string; label: string }

const bounds: Record<string, Bound> = {
  Memory: { counter: 'MemoryLimit', option: 'memory_limit', label: 'memory limit' },
  MaxMemory: { counter: 'MemoryLimit', option: 'memory_limit', label: 'memory limit' },
  MaxInstructions: { counter: 'InstructionLimit', option: 'instruction_limit', label: 'instruction limit' },
  MaxOutput: { counter: 'OutputLimit', option: 'output_limit', label: 'output limit' },
  memory: { counter: 'MemoryLimit', option: 'memory_limit', label: 'memory limit' },
  lag_bytes: { option: 'buffering.max_buffer_size', label: 'room on disk' },
  QueuedBytes: { option: 'buffering.max_buffer_size', label: 'room on disk' },
  InChanLength: { counter: 'InChanCapacity', label: 'room' },
};

/** What a counter or rate must not go beyond, if there is a bound: a counter says it, or the configuration. */
export function limitOf(p: Plugin, name: string, section?: Section): Limit | undefined {
  const bound = bounds[name];
  if (!bound) return undefined;
  const value = (bound.counter && counter(p, bound.counter)) || Number(bound.option && section?.options.get(bound.option));
  return value > 0 ? { value, label: bound.label } : undefined;
}
