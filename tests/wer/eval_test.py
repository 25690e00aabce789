#!/usr/bin/env python3
"""Tests of what npm run eval and run.py count with: scripts/eval. Ends with `N passed, N failed`."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts/eval"))
import clips as clips_module  # noqa: E402
import decode  # noqa: E402
import main as eval_main  # noqa: E402
import run as wer_run  # noqa: E402
from clips import Clip, read_manifest, reference_file, take_references  # noqa: E402
from errors import Errors, count_errors, list_changes, normalize  # noqa: E402
from live_lags import count_retractions, timeline  # noqa: E402
from report import changes, invented_words, make_rows, to_object, to_table, totals  # noqa: E402


def clip(file="a.wav", language="en", said=None, reference=None, **more):
    counts = more.pop("counts", bool(said))
    return Clip(file, pathlib.Path("/clips") / file, language, said, counts, reference, **more)


class ErrorsTest(unittest.TestCase):
    def test_english_is_normalised_as_by_openai_whisper(self):
        self.assertEqual(normalize("Mr. Colour won't go 'cause it's twenty-one!", "en"),
                         "mister color will not go cause it is 21".split())  # fmt: skip
        self.assertEqual(normalize("I'm kinda here [noise], hmm", "en"), "i am kinda here".split())

    def test_other_languages_keep_their_words(self):
        self.assertEqual(normalize("Où vas-tu ? (rires)", "fr"), ["où", "vas", "tu"])

    def test_words_of_spaceless_scripts_are_letters(self):
        self.assertEqual(normalize("広州、市", "zh"), ["広", "州", "市"])
        self.assertEqual(normalize("広州市", "de"), ["広州市"])

    def test_each_kind_of_error_counts_one(self):
        said = "one red fox runs home"
        for written, errors in (("one red fox runs home", 0), ("one blue fox runs home", 1),
                                ("one fox runs home", 1), ("one red fox now runs home", 1),
                                ("fox", 4), ("", 5)):  # fmt: skip
            counted = count_errors(said, written, "en")
            self.assertEqual((counted.words, counted.word_errors), (5, errors), written)

    def test_characters_count_with_their_spaces_where_there_are_any(self):
        counted = count_errors("ab cd", "ab cd e", "en")
        self.assertEqual((counted.characters, counted.character_errors), (5, 2))
        counted = count_errors("一二三", "一二四五", "zh")
        self.assertEqual((counted.characters, counted.character_errors), (3, 2))

    def test_rates(self):
        total = Errors(10, 2, 40, 4) + Errors(10, 1, 10, 1)
        self.assertEqual((total.wer, total.cer), (0.15, 0.1))
        self.assertIsNone(Errors().wer)
        self.assertIsNone(Errors().cer)
        self.assertEqual(count_errors("a b", "c d e", "en").wer, 1.5)

    def test_places_of_changes(self):
        lines, changed = list_changes("a dog and cat sat in there", "a frog sat in there now", "en")
        self.assertEqual(lines, ["a [dog and cat -> frog] sat", "there [ -> now]"])
        self.assertEqual(changed, 4)
        self.assertEqual(list_changes("Same, words.", "same words", "en"), ([], 0))


class ClipsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def lines(self, name, *lines):
        path = self.folder / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    def test_manifest(self):
        manifest = self.lines(
            "m.jsonl",
            {"file": "wav/a.wav", "text": "said", "ref_hyp": "heard", "seconds": 2.5},
            {"file": "wav/b.wav", "text": "gesagt", "lang": "de", "exclude_from_wer": True},
            {"file": "wav/c.wav", "text": None, "lang": "en"},
            {"file": "wav/d.wav", "text": "", "lang": "none"},
        )
        a, b, c, d = read_manifest(manifest)
        self.assertEqual((a.language, a.said, a.reference, a.seconds), ("en", "said", "heard", 2.5))
        self.assertEqual(a.path, self.folder / "wav/a.wav")
        self.assertEqual([x.counts for x in (a, b, c, d)], [True, False, False, False])
        self.assertEqual((b.language, d.language), ("de", "none"))

    def test_known_references_are_found_by_the_name_of_the_model(self):
        for name in ("base-greedy", "base.en-greedy", "tiny.en-beam5"):
            (self.folder / f"{name}.jsonl").touch()
        with mock.patch.object(clips_module, "REFERENCES", self.folder):
            found = lambda model, beam: (reference_file(model, beam) or mock.Mock(stem=None)).stem  # noqa: E731
            self.assertEqual(found("x/base", 1), "base-greedy")
            self.assertEqual(found("x/base-q8.sotto", 1), "base-greedy")
            self.assertEqual(found("x/base.en-q8.sotto", 1), "base.en-greedy")
            self.assertEqual(found("x/tiny.en.sotto", 5), "tiny.en-beam5")
            self.assertIsNone(found("x/tiny.en.sotto", 1))
            self.assertIsNone(found("x/baseball.sotto", 1))

    def test_references_replace_the_manifests_own(self):
        path = self.lines("r.jsonl", {"file": "a.wav", "seconds": 2, "text": "new"},
                          {"file": "c.wav", "seconds": 2, "text": "other"})  # fmt: skip
        several = [clip("a.wav", reference="old", seconds=2), clip("b.wav", reference="old"),
                   clip("c.wav", reference="old", seconds=3)]  # fmt: skip
        self.assertTrue(take_references(several, path))
        self.assertEqual([c.reference for c in several], ["new", None, None])

    def test_references_of_other_clips_change_nothing(self):
        path = self.lines("r.jsonl", {"file": "z.wav", "text": "new"})
        several = [clip("a.wav", reference="old")]
        self.assertFalse(take_references(several, path))
        self.assertEqual(several[0].reference, "old")


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.rows = make_rows(
            [
                clip("a.wav", said="red fox runs home", reference="red fox runs here"),
                clip("b.wav", "de", said="eins zwei", reference="eins zwei"),
                clip("c.wav", said="not counted", reference="not counted", counts=False),
                clip("d.wav", "none", reference="Hmm hello"),
            ],
            ["red box runs hum", "eins zwei", "not counting", "well well"],
        )

    def test_only_what_counts_counts(self):
        ours, theirs = totals(self.rows)
        self.assertEqual((ours.words, ours.word_errors, theirs.word_errors), (6, 2, 1))
        self.assertIsNone(self.rows[2].ours)

    def test_no_total_of_a_reference_that_lacks_a_clip(self):
        rows = make_rows([clip(said="a b", reference=None)], ["a"])
        self.assertEqual(totals(rows)[0].word_errors, 1)
        self.assertIsNone(totals(rows)[1])
        self.assertIsNone(totals([])[1])

    def test_changes_are_of_every_clip_with_a_reference(self):
        lines, changed, words = changes(self.rows)
        self.assertEqual((changed, words), (2 + 0 + 1 + 2, 4 + 2 + 2 + 1))
        self.assertIn("c.wav: not [counted -> counting]", lines)

    def test_words_where_nobody_speaks(self):
        self.assertEqual(invented_words(self.rows, lambda row: row.text), 2)
        self.assertEqual(invented_words(self.rows, lambda row: row.clip.reference), 1)

    def test_object(self):
        out = to_object(self.rows, decode.Settings(pathlib.Path("m.sotto")), "ref")
        json.dumps(out)
        self.assertAlmostEqual(out["wer"], 2 / 6)
        self.assertAlmostEqual(out["reference_wer"], 1 / 6)
        self.assertEqual(out["languages"]["de"]["wer"], 0)
        self.assertEqual(out["clips"][0]["wer"], 0.5)
        self.assertEqual(out["clips"][0]["reference_wer"], 0.25)
        self.assertNotIn("wer", out["clips"][2])
        self.assertEqual(out["settings"]["model"], "m.sotto")
        self.assertEqual((out["invented_words"], out["reference_invented_words"]), (2, 1))
        self.assertEqual((out["changed_words"], out["compared_words"]), (5, 9))

    def test_table(self):
        table = "\n".join(to_table(self.rows, "ref"))
        self.assertRegex(table, r"(?m)^a\.wav +4 +50\.00 +[\d.]+ +25\.00 ")
        self.assertRegex(table, r"(?m)^2 clips +6 +33\.33 +[\d.]+ +16\.67 ")
        self.assertRegex(table, r"(?m)^de +2 +0\.00 ")
        self.assertIn("2 words written where nobody speaks", table)
        self.assertIn("5 of 9 words differ from the reference: ref", table)


class DecodeTest(unittest.TestCase):
    def transcribed(self, clips, multilingual, **settings):
        """What the engine is asked for, and the rows of what it answers."""
        asked = []

        def run(command):
            asked.append([str(part) for part in command])
            files = [part for part in asked[-1] if part.endswith(".wav")]
            lines = [{"file": file, "text": f" {i}"} for file in files for i in ("one", "two")]
            return lines + [{"file": file, "timings": {}} for file in files]

        with mock.patch.object(decode, "run", run), \
             mock.patch.object(decode, "is_multilingual", lambda model: multilingual):  # fmt: skip
            out = decode.transcribe(decode.Settings(pathlib.Path("m.sotto"), **settings), clips)
        return asked, out

    def test_clips_of_a_language_are_transcribed_together_and_in_it(self):
        clips = [clip("a.wav"), clip("b.wav", "de"), clip("c.wav", "none"), clip("d.wav")]
        asked, (known, texts) = self.transcribed(clips, True, beam=5, precision="f32")
        self.assertEqual([c.file for c in known], ["a.wav", "b.wav", "c.wav", "d.wav"])
        self.assertEqual(texts, ["one two"] * 4)
        self.assertEqual(len(asked), 2)
        flags = " ".join(asked[0])
        for flag in ("--language en", "--beam-size 5", "--precision f32", "--encoder-window auto",
                     "--temperatures 0", "--no-condition-on-previous-text", "--no-vad"):  # fmt: skip
            self.assertIn(flag, flags)
        self.assertIn("--language de", " ".join(asked[1]))

    def test_models_for_english_take_english_and_silence(self):
        asked, (known, _) = self.transcribed(
            [clip("a.wav", "de"), clip("b.wav"), clip("c.wav", "none")], False
        )
        self.assertEqual([c.file for c in known], ["b.wav", "c.wav"])
        self.assertEqual(len(asked), 1)

    def test_the_package_is_asked_for_the_same(self):
        asked, _ = self.transcribed([clip("a.wav")], False, variant="simd128", beam=2, window="full")
        engine, options = map(json.loads, asked[0][2:4])
        self.assertEqual(engine["variant"], "simd128")
        self.assertEqual(options, {"encoderWindow": "full", "beamSize": 2, "temperatures": [0],
                                   "conditionOnPreviousText": False, "vad": False,
                                   "language": "en"})  # fmt: skip

    def test_evaluation_takes_the_manifests_references_where_none_is_known(self):
        several = [clip("a.wav", said="one two", reference="one two")]
        with mock.patch.object(eval_main, "transcribe", lambda settings, clips: (clips, ["one"])):
            rows, source = eval_main.evaluate(decode.Settings(pathlib.Path("x.sotto")), several)
        self.assertEqual(source, "the manifest's ref_hyp")
        self.assertEqual((rows[0].ours.word_errors, rows[0].theirs.word_errors), (1, 0))


def update(phrase, confirmed, tentative="", is_final=False):
    return {"phrase": phrase, "confirmed": confirmed, "tentative": tentative, "isFinal": is_final,
            "shown_ms": 0}  # fmt: skip


class LiveTest(unittest.TestCase):
    def test_confirmed_text_that_grows_is_not_changed(self):
        updates = [update(0, "", "one"), update(0, "one", " too"), update(0, "one two", is_final=True),
                   update(1, "three"), update(1, "three-four", is_final=True)]  # fmt: skip
        self.assertEqual(count_retractions(updates, [" one two", " three-four"]), 0)
        self.assertEqual(count_retractions([], []), 0)

    def test_confirmed_words_that_change_are_counted(self):
        updates = [update(0, "one two"), update(0, "one too three", is_final=True)]
        self.assertEqual(count_retractions(updates, [" one too three"]), 1)
        # Within a word, words that go away, and what the transcript has otherwise.
        self.assertEqual(count_retractions([update(0, "one two"), update(0, "one tw")], ["one tw"]), 1)
        self.assertEqual(count_retractions([update(0, "one two"), update(0, "")], [""]), 2)
        self.assertEqual(count_retractions([update(0, "one two")], ["one"]), 1)
        self.assertEqual(count_retractions([update(0, "one two")], []), 2)

    def test_phrases_follow_each_other(self):
        updates = [update(0, "so", " it"), update(0, "so it", is_final=True), update(1, "", "is")]
        texts = [(" ".join(certain), " ".join(whole)) for _, certain, whole in timeline(updates, "en")]
        self.assertEqual(texts, [("so", "so it"), ("so it", "so it"), ("so it", "so it is")])


class JudgeTest(unittest.TestCase):
    def test_bounds(self):
        f32, q8 = (decode.Settings(pathlib.Path("m"), precision) for precision in ("f32", "q8"))
        ours = lambda errors: Errors(1000, errors)  # noqa: E731
        judge = lambda settings, errors, changed: wer_run.judge(  # noqa: E731
            ours(errors), ours(50), settings, changed, 1000)  # fmt: skip
        self.assertEqual(judge(f32, 53, 11), [True, True])
        self.assertEqual(judge(f32, 54, 12), [False, False])
        self.assertEqual(judge(q8, 45, 38), [True, True])
        self.assertEqual(judge(q8, 44, 39), [False, False])
        self.assertEqual(wer_run.judge(Errors(10, 2), Errors(10, 1), f32, 0, 10)[0], True)


def main():
    report = io.StringIO()
    with contextlib.redirect_stderr(report):
        suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
        result = unittest.TextTestRunner(stream=report).run(suite)
    failed = len(result.failures) + len(result.errors)
    if failed:
        print(report.getvalue())
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
