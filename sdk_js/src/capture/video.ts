// HTML5 videos of the page come in; `video_start` and `video_progress` at each quarter that was really played go out, once what it
// returns has been called (again for a document that was written anew).
import type { Props } from '../track';

/** Videos that loop or start muted by themselves are decoration. */
export function watchVideos(track: (event: string, props: Props) => unknown): () => void {
  const told = new WeakMap<HTMLVideoElement, number>();
  const hear = ({ target: video }: any): void => {
    if (video.localName != 'video' || video.loop || (video.autoplay && video.muted)) return;
    const name = video.dataset.hetkVideo || video.id || video.currentSrc.split(/[?#]/)[0];
    if (!told.has(video)) {
      told.set(video, 0);
      track('video_start', { video: name });
    }
    let played = 0;
    for (let i = 0; i < video.played.length; i++) played += video.played.end(i) - video.played.start(i);
    // The last fraction of a second is seldom counted as played.
    const quarter = Math.min(4, ((played + 0.3) / video.duration * 4) | 0);
    for (let i = told.get(video)! + 1; i <= quarter; i++) track('video_progress', { video: name, percent: i * 25 });
    told.set(video, Math.max(quarter, told.get(video)!));
  };
  // They do not bubble, but they can be captured.
  return () => ['play', 'timeupdate', 'ended'].forEach(type => addEventListener(type, hear, true));
}
