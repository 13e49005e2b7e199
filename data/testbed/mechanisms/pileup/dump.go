package main

import (
	"runtime"
	"strings"
)

// A goroutine of a dump: its wait reason and its stack of function names, leaf first.
type goroutine struct {
	reason string
	stack  []string
}

// dump is all goroutines but the caller's, from the text of runtime.Stack.
func dump() []goroutine {
	for buffer := make([]byte, 1<<20); ; buffer = make([]byte, 2*len(buffer)) {
		if n := runtime.Stack(buffer, true); n < len(buffer) {
			return parse(string(buffer[:n]))[1:]
		}
	}
}

// parse reads "goroutine 12 [chan send, 2 minutes]:" and the lines of functions below, each followed by its place.
func parse(text string) (all []goroutine) {
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		lines := strings.Split(block, "\n")
		_, state, _ := strings.Cut(lines[0], "[")
		state, _, _ = strings.Cut(state, "]")
		reason, _, _ := strings.Cut(state, ",")
		g := goroutine{reason: reason}
		for _, line := range lines[1:] {
			if !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "created by ") {
				g.stack = append(g.stack, line[:max(0, strings.LastIndex(line, "("))])
			}
		}
		all = append(all, g)
	}
	return all
}

// has tells whether a function whose name ends so is on the stack.
func (g goroutine) has(name string) bool {
	for _, function := range g.stack {
		if strings.HasSuffix(function, name) {
			return true
		}
	}
	return false
}

// name is the reason and the whole stack: what makes goroutines alike.
func (g goroutine) name() string { return g.reason + ": " + strings.Join(g.stack, " < ") }
