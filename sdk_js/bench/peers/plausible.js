import { init, track } from '@plausible-analytics/tracker';
init({
  domain: 'bench', endpoint: location.origin + '/collect', captureOnLocalhost: true,
  outboundLinks: true, fileDownloads: true, formSubmissions: true,
});
window.send = (name, props) => track(name, { props });
