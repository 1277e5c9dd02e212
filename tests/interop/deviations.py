"""Where peers are known to deviate. `case` is a pattern over "FEATURE: CASE"; every case that it
covers must deviate, so that a peer which was mended is noticed."""

DEVIATIONS = []
