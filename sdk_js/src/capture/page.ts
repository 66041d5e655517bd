// A document comes in; what kind of page it is and which product it shows go out, by schema.org, Open Graph or its own word.
import type { Props } from '../track';

/** The linked data of the page: its nodes one by one, with those that pages and graphs hold. */
export const linked = (): any[] =>
  [...document.querySelectorAll('script[type="application/ld+json"]')].flatMap(({ textContent }) => {
    try {
      return nodes(JSON.parse(textContent!));
    } catch {
      return []; // no JSON: pages get this wrong
    }
  });

const nodes = (data: any): any[] =>
  Array.isArray(data) ? data.flatMap(nodes) : data && typeof data == 'object' ? [data, ...nodes(data['@graph']), ...nodes(data.mainEntity)] : [];

const typeOf = (node: any): string => [node['@type']].flat()[0] || '';
// Kinds of pages; what is on every page of a site (its name, its menu, its shop) says nothing about one of them.
const kinds = /Product|Offer|Article|Posting|DefinedTerm|MedicalCondition|HowTo|Recipe|Course|VideoObject|Event|Review|(FAQ|QA|Collection|Checkout|Contact|About)Page/;
const places = /Store|LocalBusiness|Restaurant|Place/;
const meta = (name: string): string | undefined => document.querySelector<HTMLMetaElement>(`meta[property="${name}"]`)?.content || undefined;

/** `<main data-hetk-page="product">` wins. */
export const pageType = (data: any[]): string | undefined => {
  const types = [
    ...data.map(typeOf),
    ...[...document.querySelectorAll('[itemscope][itemtype]:not([itemprop])')].map(box => box.getAttribute('itemtype')!.split('/').pop()!),
  ];
  return (
    document.querySelector<HTMLElement>('[data-hetk-page]')?.dataset.hetkPage ||
    types.find(type => kinds.test(type)) ||
    types.find(type => places.test(type)) ||
    /^(article|product)/.exec(meta('og:type') || '')?.[0]
  );
};

const text = (value: any): string | undefined => (value && typeof value == 'object' ? value.name : value) || undefined;

/** The props of `view_item` for a page that shows one product. */
export const product = (data: any[]): Props | undefined => {
  const [node, another] = data.filter(node => /^Product/.test(typeOf(node)));
  if (another) return; // a list
  const offer = [node?.offers].flat()[0] || {};
  const id = node ? node.sku || node.productID || node.gtin || node.gtin13 || node.mpn || node['@id'] : meta('product:retailer_item_id');
  const name = node ? node.name : meta('og:type')?.startsWith('product') && meta('og:title');
  if (!id && !name) return;
  const price = +(offer.price ?? offer.lowPrice ?? meta('product:price:amount') ?? NaN);
  return {
    items: [{
      item_id: '' + (id || name),
      item_name: name || undefined,
      item_brand: text(node?.brand),
      item_category: text([node?.category].flat()[0]),
      price: price >= 0 ? price : undefined,
    }],
    currency: offer.priceCurrency || meta('product:price:currency'),
  };
};
