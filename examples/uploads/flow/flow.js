// Asks for a document step by step, and shows each answer as it comes.

const [form, rows, picture] = ['form', 'tbody', 'img'].map((name) => document.querySelector(name));

// A browser does not show the status of a redirect that it was told not to follow; 302 is the only one here.
async function ask(path) {
  const start = performance.now();
  const response = await fetch(path, { redirect: 'manual', cache: 'no-store' });
  const body = await response.blob();
  const status = response.type === 'opaqueredirect' ? 302 : response.status;
  return { status, body, ms: performance.now() - start, timing: response.headers.get('Server-Timing') };
}

function show(step, answer, words) {
  const row = rows.insertRow();
  row.dataset.status = answer.status;
  for (const text of [step, answer.status, answer.ms.toFixed(1), words]) row.insertCell().textContent = text;
}

async function front(step, path) {
  const answer = await ask(path);
  const found = answer.status === 200;
  show(step, answer, found ? `nginx, from the bucket: ${answer.body.size} bytes` : 'nginx: it is not in the bucket, ask the renderer');
  return answer;
}

async function render(path) {
  const answer = await ask(path.replace('/renditions/', '/render/'));
  const words = answer.status === 200 ? `a renderer: ${answer.timing}` : await answer.body.text();
  show('GET /render/…', answer, words);
}

async function forged(path) {
  const answer = await ask(path.slice(0, -1) + (path.endsWith('0') ? '1' : '0'));
  show('GET /renditions/… with a forged signature', answer, await answer.body.text());
}

async function flow(path) {
  rows.replaceChildren();
  picture.hidden = true;
  const first = await front('GET /renditions/…', path);
  if (first.status === 302) await render(path);
  const last = await front('GET /renditions/… again', path);
  await forged(path);
  picture.src = URL.createObjectURL(last.body);
  await picture.decode();
  picture.hidden = false;
}

const documents = await (await fetch('documents.json')).json();
for (const name of Object.keys(documents)) form.document.add(new Option(name));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  flow(documents[form.document.value]);
});
form.dataset.ready = true;
