// Writes audio files for tests: WAV, and FLAC with its samples verbatim.

const kBytesPerSample = 2;

/** A mono or interleaved 16-bit WAV of samples in [-1, 1]. */
export function makeWav(samples, { sampleRate = 16000, channels = 1, format = 1 } = {}) {
  const size = samples.length * kBytesPerSample;
  const wav = Buffer.alloc(44 + size);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + size, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(format, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * channels * kBytesPerSample, 28);
  wav.writeUInt16LE(channels * kBytesPerSample, 32);
  wav.writeUInt16LE(8 * kBytesPerSample, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(size, 40);
  samples.forEach((value, i) => {
    wav.writeInt16LE(toInt16(value), 44 + i * kBytesPerSample);
  });
  return wav;
}

const toInt16 = (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32768)));

// FLAC's checksums: CRC-8 of polynomial 0x07 and CRC-16 of 0x8005, most significant bit first.
function crc(bytes, bits, polynomial) {
  const top = 1 << (bits - 1);
  const mask = 2 ** bits - 1;
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << (bits - 8);
    for (let i = 0; i < 8; i++) sum = (sum & top ? (sum << 1) ^ polynomial : sum << 1) & mask;
  }
  return sum;
}

// Frame numbers are written as UTF-8 writes code points.
const utf8 = (number) => [...Buffer.from(String.fromCodePoint(number))];

const kBlock = 4096;

// One frame of verbatim samples: header, subframe, both with their checksums.
function flacFrame(number, samples) {
  const header = Buffer.from([
    0xff,
    0xf8, // sync, fixed block size
    0x75, // block size in 16 bits at the header's end, 16 kHz
    0x08, // one channel, 16 bits
    ...utf8(number),
    (samples.length - 1) >> 8,
    (samples.length - 1) & 255,
  ]);
  const body = Buffer.alloc(1 + samples.length * 2);
  body[0] = 0x02; // verbatim
  samples.forEach((value, i) => {
    body.writeInt16BE(toInt16(value), 1 + 2 * i);
  });
  const frame = Buffer.concat([header, Buffer.from([crc(header, 8, 0x07)]), body]);
  const sum = crc(frame, 16, 0x8005);
  return Buffer.concat([frame, Buffer.from([sum >> 8, sum & 255])]);
}

/** A mono FLAC file at 16 kHz: compressed by name only, but read by real decoders. */
export function makeFlac(samples) {
  const info = Buffer.alloc(38);
  info[0] = 0x80; // the last metadata block, STREAMINFO
  info[3] = 34; // its length
  info.writeUInt16BE(kBlock, 4);
  info.writeUInt16BE(kBlock, 6);
  // 20 bits of rate, 3 of channels - 1, 5 of bits - 1, 36 of sample count.
  info.writeUInt32BE((16000 << 12) | (0 << 9) | (15 << 4), 14);
  info.writeUInt32BE(samples.length, 18);
  const frames = [];
  for (let start = 0; start < samples.length; start += kBlock) {
    frames.push(flacFrame(start / kBlock, samples.slice(start, start + kBlock)));
  }
  return Buffer.concat([Buffer.from('fLaC'), info, ...frames]);
}
