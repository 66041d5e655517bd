// Any tracker's requests come in; bodies, and the marks `m<n>m` found in them, go out. Slow, refusing or gone on demand.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

export async function startSink(files) {
  const sink = { requests: 0, bytes: 0, marks: new Map(), delay: 0, status: 200 };
  const sockets = new Set();
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', c => chunks.push(c));
    request.on('error', () => {});
    request.on('end', () => {
      const path = request.url.split('?')[0];
      const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
      const file = files[path];
      if (file || !/^\/(collect|v1)/.test(path)) {
        response.writeHead(200, { ...cors, 'content-type': /\.m?js$/.test(path) ? 'text/javascript' : 'text/html' });
        return response.end(file ?? (path === '/favicon.ico' ? '' : files['*'](request)));
      }
      const body = Buffer.concat(chunks);
      const plain = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
      if (sink.status === 200) {
        sink.requests++;
        sink.bytes += body.length + Math.max(0, request.url.length - path.length);
        for (const [mark] of (plain + decodeURIComponent(request.url)).matchAll(/m\d+m/g)) sink.marks.set(mark, (sink.marks.get(mark) ?? 0) + 1);
      }
      setTimeout(() => response.writeHead(sink.status, { ...cors, 'content-type': 'application/json' }).end('{"accepted":1,"status":"ok"}'), sink.delay);
    });
  });
  server.on('connection', s => {
    sockets.add(s);
    s.on('close', () => sockets.delete(s));
  });
  const listen = port => new Promise((ok, bad) => server.once('error', bad).listen(port, '127.0.0.1', ok));
  await listen(0);
  const { port } = server.address();
  return Object.assign(sink, {
    url: `http://127.0.0.1:${port}`,
    clear() {
      Object.assign(sink, { requests: 0, bytes: 0, delay: 0, status: 200 });
      sink.marks.clear();
    },
    async stop() {
      const closed = new Promise(ok => server.close(ok));
      for (const s of sockets) s.destroy();
      await closed;
    },
    start: () => listen(port),
  });
}
