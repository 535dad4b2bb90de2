import { expect, it } from 'vitest';
import { hook } from './hook.js';

class Base {
  greet(name: string): string {
    return `hello ${name}`;
  }
}
const loudly = (greet: (name: string) => string) =>
  function (this: Base, name: string) {
    return greet.call(this, name).toUpperCase();
  };

it('changes a method of one object or of a class, and takes that back', () => {
  const [one, other] = [new Base(), new Base()];
  const undo = hook(one, 'greet', loudly);
  expect([one.greet('a'), other.greet('a')]).toEqual(['HELLO A', 'hello a']);
  undo();
  expect(one.greet('a')).toBe('hello a');
  expect(Object.hasOwn(one, 'greet')).toBe(false);
  const stock = Base.prototype.greet;
  const undoClass = hook(Base.prototype, 'greet', loudly);
  expect(other.greet('a')).toBe('HELLO A');
  expect(Object.keys(Base.prototype)).toEqual([]);
  undoClass();
  expect(Base.prototype.greet).toBe(stock);
});

it('leaves the hooks of others in place, in whatever order they are undone', () => {
  const one = new Base();
  const undo = hook(one, 'greet', loudly);
  const undoTheirs = hook(one, 'greet', (greet) => (name) => `${greet.call(one, name)}!`);
  expect(one.greet('a')).toBe('HELLO A!');
  undo();
  expect(one.greet('a')).toBe('hello a!');
  undoTheirs();
  expect(one.greet('a')).toBe('hello a');
});
