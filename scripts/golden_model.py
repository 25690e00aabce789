#!/usr/bin/env python3
"""Writes tests/golden/tiny.en-jfk: what openai-whisper in f32 makes of the JFK clip with tiny.en.

Usage:
  python3 -m venv .cache/venv-golden
  .cache/venv-golden/bin/pip install --require-hashes -r scripts/requirements-golden.txt
  .cache/venv-golden/bin/python scripts/golden_model.py

The weights and the clip are those of the set-up (node scripts/setup.mjs assets). Files, all f32,
time by rows:

  mel.npy          [1104, 80]    normalised log-mel of the 30 s window; the other frames are silence
                                 and equal its smallest value
  conv1.npy        [63, 384]     every 48th row after the first convolution and its GELU
  stem.npy         [63, 384]     every 24th row of what the first block reads
  block0..3.npy    [63, 384]     every 24th row of what each block writes
  encoder_out.npy  [600, 384]    the result for the first 12 s
  encoder_rest.npy [75, 384]     every 12th row of the result for the silence behind
  logits_step0.npy [1, 51864]    scores after the prompt, before any rule
  steps.txt        greedy without timestamps: a line a step, "id:score" of the best eight after
                   the rules, the chosen token first
  segments.txt     transcribe() with timestamps: a line a segment, tab-separated: start and end in
                   seconds, mean log-probability, no-speech probability, text, tokens
  words.txt        the same with word_timestamps: a line a word, tab-separated: its segment, start
                   and end in seconds, probability, text
"""

import json
import pathlib
import struct
import wave

import numpy as np
import torch
import whisper

ROOT = pathlib.Path(__file__).resolve().parent.parent
ASSETS = ROOT / ".cache/assets"
GOLDEN = ROOT / "tests/golden/tiny.en-jfk"
KEPT_FRAMES = 1104  # 11 s and the frames whose windows still touch them
KEPT_STATES = 600
TOP = 8

DTYPES = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}

# Variables of CTranslate2's Whisper, in openai-whisper's words. Several names: stacked rows.
MODEL_NAMES = {
    "encoder/conv1": "encoder.conv1",
    "encoder/conv2": "encoder.conv2",
    "encoder/layer_norm": "encoder.ln_post",
    "decoder/embeddings": "decoder.token_embedding",
    "decoder/layer_norm": "decoder.ln",
}
LAYER_NAMES = {
    "self_attention/layer_norm": ["attn_ln"],
    "self_attention/linear_0": ["attn.query", "attn.key", "attn.value"],
    "self_attention/linear_1": ["attn.out"],
    "attention/layer_norm": ["cross_attn_ln"],
    "attention/linear_0": ["cross_attn.query"],
    "attention/linear_1": ["cross_attn.key", "cross_attn.value"],
    "attention/linear_2": ["cross_attn.out"],
    "ffn/layer_norm": ["mlp_ln"],
    "ffn/linear_0": ["mlp.0"],
    "ffn/linear_1": ["mlp.2"],
}
LEAVES = {"weight": "weight", "gamma": "weight", "bias": "bias", "beta": "bias"}


def read_ct2(path):
    """The variables of a CTranslate2 model.bin (binary version 6) by name."""
    variables = {}
    with open(path, "rb") as file:

        def field(form):
            return struct.unpack("<" + form, file.read(struct.calcsize("<" + form)))

        def name():
            return file.read(field("H")[0])[:-1].decode()

        assert field("I") == (6,), "not a model.bin of version 6"
        name()
        _, count = field("II")
        for _ in range(count):
            key = name()
            shape = field(f"{field('B')[0]}I")
            dtype, size = field("BI")
            variables[key] = np.frombuffer(file.read(size), DTYPES[dtype]).reshape(shape)
    return variables


def openai_names(key):
    """What openai-whisper calls the rows of a variable; none for settings."""
    stem, _, leaf = key.rpartition("/")
    if leaf == "encodings":
        return [stem.split("/")[0] + ".positional_embedding"]
    if leaf not in LEAVES:
        return []
    if stem in MODEL_NAMES:
        return [f"{MODEL_NAMES[stem]}.{LEAVES[leaf]}"]
    side, layer, part = stem.split("/", 2)
    block = f"{side}.blocks.{layer.removeprefix('layer_')}"
    return [f"{block}.{name}.{LEAVES[leaf]}" for name in LAYER_NAMES[part]]


def load_model(folder):
    variables = read_ct2(folder / "model.bin")
    state = {}
    for key, value in variables.items():
        names = openai_names(key)
        for name, rows in zip(names, np.split(value, len(names)) if names else []):
            if name.endswith(".key.bias"):
                assert not rows.any(), "openai-whisper's keys have no bias"
            else:
                state[name] = torch.from_numpy(rows.astype(np.float32))
    layers = [len({k.split(".")[2] for k in state if k.startswith(f"{s}.blocks")})
              for s in ("encoder", "decoder")]  # fmt: skip
    audio_ctx, n_state = state["encoder.positional_embedding"].shape
    text_ctx = state["decoder.positional_embedding"].shape[0]
    heads = int(variables["encoder/num_heads"])
    n_mels = state["encoder.conv1.weight"].shape[1]
    n_vocab = state["decoder.token_embedding.weight"].shape[0]
    model = whisper.model.Whisper(whisper.model.ModelDimensions(
        n_mels, audio_ctx, n_state, heads, layers[0],
        n_vocab, text_ctx, n_state, heads, layers[1],
    ))  # fmt: skip
    model.load_state_dict(state)
    return model.eval()


def read_clip(path):
    with wave.open(str(path)) as clip:
        assert (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) == (16000, 1, 2)
        samples = np.frombuffer(clip.readframes(clip.getnframes()), "<i2")
    return samples.astype(np.float32) / 32768.0


def watch(model):
    """What the encoder's parts write on the next pass, by name."""
    seen = {}

    def keep(name):
        return lambda module, inputs, output: seen.__setitem__(name, output[0])

    encoder = model.encoder
    encoder.conv1.register_forward_hook(keep("conv1"))
    encoder.conv2.register_forward_hook(keep("conv2"))
    for i, block in enumerate(encoder.blocks):
        block.register_forward_hook(keep(f"block{i}"))
    return seen


def save(name, rows):
    np.save(GOLDEN / f"{name}.npy", np.ascontiguousarray(rows.numpy(), np.float32))


def save_encoder(model, mel):
    silence = mel.min()
    assert bool((mel[:, KEPT_FRAMES:] == silence).all())
    save("mel", mel.T[:KEPT_FRAMES])
    seen = watch(model)
    states = model.encoder(mel[None])
    gelu = torch.nn.functional.gelu
    save("conv1", gelu(seen["conv1"]).T[::48])
    save("stem", (gelu(seen["conv2"]).T + model.encoder.positional_embedding)[::24])
    for i in range(len(model.encoder.blocks)):
        save(f"block{i}", seen[f"block{i}"][::24])
    save("encoder_out", states[0, :KEPT_STATES])
    save("encoder_rest", states[0, KEPT_STATES::12])
    return states


def save_steps(model, states):
    """Greedy search without timestamps, by openai-whisper's rules."""
    tokenizer = whisper.tokenizer.get_tokenizer(model.is_multilingual)
    never = [*tokenizer.non_speech_tokens, tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm,
             tokenizer.no_speech, tokenizer.transcribe, tokenizer.translate]  # fmt: skip
    tokens = list(tokenizer.sot_sequence_including_notimestamps)
    lines = []
    while not lines or tokens[-1] != tokenizer.eot:
        scores = model.decoder(torch.tensor([tokens]), states)[0, -1]
        if not lines:
            save("logits_step0", scores[None].clone())
            scores[[*tokenizer.encode(" "), tokenizer.eot]] = -np.inf
        scores[never] = -np.inf
        scores[tokenizer.timestamp_begin :] = -np.inf
        values, ids = scores.topk(TOP)
        lines.append(" ".join(f"{i}:{v:.5f}" for i, v in zip(ids.tolist(), values.tolist())))
        tokens.append(int(ids[0]))
    (GOLDEN / "steps.txt").write_text("\n".join(lines) + "\n")
    return tokenizer.decode([t for t in tokens if t < tokenizer.eot])


def save_segments(model, samples):
    result = model.transcribe(
        samples, language="en", fp16=False, temperature=0.0, condition_on_previous_text=False
    )
    lines = []
    for s in result["segments"]:
        numbers = f"{s['start']:.2f}\t{s['end']:.2f}\t{s['avg_logprob']:.6f}\t{s['no_speech_prob']:.6f}"
        lines.append(f"{numbers}\t{s['text']}\t{' '.join(map(str, s['tokens']))}")
    (GOLDEN / "segments.txt").write_text("\n".join(lines) + "\n")


def save_words(model, samples):
    heads = json.loads((ASSETS / "tiny.en/config.json").read_text())["alignment_heads"]
    mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
    for layer, head in heads:
        mask[layer, head] = True
    model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    result = model.transcribe(
        samples, language="en", fp16=False, temperature=0.0, word_timestamps=True
    )
    lines = []
    for s in result["segments"]:
        for w in s["words"]:
            numbers = f"{s['id']}\t{w['start']:.2f}\t{w['end']:.2f}\t{w['probability']:.4f}"
            lines.append(f"{numbers}\t{w['word']}")
    (GOLDEN / "words.txt").write_text("\n".join(lines) + "\n")


@torch.no_grad()
def main():
    # Sums in one order, so that the figures do not depend on the machine's number of cores.
    torch.set_num_threads(1)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    model = load_model(ASSETS / "tiny.en")
    samples = read_clip(ASSETS / "jfk.wav")
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(torch.from_numpy(samples)))
    states = save_encoder(model, mel)
    print(save_steps(model, states))
    save_segments(model, samples)
    save_words(model, samples)
    sizes = {path.name: path.stat().st_size for path in sorted(GOLDEN.iterdir())}
    print(json.dumps(sizes | {"total": sum(sizes.values())}, indent=1))


if __name__ == "__main__":
    main()
