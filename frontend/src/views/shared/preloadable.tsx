// Parts of the page that are fetched when they are first shown, or before. React shows the fallback of a part that is
// not there for at least 300 ms, so those that a click shows are fetched while the page is idle.
import { lazy, useState, type ComponentType } from "react";

interface Module<Props> {
  readonly default: ComponentType<Props>;
}

/** Return the component, and a function that fetches it. */
export function preloadable<Props extends object>(load: () => Promise<Module<Props>>): readonly [ComponentType<Props>, () => void] {
  let loaded: ComponentType<Props> | undefined;
  const fetched = async () => {
    const found = await load();
    loaded = found.default;
    return found;
  };
  const Lazy = lazy(fetched) as unknown as ComponentType<Props>;
  function Preloadable(props: Props) {
    // The same one for as long as it is shown: another one would lose its state.
    const [Shown] = useState(() => loaded ?? Lazy);
    return <Shown {...props} />;
  }
  // A failure shows when the part does, which fetches again.
  const preload = () => void fetched().catch(() => undefined);
  return [Preloadable, preload];
}
