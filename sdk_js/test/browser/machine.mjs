// What the three engines share: where they are installed, folders for profiles, and the end of processes.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const paths = {
  chromium: '/usr/bin/chromium',
  firefox: '/usr/bin/firefox-esr',
  webkit: '/usr/bin/WebKitWebDriver',
  miniBrowser: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
};
const packages = { chromium: 'chromium', firefox: 'firefox-esr', webkit: 'webkit2gtk-driver xvfb xauth dbus' };

/** False, or why the engine's tests cannot run here. */
export const missing = engine =>
  !existsSync(paths[engine]) && `${engine} is not installed: apt-get install ${packages[engine]}`;

export const temporary = () => mkdtempSync(join(tmpdir(), 'hetk-browser-'));
/** A browser that was killed may still write into its folder for a moment, and the desktop's portal hold its mount there: what then stays in /tmp is no fault of the row. */
export const discard = dir => {
  try {
    rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  } catch (e) {
    if (!['ENOTEMPTY', 'EBUSY'].includes(e.code)) throw e;
  }
};

/** A process and all that it started: pid -> name. */
export function family(pid) {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' }).trim().split('\n').map(r => r.trim().split(/\s+/));
  const found = new Map();
  const add = one => {
    for (const [child, parent, name] of rows) {
      if (+child === one) found.set(one, name);
      if (+parent === one) add(+child);
    }
  };
  add(pid);
  return found;
}

/** As hard as it gets: SIGKILL, all at once. */
export function killAll(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // a child may be gone with its parent
  }
}

/** The processes of the browser that uses a profile; its children carry other arguments but hang below them. */
export const usersOf = profile =>
  execFileSync('pgrep', ['-f', profile], { encoding: 'utf8' }).trim().split('\n').map(Number)
    .filter(pid => pid !== process.pid && readable(pid).includes(profile));

const readable = pid => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended since
  }
};
