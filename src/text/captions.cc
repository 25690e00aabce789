#include "text/captions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace sotto {
namespace {

// Three centuries: far beyond any recording, and its milliseconds are exact in a double.
constexpr double kLongest_s = 1e10;

std::string padded(uint64_t number, size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\v\f";
  const size_t first = line.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlank) - first + 1);
}

// The lines of the text that are not empty, trimmed, joined by `separator`.
std::string joined_lines(std::string_view text, char separator) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    if (!line.empty()) {
      if (!out.empty()) out += separator;
      out += line;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Any number of dashes before ">" shrinks to one, so that what is left cannot form "-->" anew.
std::string without_arrows(std::string_view text) {
  std::string out;
  for (const char c : text) {
    while (c == '>' && out.ends_with("--")) out.pop_back();
    out += c;
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

// In units of which a second has `per_s`, rounded to the nearest.
uint64_t ticks(double time_s, double per_s) {
  const double clamped_s = time_s > 0 ? std::min(time_s, kLongest_s) : 0;
  return static_cast<uint64_t>(std::floor(clamped_s * per_s + 0.5));
}

uint64_t start_ms(const CaptionSegment& segment) { return ticks(segment.start_s, 1000); }

uint64_t end_ms(const CaptionSegment& segment) {
  return std::max(start_ms(segment), ticks(segment.end_s, 1000));
}

std::string time_of(uint64_t total_ms, char decimal_mark) {
  return padded(total_ms / 3'600'000, 2) + ":" + padded(total_ms / 60'000 % 60, 2) + ":" +
         padded(total_ms / 1000 % 60, 2) + decimal_mark + padded(total_ms % 1000, 3);
}

std::string time_line(const CaptionSegment& segment, char decimal_mark) {
  return time_of(start_ms(segment), decimal_mark) + " --> " +
         time_of(end_ms(segment), decimal_mark) + "\n";
}

// The words, each behind its time where that is later than the one before and within the cue, as
// WebVTT asks (4.2.2, cue timestamps).
std::string timed_words(const CaptionSegment& segment) {
  std::string out;
  uint64_t last_ms = start_ms(segment);
  for (const CaptionWord& word : segment.words) {
    const std::string text = escaped(joined_lines(word.text, ' '));
    if (text.empty()) continue;
    const bool begins_line = word.text.starts_with('\n');
    std::string space = joined_lines(word.text.substr(0, 1), ' ').empty() ? " " : "";
    if (out.empty() || begins_line) space.clear();
    if (begins_line && !out.empty()) out += '\n';
    const uint64_t begin_ms = ticks(word.start_s, 1000);
    if (begin_ms > last_ms && begin_ms < end_ms(segment)) {
      out += "<" + time_of(begin_ms, '.') + "><c>" + space + text + "</c>";
      last_ms = begin_ms;
    } else {
      out += space + text;
    }
  }
  return out;
}

}  // namespace

std::string caption_time(double time_s, char decimal_mark) {
  return time_of(ticks(time_s, 1000), decimal_mark);
}

std::string text_line(const CaptionSegment& segment) {
  const std::string text = joined_lines(segment.text, ' ');
  return text.empty() ? text : text + "\n";
}

std::string srt_cue(int number, const CaptionSegment& segment) {
  const std::string text = without_arrows(joined_lines(segment.text, '\n'));
  if (text.empty()) return text;
  return std::to_string(number) + "\n" + time_line(segment, ',') + text + "\n\n";
}

std::string vtt_cue(const CaptionSegment& segment) {
  const std::string plain = escaped(joined_lines(segment.text, '\n'));
  const std::string text = segment.words.empty() ? plain : timed_words(segment);
  if (text.empty()) return text;
  return time_line(segment, '.') + text + "\n\n";
}

std::string tsv_line(const CaptionSegment& segment) {
  std::string text = joined_lines(segment.text, ' ');
  if (text.empty()) return text;
  std::replace(text.begin(), text.end(), '\t', ' ');
  return std::to_string(start_ms(segment)) + "\t" + std::to_string(end_ms(segment)) + "\t" + text +
         "\n";
}

std::string lrc_line(const CaptionSegment& segment) {
  std::string text = joined_lines(segment.text, ' ');
  if (text.empty()) return text;
  if (text.size() > 1 && text[0] == '[' && text[1] >= '0' && text[1] <= '9') text[0] = '(';
  const uint64_t total_cs = ticks(segment.start_s, 100);
  return "[" + padded(total_cs / 6000, 2) + ":" + padded(total_cs / 100 % 60, 2) + "." +
         padded(total_cs % 100, 2) + "]" + text + "\n";
}

}  // namespace sotto
