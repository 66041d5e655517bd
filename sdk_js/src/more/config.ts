// The address of /v1/config comes in, what it says goes out. Asked once a page; who cannot do without it asks on.
import type { Config } from './law';

/** Nothing when it is blocked, off the network or no JSON. */
export const ask = (address: string): Promise<Config | undefined> =>
  fetch(address, { credentials: 'omit' })
    .then(answer => answer.json())
    .then(config => (config?.v == 1 ? config : undefined))
    .catch(() => undefined);

/** Until it answers with an object. */
export async function insist(address: string, first: Promise<Config | undefined>): Promise<Config> {
  let config = await first;
  for (let pause = 1000; !config; pause = Math.min(pause * 2, 60_000)) {
    await new Promise(over => setTimeout(over, pause));
    config = await ask(address);
  }
  return config;
}
