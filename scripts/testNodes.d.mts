export declare const majors: number[];
