package main

import (
	"sort"
	"strings"

	"testbed/mechanisms/mech"
)

// growth is how many goroutines there were of each name, at each look.
type growth struct {
	at     []int64
	counts map[string][]mech.Point
}

func (g *growth) add(now int64, all []goroutine) {
	g.at = append(g.at, now)
	found := map[string]int{}
	for _, one := range all {
		found[one.name()]++
	}
	for name, n := range found {
		g.counts[name] = append(g.counts[name], mech.Point{now, float64(n)})
	}
}

// slope is the growth of one name in goroutines a second, by least squares over all looks; where it was not
// seen there were none.
func (g *growth) slope(name string) float64 {
	seen := map[int64]float64{}
	for _, point := range g.counts[name] {
		seen[point[0].(int64)] = point[1].(float64)
	}
	var n, sumX, sumY, sumXY, sumXX float64
	for _, at := range g.at {
		x, y := float64(at-g.at[0])/1e9, seen[at]
		n, sumX, sumY, sumXY, sumXX = n+1, sumX+x, sumY+y, sumXY+x*y, sumXX+x*x
	}
	return (n*sumXY - sumX*sumY) / (n*sumXX - sumX*sumX)
}

// grown is a stack that piles up.
const grown = 10 // goroutines a second

func (g *growth) report(r *mech.Report, last []goroutine) {
	names := make([]string, 0, len(g.counts))
	for name := range g.counts {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return g.slope(names[i]) > g.slope(names[j]) })
	if len(names) > 0 && g.slope(names[0]) > grown {
		r.Facts["fastest"] = names[0]
		r.Measure("fastest_growth", "1/s", g.slope(names[0]))
		r.Series = append(r.Series, mech.Series{Name: "fastest", Unit: "1", Points: g.counts[names[0]]})
		r.Measure("fastest_is_send", "share", truth(strings.HasPrefix(names[0], "chan send")))
		r.Measure("fastest_is_receive", "share", truth(strings.HasPrefix(names[0], "chan receive")))
	}
	r.Measure("goroutines", "1", float64(len(last)))
	g.serving(r, last)
}

// serving counts the server's goroutines of connections: those that wait for a request and those that do not.
func (g *growth) serving(r *mech.Report, last []goroutine) {
	var reading, elsewhere float64
	for _, one := range last {
		switch {
		case !one.has("http.(*conn).serve"):
		case one.has("http.(*conn).readRequest"):
			reading++
		default:
			elsewhere++
		}
	}
	r.Measure("serve_in_read_request", "1", reading)
	r.Measure("serve_elsewhere", "1", elsewhere)
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
