/**
 * Numbers that functions are compiled for: in f<Three>, `offsetof<Three>()` is the
 * constant 3, and what it rules out is not compiled.
 */
export class One {
  first: u8 = 0;
}
export class Two extends One {
  second: u8 = 0;
}
export class Three extends Two {
  third: u8 = 0;
}
export class Four extends Three {
  fourth: u8 = 0;
}
export class Five extends Four {
  fifth: u8 = 0;
}
export class Six extends Five {
  sixth: u8 = 0;
}
export class Seven extends Six {
  seventh: u8 = 0;
}
