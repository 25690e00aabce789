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

double clamped(double time_s) { return time_s > 0 ? std::min(time_s, kLongest_s) : 0; }

std::string time_line(const CaptionSegment& segment, char decimal_mark, bool always_hours) {
  const double start_s = clamped(segment.start_s);
  const double end_s = std::max(start_s, clamped(segment.end_s));
  return caption_time(start_s, decimal_mark, always_hours) + " --> " +
         caption_time(end_s, decimal_mark, always_hours) + "\n";
}

}  // namespace

std::string caption_time(double time_s, char decimal_mark, bool always_hours) {
  const uint64_t total_ms = static_cast<uint64_t>(std::nearbyint(clamped(time_s) * 1000));
  const uint64_t hours = total_ms / 3'600'000;
  std::string text;
  if (hours > 0 || always_hours) text = padded(hours, 2) + ":";
  text += padded(total_ms / 60'000 % 60, 2) + ":" + padded(total_ms / 1000 % 60, 2);
  text += decimal_mark;
  return text + padded(total_ms % 1000, 3);
}

std::string text_line(const CaptionSegment& segment) {
  const std::string text = joined_lines(segment.text, ' ');
  return text.empty() ? text : text + "\n";
}

std::string srt_cue(int number, const CaptionSegment& segment) {
  const std::string text = without_arrows(joined_lines(segment.text, '\n'));
  if (text.empty()) return text;
  return std::to_string(number) + "\n" + time_line(segment, ',', true) + text + "\n\n";
}

std::string vtt_cue(const CaptionSegment& segment) {
  const std::string text = escaped(joined_lines(segment.text, '\n'));
  if (text.empty()) return text;
  return time_line(segment, '.', false) + text + "\n\n";
}

std::string captions_text(std::span<const CaptionSegment> segments) {
  std::string out;
  for (const CaptionSegment& segment : segments) out += text_line(segment);
  return out;
}

std::string captions_srt(std::span<const CaptionSegment> segments) {
  std::string out;
  int number = 1;
  for (const CaptionSegment& segment : segments) {
    const std::string cue = srt_cue(number, segment);
    if (cue.empty()) continue;
    out += cue;
    ++number;
  }
  return out;
}

std::string captions_vtt(std::span<const CaptionSegment> segments) {
  std::string out = kVttHeader;
  for (const CaptionSegment& segment : segments) out += vtt_cue(segment);
  return out;
}

}  // namespace sotto
