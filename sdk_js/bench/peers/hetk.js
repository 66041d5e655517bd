window.send = (name, props) => window.hetk('track', name, props);
