// The address of a page lies after the #, as it always has:
// #plugins/outputs/NAME, #sandboxes/FILTER/outputs/FILE/embed, and ?key=value.

export interface Route { path: string[]; query: URLSearchParams }

/** Takes an address apart; what is not well encoded is taken as it is. */
export function parse(hash: string): Route {
  const text = hash.replace(/^#\/?/, '');
  const at = text.indexOf('?');
  const path = (at < 0 ? text : text.slice(0, at)).split('/').map(decode);
  return { path: path[0] === '' ? ['health'] : path, query: new URLSearchParams(at < 0 ? '' : text.slice(at + 1)) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Builds an address. */
export function link(...path: string[]): string {
  return '#' + path.map(encodeURIComponent).join('/');
}

/** Changes parts of the query in place; an empty value takes a key away. */
export function setQuery(change: Record<string, string>): void {
  const route = parse(location.hash);
  for (const [key, value] of Object.entries(change)) {
    if (value) route.query.set(key, value);
    else route.query.delete(key);
  }
  const query = route.query.toString();
  history.replaceState(null, '', link(...route.path) + (query ? '?' + query : ''));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
