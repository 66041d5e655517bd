// The second lazy file. The page's language and the site's own words come in; its classifier with model and English in it goes out, other languages are fetched.
import common from '../../dist/lang/common.json';
import en from '../../dist/lang/en.json';
import model from '../../dist/lang/model.json';
import { fetched } from '../moments/fetched';
import { type Classifier, type Extra, createClassifier } from './index';

/** [path, integrity] of each language file, put here by the build. */
declare const HETK_LANGS: Record<string, [string, string]>;

export { arrival } from '../moments/arrival';

export async function classifier(lang: string, own?: Extra): Promise<Classifier> {
  // A Hindi page is searched in both scripts.
  const wanted = (lang == 'hi' ? ['hi', 'hi-Latn'] : [lang]).filter(l => Object.keys(HETK_LANGS).includes(l));
  const langs = await Promise.all(wanted.map(l => fetched(HETK_LANGS[l])));
  return createClassifier(model as any, common as any, en as any, langs.map(l => l.default), own);
}
