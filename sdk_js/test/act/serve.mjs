// A question as JSON a line comes in, what the engine says goes out as JSON a line: tests/act asks both sides.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const build = await rolldown({ input: fileURLToPath(new URL('golden.ts', import.meta.url)), platform: 'node', transform: { define: { HETK_ON_PAGE: 'false' } } });
const { output } = await build.generate({ format: 'es' });
const { answer } = await import('data:text/javascript,' + encodeURIComponent(output[0].code));
const answers = [];
for await (const line of createInterface({ input: process.stdin })) answers.push(JSON.stringify(answer(JSON.parse(line))) + '\n');
process.stdout.write(answers.join(''));
