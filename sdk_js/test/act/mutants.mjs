// Bugs, questions and the right answers come in as one JSON; whether each bug changes an answer goes out.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const { mutants, asked, answers } = JSON.parse(readFileSync(0, 'utf8'));
const right = answers.map(one => JSON.stringify(one));
const changed = [];
for (const { file, there, instead } of mutants) {
  let planted = 0;
  const plugin = {
    name: 'plant',
    transform(code, id) {
      if (basename(id) != file || code.split(there).length != 2) return;
      planted++;
      return code.replace(there, () => instead);
    },
  };
  const build = await rolldown({ input: fileURLToPath(new URL('golden.ts', import.meta.url)), platform: 'node', plugins: [plugin], transform: { define: { HETK_ON_PAGE: 'false' } } });
  const { output } = await build.generate({ format: 'es' });
  if (there && planted != 1) throw Error(`${JSON.stringify(there)} does not stand once in ${file}: write the mutant anew`);
  const { answer } = await import('data:text/javascript,' + encodeURIComponent(output[0].code));
  const said = one => {
    try {
      return JSON.stringify(answer(structuredClone(one)));
    } catch (error) {
      return String(error); // a bug that throws is seen too
    }
  };
  changed.push(asked.some((one, i) => said(one) != right[i]));
}
console.log(JSON.stringify(changed));
