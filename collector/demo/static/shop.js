// The demo shop in the browser: what a person does goes in, hetk calls come out. Plain script, no dependencies.
"use strict";
window.hetk = window.hetk || function () { (window.hetk.q = window.hetk.q || []).push(arguments); };

(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shop = JSON.parse($("#shop-data").textContent);
  const { words, products, currency, page } = shop;
  const base = `/shop/${shop.lang}`;

  // ---- what the page tells hetk; `on("event")` hands back what was recorded, declared clicks included
  function show(event, props) {
    const line = document.createElement("li");
    const detail = props.query ?? props.value ?? props.percent ?? (props.items?.length === 1 ? props.items[0].item_id : props.items?.length) ?? "";
    line.textContent = detail === "" ? event : `${event} · ${detail}`;
    $("#sent").append(line);
  }
  const tell = (event, props = {}) => window.hetk("track", event, props);
  const item = (id, more) => ({ ...products[id], label: undefined, color: undefined, art: undefined, ...more });
  const items = (ids) => ids.filter((id) => products[id]).map((id, n) => item(id, { index: n + 1 }));
  const round = (amount) => Math.round(amount * 100) / 100;
  const money = (amount) => new Intl.NumberFormat(shop.lang, { style: "currency", currency, maximumFractionDigits: currency === "EUR" ? 2 : 0 }).format(amount);

  // ---- the cart lives in this tab, and only once something is in it
  const keep = (name, value) => { try { sessionStorage.setItem(`teehetk-${name}`, JSON.stringify(value)); } catch { /* storage denied: the page still works */ } };
  const kept = (name, otherwise) => { try { return JSON.parse(sessionStorage.getItem(`teehetk-${name}`)) ?? otherwise; } catch { return otherwise; } };
  const cart = kept("cart", { id: "", lines: {} });
  const inCart = () => Object.entries(cart.lines).filter(([id]) => products[id]).map(([id, quantity]) => item(id, { quantity }));
  const total = () => round(inCart().reduce((sum, line) => sum + line.price * line.quantity, 0));
  const count = () => {
    $("#cart-count").textContent = inCart().reduce((sum, line) => sum + line.quantity, 0);
    know();
  };
  const cartId = () => (cart.id ||= `c-${Math.random().toString(36).slice(2, 10)}`);

  // ---- what only the shop knows, for campaigns: the cart, and where the person is
  const LEFT_MS = 10 * 60_000; // a cart nobody has touched for so long was left
  function know() {
    const filled = inCart().length > 0;
    const left = Date.now() - (cart.at || 0) > LEFT_MS;
    window.hetk("context", { cart: { state: filled ? (left ? "abandoned" : "open") : "none", value: total(), currency } });
  }
  /** The exact position stays on the page: the nearest open tea room is found there. Only who has allowed it already is asked, by nobody. */
  const near = ({ coords: { latitude: lat, longitude: lon } }) => window.hetk("context", { position: { lat, lon } });
  navigator.permissions?.query({ name: "geolocation" }).then(({ state }) => {
    if (state === "granted") navigator.geolocation.getCurrentPosition(near, () => { /* not to be had here */ });
  }).catch(() => { /* a browser without this permission */ });

  function touch() {
    cart.at = Date.now();
    keep("cart", cart);
    count();
  }
  function add(id) {
    const id_of_cart = cartId();
    cart.lines[id] = Math.min((cart.lines[id] || 0) + 1, 9);
    touch();
    tell("add_to_cart", { items: [item(id)], currency, value: products[id].price, cart_id: id_of_cart });
  }
  function change(id, quantity) {
    const less = cart.lines[id] - quantity;
    if (quantity) cart.lines[id] = quantity; else delete cart.lines[id];
    touch();
    const props = { items: [item(id, { quantity: Math.abs(less) })], currency, value: round(products[id].price * Math.abs(less)), cart_id: cart.id };
    tell(less > 0 ? "remove_from_cart" : "add_to_cart", props);
    drawCart();
  }
  function drawing(id) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 120 120");
    svg.setAttribute("class", "art");
    svg.setAttribute("color", products[id].color);
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `/shop/static/art.svg#${products[id].art}`);
    svg.append(use);
    return svg;
  }
  function cartLine(line) {
    const row = document.createElement("li");
    const name = Object.assign(document.createElement("a"), { href: `${base}/p/${line.item_id}`, textContent: products[line.item_id].label });
    const choose = document.createElement("select");
    choose.setAttribute("aria-label", `${words.quantity}: ${products[line.item_id].label}`);
    for (let n = 1; n <= 9; n++) choose.append(new Option(n, n, false, n === line.quantity));
    choose.onchange = () => change(line.item_id, Number(choose.value));
    const price = Object.assign(document.createElement("span"), { textContent: money(line.price * line.quantity) });
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: words.remove });
    remove.onclick = () => change(line.item_id, 0);
    row.append(drawing(line.item_id), name, choose, price, remove);
    return row;
  }
  function drawCart() {
    const lines = inCart();
    $("#lines")?.replaceChildren(...lines.map(cartLine));
    if ($("#empty")) $("#empty").hidden = lines.length > 0;
    if ($("#to-checkout")) $("#to-checkout").hidden = !lines.length;
    if ($("#sum")) { $("#sum").hidden = !lines.length; $("#sum strong").textContent = money(total()); }
  }

  // ---- comparison: two to four ticked products
  const ticked = new Set(kept("compare", []));
  function drawCompare() {
    $$("[data-compare]").forEach((box) => { box.checked = ticked.has(box.dataset.compare); });
    const bar = $("#compare-bar");
    bar.hidden = ticked.size < 2 || page === "compare";
    bar.href = `${base}/compare?ids=${[...ticked].join(",")}`;
    bar.textContent = words.compare_now.replace("{n}", ticked.size);
  }
  function tick(box) {
    if (box.checked && ticked.size < 4) ticked.add(box.dataset.compare); else ticked.delete(box.dataset.compare);
    keep("compare", [...ticked]);
    drawCompare();
  }

  // ---- consent: nothing is stored until the person answers, and then only the answer
  const CHOICES = {
    all: { analytics: true, personalization: true, ads: true },
    some: { analytics: true, personalization: false, ads: false },
    none: { analytics: false, personalization: false, ads: false },
  };
  const dialog = $("#consent");
  let choice = null;
  try { choice = localStorage.getItem("teehetk-consent"); } catch { /* storage denied: asked again on the next page */ }
  function drawConsent() {
    const mode = words[`mode_${choice || "unknown"}`];
    $("#mode").textContent = words.consent_mode.replace("{mode}", mode);
    $("#consent-mode").textContent = $("#mode").textContent;
  }
  function answer(name) {
    choice = name;
    try { localStorage.setItem("teehetk-consent", name); } catch { /* storage denied: asked again on the next page */ }
    window.hetk("consent", { ...CHOICES[name], ver: "demo-1" });
    drawConsent();
    dialog.close();
  }
  if (CHOICES[choice]) window.hetk("consent", { ...CHOICES[choice], ver: "demo-1" }); else dialog.show();
  document.activeElement?.blur();
  drawConsent();

  // ---- the video-like player: a drawing, a clock, and progress at each quarter
  function play(player) {
    const seconds = Number(player.dataset.seconds);
    const steps = $$(".steps li");
    let done = 0, timer = 0, reported = 0;
    const draw = () => {
      const percent = Math.min(100, (done / seconds) * 100);
      $("progress", player).value = percent;
      $("output", player).textContent = `${Math.round(percent)} %`;
      steps.forEach((step, n) => step.classList.toggle("now", timer && Math.min(3, Math.floor(percent / 25)) === n));
      while (reported + 25 <= percent) tell("video_progress", { video: player.dataset.video, percent: (reported += 25) });
      if (percent === 100) { done = 0; reported = 0; toggle(); }
    };
    const toggle = () => {
      timer = timer ? clearInterval(timer) || 0 : setInterval(() => { done += 0.25; draw(); }, 250);
      player.classList.toggle("playing", Boolean(timer));
      $("#play").textContent = timer ? words.pause : words.play;
    };
    $("#play").onclick = toggle;
  }

  // ---- what each page means
  const PAGES = {
    home: () => tell("view_item_list", { item_list_id: shop.list, items: items(shop.items) }),
    shelf: () => tell("view_item_list", { item_list_id: shop.list, items: items(shop.items) }),
    product: () => tell("view_item", { items: items(shop.items), currency, value: products[shop.items[0]].price }),
    search: () => found(),
    nothing: () => found(),
    compare: () => { if (shop.items.length) tell("compare_items", { items: items(shop.items) }); keep("compare", []); },
    cart: () => { drawCart(); if (inCart().length) tell("view_cart", { items: inCart(), currency, value: total(), cart_id: cart.id }); },
    checkout: () => {
      if (!inCart().length) { location.replace(`${base}/cart`); return; }
      drawCart();
      tell("begin_checkout", { items: inCart(), currency, value: total(), cart_id: cart.id });
      $("#checkout").onsubmit = buy;
    },
    thanks: () => {
      const order = kept("order", "");
      $("#thanks").hidden = !order;
      $("#thanks").textContent = words.thanks_text.replace("{order}", order);
      if (order) $("#sql").textContent = $("#sql").textContent.replace("WHERE event = 'purchase'", `WHERE order_id = '${order}'`);
    },
    stores: () => tell("store_locator", { stores: $$(".room").length }),
    howto: () => play($("#player")),
  };
  function found() {
    window.hetk("search", shop.query, { results: shop.results });
    if (shop.results) tell("view_item_list", { item_list_id: "search", items: items(shop.items) });
  }
  function buy(submitted) {
    submitted.preventDefault();
    const order = `T-${Date.now().toString(36).toUpperCase()}`;
    tell("purchase", { order_id: order, items: inCart(), currency, value: total(), cart_id: cart.id, payment: new FormData(submitted.target).get("pay") });
    keep("order", order);
    keep("cart", { id: "", lines: {} });
    location.assign(`${base}/thanks`);
  }

  // ---- clicks
  document.addEventListener("click", (click) => {
    const on = (selector) => click.target.closest?.(selector);
    const button = on("[data-add]"), card = on("a[data-list]"), helpful = on("[data-helpful]"), consent = on("[data-consent]");
    if (button) { add(button.dataset.add); button.classList.add("done"); if (!button.classList.contains("plus")) button.textContent = words.added; }
    if (card) {
      const id = card.closest("[data-id]").dataset.id;
      tell("select_item", { item_list_id: card.dataset.list, position: Number(card.dataset.index), query: shop.query, items: [item(id)] });
    }
    if (helpful) { tell("helpful_click", { answer: helpful.dataset.helpful }); $("#helpful").textContent = words.helpful_thanks; }
    const act = on(".hetk-act a");
    if (act) act.pathname = act.pathname.replace(/^\/shop\/en/, base); // campaigns link to one language of the shop
    if (consent) answer(consent.dataset.consent);
    if (on("#privacy")) dialog.show();
    if (on("#share")) { tell("share", { items: items(shop.items), method: navigator.share ? "native" : "copy" }); share(); }
    if (on("#copy")) { navigator.clipboard?.writeText($("#sql").textContent); $("#copy").textContent = words.sql_copied; }
  });
  document.addEventListener("change", (changed) => { if (changed.target.dataset?.compare) tick(changed.target); });
  document.addEventListener("keydown", (key) => { if (key.key === "Escape") dialog.close(); });
  function share() {
    const done = navigator.share ? navigator.share({ url: location.href, title: document.title }) : navigator.clipboard?.writeText(location.href);
    done?.catch(() => { /* the person changed their mind */ });
  }

  window.hetk("on", "event", (sent) => show(sent.event, sent.props || {}));
  window.hetk("on", "moment", ({ moment }) => { $("#moment").textContent = `${moment.intent} ${Number(moment.confidence).toFixed(2)}`; });
  $$(".tabs a").forEach((tab) => { if (tab.pathname === location.pathname) tab.setAttribute("aria-current", "page"); });
  count();
  drawCompare();
  PAGES[page]?.();
})();
