// An address and the host it is on come in; what a click on it is goes out: its event and props, or nothing.
import type { Props } from '../track';

const files = /\.(pdf|zip|docx?|xlsx?|pptx?|csv|mp[34]|dmg|exe|apk)$/i;
const maps = /^(geo|maps):|\/maps[./?]|\bwaze\.com\/|openstreetmap\.org\/directions/;
/** Addresses that share the page, by the place it goes to; `wa.me/NUMBER` is a chat with the business and no share. */
const shares = /^(whatsapp|tg):|(facebook)\.com\/(?:sharer|share|dialog)|(twitter|\bx)\.com\/(?:intent|share)|(wa\.me|whatsapp\.com|t\.me|telegram\.me|linkedin\.com|reddit\.com|pinterest\.[a-z.]+|line\.me)\/(?:\?text=|send\?text=|share|shareArticle|submit|pin\/create|R\/msg)/;

/** `href` is absolute; addresses leave the page without their query: queries carry tokens and names. */
export const link = (href: string, host: string, here: string, saved: boolean): [event: string, props?: Props] | undefined => {
  const [url] = href.split(/[?#]/);
  const shared = shares.exec(href);
  return (
    /^tel:/.test(href) ? ['call', { url }]
    : /^mailto:/.test(href) ? ['email_click'] // whose address it is stays on the page
    : shared ? ['share', { method: shared.slice(1).find(Boolean) }]
    : saved || files.test(url) ? ['download', { url }]
    : host == here ? undefined
    : maps.test(href) ? ['get_directions', { url }]
    : host ? ['outbound_click', { url }]
    : undefined
  );
};
