package loadkit

import "math/bits"

// A Histogram counts durations in nanoseconds in bins of at most 1/64 relative width.
type Histogram struct{ counts [64 * 64]uint64 }

// Add counts one duration; negative ones count as zero.
func (h *Histogram) Add(ns int64) { h.counts[binOf(uint64(max(ns, 0)))]++ }

// Merge adds another histogram.
func (h *Histogram) Merge(other *Histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
}

// Bins lists the filled bins as [lo_ns, hi_ns, count], lo inclusive, hi exclusive.
func (h *Histogram) Bins() [][3]uint64 {
	bins := [][3]uint64{}
	for i, n := range h.counts {
		if n > 0 {
			bins = append(bins, [3]uint64{edge(i), edge(i + 1), n})
		}
	}
	return bins
}

// binOf: below 64 every nanosecond has its bin, above it each power of two has 64 bins.
func binOf(ns uint64) int {
	if ns < 64 {
		return int(ns)
	}
	shift := bits.Len64(ns) - 7
	return shift*64 + int(ns>>shift)
}

func edge(bin int) uint64 {
	if bin < 128 {
		return uint64(bin)
	}
	shift := bin/64 - 1
	return uint64(bin-shift*64) << shift
}

func max(a, b int64) int64 {
	if a > b {
		return a
	}
	return b
}
