// Props that are no plain JSON, or too many, come in; those that fit an event go out, what was left out is counted.
import { eventCharsMax, propsMax } from '../config';

const plain = (_: string, v: any): unknown =>
  typeof v == 'string' ? v.slice(0, 4096) : typeof v == 'bigint' ? '' + v : v?.nodeType ? undefined : v;

/** A key whose value cannot be told (a function, a cycle, a throwing getter) or no longer fits is left out. */
export const clean = (props: any, dropped: () => void): Record<string, unknown> => {
  const kept: Record<string, unknown> = {};
  let room = eventCharsMax;
  for (const key of Object.keys(props).slice(0, propsMax)) {
    try {
      const json = JSON.stringify(props[key], plain);
      room -= json.length + key.length;
      if (room < 0) throw room;
      kept[key] = JSON.parse(json);
    } catch {
      dropped();
    }
  }
  return kept;
};
