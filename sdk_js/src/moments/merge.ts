// Rules and a site's differences from them come in, the rules of the site go out (RFC 7386, as the warehouse merges them).
export function merge(into: any, patch: any): any {
  if (!patch || typeof patch != 'object' || Array.isArray(patch)) return patch;
  const out = { ...into };
  for (const key in patch) {
    if (patch[key] === null) delete out[key];
    else out[key] = merge(out[key], patch[key]);
  }
  return out;
}
