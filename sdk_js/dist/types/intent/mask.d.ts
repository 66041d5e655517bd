export declare function mask(raw: string): string;
