import type { Variant } from './types.js';
export interface Words {
    title: string;
    body?: string;
    button?: string;
}
export declare function words({ text }: Variant, lang: string, fill?: Record<string, unknown>): Words | undefined;
