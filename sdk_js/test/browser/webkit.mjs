// WebKitGTK's MiniBrowser: by WebDriver, whose windows forget everything when they close; with a profile of its own, driven by
// the page itself, because MiniBrowser keeps no profile under automation. Both need a display and a bus, and bring their own.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { sleep, until } from '../collector.mjs';
import { family, killAll, paths } from './machine.mjs';

const start = (command, env) =>
  spawn('xvfb-run', ['-a', 'dbus-run-session', '--', ...command], {
    env: { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1', ...env },
    stdio: 'ignore',
    detached: true,
  });

export const webkit = ({ profile, ...circumstances } = {}) => (profile ? driven(profile) : automated(circumstances));

const freePort = () =>
  new Promise(ok => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => ok(port));
    });
  });

async function automated({ proxy, denied }) {
  const port = await freePort();
  const driver = start([paths.webkit, `--port=${port}`, '--host=127.0.0.1']);
  const call = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  await until(() => call('GET', '/status').then(s => s.ready, () => false), 'WebKitWebDriver', 30_000);
  const args = ['--automation', ...(proxy ? [`--proxy=${proxy}`] : []),
    ...(denied ? ['--enable-html5-local-storage=false', '--enable-html5-database=false'] : [])];
  const { sessionId } = await call('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: paths.miniBrowser, args } } },
  });
  const at = `/session/${sessionId}`;
  // The first window is on top, what comes after it is hidden. Without any window there is no session.
  const first = await call('GET', `${at}/window`);
  const windows = new Set([first]);
  let taken = false;
  let waiting = Promise.resolve();
  /** One thing at a time, in its own window. */
  const inWindow = (handle, work) => (waiting = waiting.catch(() => {}).then(async () => {
    await call('POST', `${at}/window`, { handle });
    return work();
  }));
  const another = async () => {
    const [old] = windows;
    const { handle } = await inWindow(old, () => call('POST', `${at}/window/new`, { type: 'tab' }));
    windows.add(handle);
    return handle;
  };
  return {
    async page() {
      const handle = taken ? await another() : first;
      taken = true;
      return {
        errors: [],
        goto: url => inWindow(handle, () => call('POST', `${at}/url`, { url })),
        run: (fn, ...args) =>
          inWindow(handle, async () => {
            const said = await call('POST', `${at}/execute/async`, {
              script: `const done = arguments[arguments.length - 1]; (async () => (${fn})(${args.map(a => JSON.stringify(a))}))().then(v => done({ v }), e => done({ e: '' + e }))`,
              args: [],
            });
            if ('e' in said) throw new Error(said.e);
            return said.v;
          }),
        click: selector =>
          inWindow(handle, async () => {
            const found = await call('POST', `${at}/element`, { using: 'css selector', value: selector });
            await call('POST', `${at}/element/${Object.values(found)[0]}/click`, {});
          }),
        async close() {
          if (windows.size === 1) await another();
          windows.delete(handle);
          await inWindow(handle, () => call('DELETE', `${at}/window`));
        },
      };
    },
    async close() {
      await call('DELETE', at).catch(() => {}); // the driver may be gone: what is left ends below
      process.kill(-driver.pid, 'SIGTERM');
      await sleep(200);
    },
  };
}

/** In the page: asks for the next piece of script, runs it, tells the outcome with the next question. */
export const remote = port => `(async () => {
  const { fetch } = window;
  let said = '';
  for (;;) {
    const next = await fetch('http://127.0.0.1:${port}/?' + said).then(r => r.text());
    said = '';
    if (!next) await new Promise(ok => setTimeout(ok, 20));
    else said = encodeURIComponent(JSON.stringify(await (async () => ({ v: await (0, eval)(next) }))().catch(e => ({ e: '' + e }))));
  }
})()`;

/** The site's pages carry \`remote\` when their address asks for it. One page at a time. */
async function driven(profile) {
  let next = '';
  let heard;
  const server = createServer((request, response) => {
    const said = decodeURIComponent(request.url.slice(2));
    if (said) heard(JSON.parse(said));
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end(next);
    next = '';
  });
  await new Promise(ok => server.listen(0, '127.0.0.1', ok));
  let browser;
  const mine = () => [...family(browser.pid)].filter(([, name]) => /MiniBrowser|WebKit/.test(name)).map(([pid]) => pid);
  return {
    async page() {
      return {
        errors: [],
        async goto(url) {
          const address = new URL(url);
          address.searchParams.set('remote', server.address().port);
          browser = start([paths.miniBrowser, address.href], { XDG_DATA_HOME: profile, XDG_CACHE_HOME: profile });
        },
        async run(fn, ...args) {
          const answer = new Promise(ok => (heard = ok));
          next = `(${fn})(${args.map(a => JSON.stringify(a))})`;
          const said = await Promise.race([answer, sleep(30_000)]);
          if (!said || 'e' in said) throw new Error(said ? said.e : 'MiniBrowser does not answer');
          return said.v;
        },
      };
    },
    kill: () => killAll(mine()),
    async close() {
      const gone = browser.exitCode === null && new Promise(ok => browser.once('exit', ok));
      mine().forEach(pid => process.kill(pid, 'SIGTERM'));
      await gone;
      server.closeAllConnections();
      server.close();
    },
  };
}
