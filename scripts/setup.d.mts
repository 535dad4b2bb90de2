export declare const root: string;
export declare function setup(): void;
export declare function build(options?: { force?: boolean }): void;
