#include "audio/fading_peak.h"

#include <doctest/doctest.h>

using namespace sotto;

TEST_CASE("the loudest so far is kept, and fades by a tenth of a power of ten a second") {
  FadingPeak peak;
  CHECK(peak.at(0) == kSilence_log10);
  peak.hear(1, 2);
  CHECK(peak.at(2) == 1);
  CHECK(peak.at(7) == doctest::Approx(0.5));
  // Less than what is left of it.
  peak.hear(-3, 7);
  CHECK(peak.at(12) == doctest::Approx(0));
  peak.hear(0.25f, 12);
  CHECK(peak.at(12) == 0.25f);
  CHECK(peak.at(1e6) == kSilence_log10);
}
