import type { Found } from './match.js';
export declare const INTENTS: readonly ['know', 'go', 'do', 'buy', 'none'];
export type Intent = (typeof INTENTS)[number];
export interface ModelFile {
    name: string;
    weights: Record<string, number[]>;
}
export interface Model {
    single: Map<string, number[]>;
    pair: Map<string, Map<string, number[]>>;
}
export declare function makeModel(file: ModelFile): Model;
export declare function features(found: Found): Map<string, number>;
export declare function probabilities(model: Model, seen: Map<string, number>): number[];
