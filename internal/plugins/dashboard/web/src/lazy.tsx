// Parts of long lists are drawn anew only while they can be seen.
import { Component, type JSX, type Ref } from 'preact';

interface Props { draw(ref: Ref<Element>): JSX.Element }

/** Draws what it is given at first, and later as long as it is near the window. */
export class Lazy extends Component<Props> {
  private element: Element | null = null;
  private seen = true;
  private readonly ref = (e: Element | null) => {
    if (this.element === e) return;
    if (this.element) watcher.unobserve(this.element);
    this.element = e;
    if (!e) return;
    owners.set(e, this);
    watcher.observe(e);
  };

  override shouldComponentUpdate(): boolean { return this.seen; }

  override render({ draw }: Props): JSX.Element { return draw(this.ref); }

  /** Is told when it comes into view or leaves. */
  show(seen: boolean): void {
    const late = seen && !this.seen;
    this.seen = seen;
    if (late) this.forceUpdate();
  }
}

const owners = new WeakMap<Element, Lazy>();

const watcher = new IntersectionObserver((entries) => {
  for (const e of entries) owners.get(e.target)?.show(e.isIntersecting);
}, { rootMargin: '200px' });
