// Clues of a query in, probabilities of know, go, do, buy and none out. warehouse/intent/model.py, on the device.
import type { Found } from './match';

export const INTENTS = ['know', 'go', 'do', 'buy', 'none'] as const;
export type Intent = (typeof INTENTS)[number];

export interface ModelFile {
  name: string;
  weights: Record<string, number[]>;
}

export interface Model {
  single: Map<string, number[]>;
  pair: Map<string, Map<string, number[]>>;
}

export function makeModel(file: ModelFile): Model {
  const model: Model = { single: new Map(), pair: new Map() };
  for (const name in file.weights) {
    const [one, other] = name.split(' + ');
    const row = file.weights[name];
    if (!other) model.single.set(name, row);
    else for (const [a, b] of [[one, other], [other, one]]) {
      const partners = model.pair.get(a) ?? new Map<string, number[]>();
      model.pair.set(a, partners.set(b, row));
    }
  }
  return model;
}

export function features(found: Found): Map<string, number> {
  const out = new Map(found.clues);
  for (const name of found.shape) out.set(name, 1);
  if (out.has('budget') || out.has('money') || out.has('price')) out.delete('longnum');
  if (!found.clues.size) out.set('nothing', 1);
  else if (!found.unknown && found.clues.size === 1) out.set(`only ${[...found.clues.keys()][0]}`, 1);
  if (!found.clues.size && !found.unknown && [...found.shape].every(name => name === 'number' || name === 'longnum')) {
    for (const name of found.shape) out.set(`only ${name}`, 1);
  }
  if (found.unknown) out.set('unknown', found.unknown / found.words);
  if (found.words <= 1 && !found.clues.size) out.set(found.words ? 'one_word' : 'empty', 1);
  else if (found.words >= 5) out.set('long', 1);
  return out;
}

export function probabilities(model: Model, seen: Map<string, number>): number[] {
  const sum = [...(model.single.get('bias') as number[])];
  const push = (row: number[] | undefined, strength: number) => row?.forEach((weight, i) => (sum[i] += weight * strength));
  const names = [...seen.keys()];
  names.forEach((name, i) => {
    const value = seen.get(name) as number;
    push(model.single.get(name), value);
    const partners = model.pair.get(name);
    if (partners) for (const other of names.slice(i + 1)) push(partners.get(other), Math.min(value, seen.get(other) as number));
  });
  const top = Math.max(...sum);
  const powers = sum.map(s => Math.exp(s - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map(p => p / total);
}
