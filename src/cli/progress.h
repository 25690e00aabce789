// A bar on stderr while something long runs, where stderr is a terminal; nothing elsewhere.
#pragma once

#include <string>

namespace sotto {

class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  // Clears the line, so that what follows stands alone.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Draws when the fraction in [0, 1] shows a change; `note` stands behind the percentage.
  void update(double fraction, const std::string& note = "");
  // Removes the bar until the next update, to print something else.
  void clear();

 private:
  std::string label_;
  bool on_terminal_;
  std::string drawn_;
};

}  // namespace sotto
