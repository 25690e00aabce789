#include "text/caption_layout.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "text/utf8.h"

namespace sotto {
namespace {

constexpr std::string_view kSpace = " \t\v\f\r\n";

struct LaidWord {
  double start_s;
  double end_s;
  std::string text;  // without white space around it
  bool spaced;       // white space stands before it
};

// Characters of a text, each as its bytes.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < text.size(); at += out.back().size()) {
    out.push_back(text.substr(at, utf8_at(text, at).size_bytes));
  }
  return out;
}

int width(std::string_view text) { return static_cast<int>(characters(text).size()); }

// White space around the text goes, and each inside becomes one space.
std::string on_one_line(std::string_view text) {
  std::string out;
  for (size_t at = text.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(kSpace, at), text.size());
    if (!out.empty()) out += ' ';
    out += text.substr(at, end - at);
    at = text.find_first_not_of(kSpace, end);
  }
  return out;
}

std::vector<LaidWord> words_with_times(const CaptionSegment& segment) {
  std::vector<LaidWord> words;
  for (const CaptionWord& word : segment.words) {
    std::string text = on_one_line(word.text);
    if (text.empty()) continue;
    const bool spaced = kSpace.find(word.text[0]) != std::string_view::npos;
    words.push_back({word.start_s, word.end_s, std::move(text), spaced});
  }
  return words;
}

// Time passes evenly from the first character to the last.
std::vector<LaidWord> words_by_characters(const CaptionSegment& segment) {
  const std::string text = on_one_line(segment.text);
  const double all = std::max(width(text), 1);
  const double length_s = std::max(segment.end_s - segment.start_s, 0.0);
  const auto time_s = [&](int characters) { return segment.start_s + length_s * characters / all; };
  std::vector<LaidWord> words;
  int begin = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    const int end = begin + width(word);
    words.push_back({time_s(begin), time_s(end), std::string(word), true});
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    begin = end + 1;
  }
  return words;
}

// Appends the word in `count` pieces of about the same number of characters, at most all of them.
void append_pieces(const LaidWord& word, int count, std::vector<LaidWord>& out) {
  const std::vector<std::string_view> letters = characters(word.text);
  const int n = static_cast<int>(letters.size());
  count = std::clamp(count, 1, n);
  const double length_s = word.end_s - word.start_s;
  for (int i = 0; i < count; ++i) {
    const int begin = static_cast<int>(int64_t{n} * i / count);
    const int end = static_cast<int>(int64_t{n} * (i + 1) / count);
    LaidWord piece{word.start_s + length_s * begin / n, word.start_s + length_s * end / n, "",
                   i == 0 && word.spaced};
    for (int j = begin; j < end; ++j) piece.text += letters[j];
    out.push_back(std::move(piece));
  }
}

// Words that no line can hold, and those without times that stand too long, are cut.
std::vector<LaidWord> cut_long(const std::vector<LaidWord>& words, bool cut_by_time,
                               const CaptionLayout& layout) {
  std::vector<LaidWord> out;
  for (const LaidWord& word : words) {
    double pieces = 1;
    if (layout.max_line_width > 0) {
      pieces = std::ceil(static_cast<double>(width(word.text)) / layout.max_line_width);
    }
    if (cut_by_time && layout.max_caption_s > 0) {
      pieces = std::max(pieces, std::ceil((word.end_s - word.start_s) / layout.max_caption_s));
    }
    append_pieces(word, static_cast<int>(std::min<double>(pieces, width(word.text))), out);
  }
  return out;
}

// The caption that is being filled, and the ones before it.
class Filling {
 public:
  Filling(const CaptionLayout& layout, bool keep_words)
      : layout_(layout), keep_words_(keep_words) {}

  void add(const LaidWord& word) {
    const int letters = width(word.text);
    const int with_space = letters + (word.spaced ? 1 : 0);
    const bool goes_on = !captions_.empty() && in_time(word);
    if (goes_on && fits(with_space)) {
      line_width_ += with_space;
      append(word, word.spaced ? " " : "");
      return;
    }
    line_width_ = letters;
    if (goes_on && has_line()) {
      ++lines_;
      append(word, "\n");
      return;
    }
    lines_ = 1;
    captions_.push_back({word.start_s, word.end_s, "", {}});
    append(word, "");
  }

  std::vector<CaptionSegment> finish() {
    for (CaptionSegment& caption : captions_) {
      if (layout_.max_caption_s <= 0) continue;
      caption.end_s = std::min(caption.end_s, caption.start_s + layout_.max_caption_s);
    }
    return std::move(captions_);
  }

 private:
  bool fits(int letters) const {
    return layout_.max_line_width == 0 || line_width_ + letters <= layout_.max_line_width;
  }
  bool has_line() const { return layout_.max_line_count == 0 || lines_ < layout_.max_line_count; }
  bool in_time(const LaidWord& word) const {
    return layout_.max_caption_s <= 0 ||
           word.end_s - captions_.back().start_s <= layout_.max_caption_s;
  }
  void append(const LaidWord& word, const char* space) {
    CaptionSegment& caption = captions_.back();
    caption.text += space + word.text;
    caption.end_s = std::max(caption.end_s, word.end_s);
    if (keep_words_) caption.words.push_back({word.start_s, word.end_s, space + word.text});
  }

  const CaptionLayout& layout_;
  bool keep_words_;
  std::vector<CaptionSegment> captions_;
  int lines_ = 0;       // of the last caption
  int line_width_ = 0;  // of its last line
};

}  // namespace

std::vector<CaptionSegment> lay_out_captions(const CaptionSegment& segment,
                                             const CaptionLayout& layout) {
  if (layout.max_line_width <= 0 && layout.max_caption_s <= 0) return {segment};
  const bool timed = !segment.words.empty();
  const std::vector<LaidWord> words =
      cut_long(timed ? words_with_times(segment) : words_by_characters(segment), !timed, layout);
  Filling filling(layout, timed);
  for (const LaidWord& word : words) filling.add(word);
  return filling.finish();
}

}  // namespace sotto
