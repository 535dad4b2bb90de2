export declare function copyRepository(options?: { link?: boolean }): string;
