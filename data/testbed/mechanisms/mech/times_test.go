package mech

import (
	"runtime"
	"testing"
)

// Known by hand: of 0, 10, ..., 1000 the quantile q is 1000 q.
func TestQuantileIsLinearBetweenValues(t *testing.T) {
	var sorted []int64
	for v := int64(0); v <= 1000; v += 10 {
		sorted = append(sorted, v)
	}
	for _, q := range []float64{0, 0.5, 0.99, 0.995, 1} {
		if found := Quantile(sorted, q); found != 1000*q {
			t.Errorf("q %g: %g", q, found)
		}
	}
}

func TestEveryValueIsInItsBin(t *testing.T) {
	for _, ns := range []int64{1, 2, 3, 1000, 123_456, 999_999_999} {
		found := bins([]int64{ns, ns})
		value := float64(ns) / 1e9
		if len(found) != 1 || found[0][2] != 2 || value < found[0][0]*(1-1e-12) || value >= found[0][1] {
			t.Errorf("%d ns: %v", ns, found)
		}
	}
}

func TestWorkTakesAsLongAsItSays(t *testing.T) {
	const wanted = 20e6 // nanoseconds
	rounds := int(SpinsPerSecond() * wanted / 1e9)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := threadCPU()
	Spin(rounds)
	if took := float64(threadCPU() - start); took < wanted/2 || took > 2*wanted {
		t.Errorf("%g ns of CPU time for work of %g ns", took, wanted)
	}
}
