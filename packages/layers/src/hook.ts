/** A method as this package replaces it. */
type Method = (this: any, ...args: any[]) => any;

/**
 * The one way in which this package changes a method of tfjs. `wrap` gets the method that
 * is there now.
 *
 * @param target An object or a prototype; a method that it inherits is shadowed.
 * @returns Takes the change back. Where others have wrapped the method since, the wrapper
 *   stays and passes calls on.
 */
export function hook(target: object, method: string, wrap: (original: Method) => Method): () => void {
  const holder = target as Record<string, Method>;
  const own = Object.getOwnPropertyDescriptor(holder, method);
  const original = holder[method];
  const replacement = wrap(original);
  let isActive = true;
  const installed: Method = function (this: unknown, ...args) {
    return (isActive ? replacement : original).apply(this, args);
  };
  Object.defineProperty(holder, method, { value: installed, writable: true, configurable: true, enumerable: false });
  return () => {
    isActive = false;
    if (holder[method] !== installed) return;
    if (own) Object.defineProperty(holder, method, own);
    else delete holder[method];
  };
}
