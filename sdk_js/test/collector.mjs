// Batches come in over real HTTP, exact books go out: every event by id, how often, in which batch. Faults on demand.
// It answers like the hetk collector; what that one cannot do on command (be slow, refuse, hang up, lie) this one can.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

export async function startCollector({ port = 0, files = {} } = {}) {
  const books = { requests: [], events: new Map(), wire: 0, bytes: 0, refused: 0, refusedAt: 0 };
  // mode: 'ok', 'hangup', 'garbage', or a status code; delay in ms before the answer (the batch is booked at once).
  const faults = { mode: 'ok', delay: 0, retryAfter: undefined, bodyMax: Infinity };
  const sockets = new Set();
  const closed = new Set(); // ids of books before: a page that leaves sends again what it has heard no answer to

  const book = (request, batch) => {
    books.requests.push({ at: Date.now(), batch, bytes: request.length });
    books.bytes += request.length;
    for (const event of batch.events) {
      if (closed.has(event.id)) continue;
      books.wire++;
      const known = books.events.get(event.id);
      if (known) known.times++;
      else books.events.set(event.id, { ...event, ctx: batch.ctx, deferred: batch.deferred, sent: batch.sent, times: 1 });
    }
  };

  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', c => chunks.push(c));
    request.on('error', () => {});
    request.on('end', () => {
      const path = request.url.replace(/^http:\/\/[^/]*/, '').split('?')[0]; // whole addresses: it is a proxy for plain.test

      const cors = {
        'access-control-allow-origin': request.headers.origin ?? '*',
        'access-control-expose-headers': 'Retry-After',
      };
      const answer = (status, body = '', headers = {}) =>
        setTimeout(() => {
          response.writeHead(status, { ...cors, ...headers }).end(body);
        }, path === '/v1/events' ? faults.delay : 0);
      if (path !== '/v1/events') {
        const file = files[path] ?? files['*'];
        if (!file) return answer(404);
        const { body, type = 'text/html', headers = {} } = typeof file === 'function' ? file(request) : file;
        return answer(200, body, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache', ...headers });
      }
      if (request.method === 'OPTIONS') return answer(204, '', { 'access-control-allow-methods': 'POST' });
      if (faults.mode === 'hangup') return request.socket.destroy();
      if (typeof faults.mode === 'number') {
        books.refused++;
        books.refusedAt = Date.now();
        return answer(faults.mode, '{"error":"planted"}', faults.retryAfter ? { 'retry-after': `${faults.retryAfter}` } : {});
      }
      let body = Buffer.concat(chunks);
      if (body[0] === 0x1f && body[1] === 0x8b) body = gunzipSync(body);
      if (body.length > faults.bodyMax) {
        books.tooLarge = true;
        return answer(413, '{"error":"too_large"}');
      }
      const batch = JSON.parse(body.toString('utf8'));
      book(body, batch);
      if (faults.mode === 'garbage') return answer(200, '<html>\u0000 not json');
      return answer(200, JSON.stringify({ accepted: batch.events.length, rejected: [] }), { 'cache-control': 'no-cache' });
    });
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = p => new Promise((ok, bad) => server.once('error', bad).listen(p, '127.0.0.1', ok));
  await listen(port);
  const bound = server.address().port;
  return {
    books,
    faults,
    files,
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    named: name => [...books.events.values()].filter(e => e.event === name),
    /** New books: copies of what the old ones hold do not count in them. */
    reset() {
      for (const id of books.events.keys()) closed.add(id);
      books.requests.length = books.wire = books.bytes = books.refused = 0;
      books.events.clear();
    },
    /** Off the network: open connections die, new ones are refused. */
    async stop() {
      const ended = new Promise(ok => server.close(ok));
      for (const socket of sockets) socket.destroy();
      await ended;
    },
    start: () => listen(bound),
  };
}

export const sleep = ms => new Promise(ok => setTimeout(ok, ms));

/** Waits until `check` is true; throws with `what` after `ms`. */
export async function until(check, what, ms = 20_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${typeof what === 'function' ? what() : what}`);
    await sleep(25);
  }
}
