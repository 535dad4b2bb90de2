export interface Documented {
  name: string;
  /** File and line. */
  where: string;
  hasDoc: boolean;
  hasExample: boolean;
  hasThrows: boolean;
  /** Whether its code looks as if it threw. */
  throws: boolean;
  isCallable: boolean;
}
export declare function documentation(): Documented[];
