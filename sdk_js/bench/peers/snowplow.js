import { enableActivityTracking, newTracker, trackPageView, trackStructEvent } from '@snowplow/browser-tracker';
newTracker('sp', location.origin, { appId: 'bench', encodeBase64: false, postPath: '/collect/events' });
enableActivityTracking({ minimumVisitLength: 10, heartbeatDelay: 10 });
trackPageView();
window.send = (name, props) => trackStructEvent({ category: 'bench', action: name, label: JSON.stringify(props) });
const { pushState } = history;
history.pushState = function () {
  pushState.apply(history, arguments);
  trackPageView();
};
