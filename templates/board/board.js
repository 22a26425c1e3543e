/* Ages, filters, search and sorting; the page is complete without this script. The filters live in the address:
   #filter=engineer:NAME;department:NAME;level:严重;show:overdue;q:TEXT;sort:age (values percent-encoded). */
(() => {
  'use strict';
  const MINUTE = 60e3, DAY = 864e5;
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const opened = new Date();

  function spoken(milliseconds) {
    if (milliseconds < MINUTE) return '刚刚';
    if (milliseconds < 60 * MINUTE) return Math.floor(milliseconds / MINUTE) + ' 分钟前';
    if (milliseconds < 2 * DAY) return Math.floor(milliseconds / 60 / MINUTE) + ' 小时前';
    return Math.floor(milliseconds / DAY) + ' 天前';
  }
  for (const time of all('time[data-age]')) {
    const age = opened - new Date(time.dateTime);
    if (age >= 0) time.after('(打开本页时:' + spoken(age) + ')');
  }
  const day = document.getElementById('day').dateTime.split('-').map(Number);
  const behind = Math.round((new Date(opened.getFullYear(), opened.getMonth(), opened.getDate()) - new Date(day[0], day[1] - 1, day[2])) / DAY);
  const stale = document.getElementById('stale');
  if (behind > 0 && !document.body.classList.contains('rehearsal')) {
    stale.textContent = '本页是 ' + behind + ' 天前的情况。若公共盘上的客诉助手应在运行，请通知管理员查看。';
    stale.hidden = false;
  }

  /* Links become buttons: they switch something, they lead nowhere. */
  const buttons = all('a[data-filter]').map((link) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.filter = link.dataset.filter;
    button.append(...link.childNodes);
    link.replaceWith(button);
    return button;
  });
  const rows = all('[data-row]');
  const body = document.getElementById('case-rows');
  const cases = body ? Array.from(body.rows) : [];
  const texts = new Map();
  const tools = document.querySelector('.tools');

  function chosen() {
    const filters = {};
    if (!location.hash.startsWith('#filter=')) return null;
    for (const part of location.hash.slice(8).split(';')) {
      const [name, ...rest] = part.split(':');
      let value = rest.join(':');
      try { value = decodeURIComponent(value); } catch { continue; }
      if (value) filters[name] = value;
    }
    return filters;
  }
  let filters = chosen() || {};

  function show(next, replace) {
    const text = Object.entries(next).filter(([, value]) => value).map(([name, value]) => name + ':' + encodeURIComponent(value)).join(';');
    if (replace) location.replace('#filter=' + text);
    else location.hash = 'filter=' + text;
  }

  function fits(row) {
    const data = row.dataset;
    for (const name of ['engineer', 'department', 'level']) {
      if (filters[name] && name in data && data[name] !== filters[name] && !(name === 'engineer' && data.person === filters[name])) return false;
    }
    if (filters.show && 'show' in data && !data.show.split(' ').includes(filters.show)) return false;
    if (!filters.q) return true;
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return filters.q.toLowerCase().split(/\s+/).every((word) => texts.get(row).includes(word));
  }

  const ORDER = {
    age: (a, b) => b.dataset.age - a.dataset.age,
    received: (a, b) => b.dataset.received.localeCompare(a.dataset.received),
    number: (a, b) => a.dataset.number.localeCompare(b.dataset.number, 'zh', { numeric: true }),
    engineer: (a, b) => a.dataset.engineer.localeCompare(b.dataset.engineer, 'zh'),
  };
  let sorted = '';
  function sort() {
    const by = Object.hasOwn(ORDER, filters.sort || '') ? filters.sort : '';
    if (by === sorted || !body) return;
    body.append(...(by ? cases.slice().sort(ORDER[by]) : cases));
    sorted = by;
  }

  function apply() {
    const active = ['engineer', 'department', 'level', 'show', 'q'].some((name) => filters[name]);
    for (const row of rows) if (row.hidden === fits(row)) row.hidden = !row.hidden;
    sort();
    for (const note of all('[data-none]')) {
      const own = all('[data-row]', note.parentElement);
      note.hidden = own.some((row) => !row.hidden);
      for (const table of all('table', note.parentElement)) table.hidden = all('[data-row]', table).every((row) => row.hidden);
    }
    if (active) for (const more of all('.more')) if (more.querySelector('[data-row]:not([hidden])')) more.open = true;
    for (const button of buttons) {
      const [name, value] = button.dataset.filter.split(':');
      button.setAttribute('aria-pressed', String(filters[name] === decodeURIComponent(value)));
    }
    if (!tools) return;
    tools.elements.clear.hidden = !active;
    if (tools.elements.q.value.trim() !== (filters.q || '')) tools.elements.q.value = filters.q || '';
    tools.elements.sort.value = sorted;
    const visible = cases.filter((row) => !row.hidden).length;
    tools.querySelector('output').textContent = active ? '显示 ' + visible + ' / ' + cases.length + ' 件' : '';
  }

  for (const button of buttons) {
    button.addEventListener('click', () => {
      const [name, encoded] = button.dataset.filter.split(':');
      const value = decodeURIComponent(encoded);
      show({ ...filters, [name]: filters[name] === value ? '' : value });
    });
  }
  if (tools) {
    tools.hidden = false;
    tools.addEventListener('submit', (event) => event.preventDefault());
    tools.elements.q.addEventListener('input', () => show({ ...filters, q: tools.elements.q.value.trim() }, true));
    tools.elements.sort.addEventListener('change', () => show({ ...filters, sort: tools.elements.sort.value }));
    tools.elements.clear.addEventListener('click', () => show({ sort: filters.sort }));
  }
  /* A link inside the page (#duties) leaves the filters as they are. */
  window.addEventListener('hashchange', () => { filters = chosen() || filters; apply(); });
  window.addEventListener('beforeprint', () => { for (const part of all('details:not([open])')) { part.open = true; part.dataset.printed = ''; } });
  window.addEventListener('afterprint', () => { for (const part of all('details[data-printed]')) { part.open = false; delete part.dataset.printed; } });
  apply();
})();
