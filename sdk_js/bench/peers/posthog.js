import posthog from 'posthog-js';
posthog.init('phc_bench', {
  api_host: location.origin + '/collect', disable_compression: true, capture_pageview: 'history_change',
  advanced_disable_flags: true, disable_session_recording: true, disable_surveys: true,
});
window.send = (name, props) => posthog.capture(name, props);
