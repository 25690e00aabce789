// What can be chosen before listening begins: source, model, language.
import { byId } from '../../shared/dom.js';

interface ModelChoice {
  /** As createTranscriber takes it. */
  name: string;
  label: string;
  multilingual: boolean;
}

// Sizes are those of the files that the set-up makes.
const models: ModelChoice[] = [
  { name: 'tiny.en', label: 'English, fast (40 MB)', multilingual: false },
  { name: 'base', label: '99 languages (76 MB)', multilingual: true },
];

// The languages that Whisper knows, by their codes.
const kLanguages =
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur ' +
  'hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si ' +
  'km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ' +
  'ha ba jv su';

// Whisper's own code of Javanese is an old one.
const kOwnCodes: Record<string, string> = { jv: 'jw' };

const source = byId<HTMLSelectElement>('source');
const model = byId<HTMLSelectElement>('model');
const language = byId<HTMLSelectElement>('language');
const echo = byId<HTMLInputElement>('echo');
const noise = byId<HTMLInputElement>('noise');
const switches = byId('switches');

const kDevice = 'device:';

export interface Choices {
  source: 'microphone' | 'display';
  deviceId: string | undefined;
  model: string;
  language: string;
  echoCancellation: boolean;
  noiseSuppression: boolean;
}

/** What is chosen now. */
export function chosen(): Choices {
  const isDevice = source.value.startsWith(kDevice);
  return {
    source: source.value === 'display' ? 'display' : 'microphone',
    deviceId: isDevice ? source.value.slice(kDevice.length) : undefined,
    model: model.value,
    language: language.value,
    echoCancellation: echo.checked,
    noiseSuppression: noise.checked,
  };
}

/** Nothing can be chosen while it is being used; another source can. */
export function lock(isLocked: boolean): void {
  model.disabled = isLocked;
  language.disabled = isLocked || !isMultilingual();
  echo.disabled = isLocked;
  noise.disabled = isLocked;
}

/** Calls back when another source is chosen. */
export function onSource(chosen: () => void): void {
  source.addEventListener('change', () => {
    switches.hidden = source.value === 'display';
    chosen();
  });
}

/** Lists the microphones, whose names browsers tell once one was allowed. */
export async function listDevices(): Promise<void> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const named = devices.filter(
    ({ kind, deviceId, label }) => kind === 'audioinput' && label !== '' && deviceId !== 'default',
  );
  for (const option of source.querySelectorAll(`[value^="${kDevice}"]`)) {
    const isGone = !named.some(
      ({ deviceId }) => `${kDevice}${deviceId}` === option.getAttribute('value'),
    );
    if (isGone) option.remove();
  }
  for (const { deviceId, label } of named) {
    const value = `${kDevice}${deviceId}`;
    if ([...source.options].some((option) => option.value === value)) continue;
    source.add(new Option(label, value), source.options.length - 1);
  }
}

const isMultilingual = () => models.find(({ name }) => name === model.value)?.multilingual ?? false;

function showLanguages(): void {
  const wanted = language.value;
  language.replaceChildren();
  if (!isMultilingual()) {
    language.add(new Option('English', 'en'));
  } else {
    const names = new Intl.DisplayNames('en', { type: 'language' });
    const listed = [...kLanguages.split(' '), 'yue'].map((code) => ({
      code: kOwnCodes[code] ?? code,
      name: names.of(code) ?? code,
    }));
    listed.sort((a, b) => a.name.localeCompare(b.name));
    language.add(new Option('Detect it', 'auto'));
    for (const { code, name } of listed) language.add(new Option(name, code));
    if (wanted)
      language.value = [...language.options].some((o) => o.value === wanted) ? wanted : 'auto';
  }
  language.disabled = !isMultilingual();
}

for (const { name, label } of models) model.add(new Option(label, name));
model.addEventListener('change', showLanguages);
showLanguages();
