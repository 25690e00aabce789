#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace sotto {
namespace {

constexpr int kBarCells = 30;

}  // namespace

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), on_terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(double fraction, const std::string& note) {
  if (!on_terminal_) return;
  const double bounded = std::isfinite(fraction) ? std::clamp(fraction, 0.0, 1.0) : 0.0;
  const int cells = static_cast<int>(bounded * kBarCells);
  std::string line = label_ + " [" + std::string(static_cast<size_t>(cells), '#') +
                     std::string(static_cast<size_t>(kBarCells - cells), '.') + "] " +
                     std::to_string(static_cast<int>(bounded * 100)) + " %";
  if (!note.empty()) line += "  " + note;
  if (line == drawn_) return;
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  std::fflush(stderr);
  drawn_ = std::move(line);
}

void ProgressBar::clear() {
  if (drawn_.empty()) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_.clear();
}

}  // namespace sotto
