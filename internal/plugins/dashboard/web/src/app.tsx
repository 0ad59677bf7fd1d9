// The pages of heka's dashboard: one application that follows the address.
import { render } from 'preact';
import { Shell } from './shell';
import { current, follow, listen } from './store';
import { parse } from './route';
import { applyTheme } from './theme';
import './css/all.css';

const root = document.getElementById('app')!;
let route = parse(location.hash);

const draw = () => render(<Shell state={current()} route={route} />, root);

addEventListener('hashchange', () => {
  const next = parse(location.hash);
  const moved = next.path.join('/') !== route.path.join('/');
  route = next;
  if (moved) scrollTo(0, 0);
  draw();
  if (moved) document.getElementById('main')?.focus({ preventScroll: true });
});

applyTheme();
listen(draw);
draw();
follow();
