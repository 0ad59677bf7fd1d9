// Dark or light: as the system is, unless the reader or an embedding page chose.

export type Theme = 'system' | 'light' | 'dark';

const key = 'heka.theme';

export const chosen = (): Theme => (localStorage.getItem(key) as Theme | null) ?? 'system';

/** Sets a theme and remembers it; without one the remembered theme counts. */
export function applyTheme(theme?: Theme): void {
  if (theme) localStorage.setItem(key, theme);
  show(theme ?? chosen());
}

/** Sets a theme for this page alone. */
export function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  dispatchEvent(new Event('themechange'));
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => dispatchEvent(new Event('themechange')));

/** The value of a colour of app.css. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
