package main

import (
	"runtime"
	"strings"

	"testbed/mechanisms/mech"
)

// depths adds the mean number of frames, inlined ones included, of the goroutines held inside the handler, and of
// all goroutines; and how many of the first lie between the server's connection and the handler: the router's own.
func depths(r *mech.Report) {
	records := make([]runtime.StackRecord, 4096)
	n, ok := runtime.GoroutineProfile(records)
	if !ok {
		panic("more goroutines than the profile has room for")
	}
	var all, held, between, holders float64
	for _, record := range records[:n] {
		names := functions(record)
		all += float64(len(names))
		if handler, server := at(names, "main.answer"), at(names, ".serverHandler.ServeHTTP"); handler >= 0 {
			holders++
			held += float64(len(names))
			between += float64(server - handler - 1)
		}
	}
	r.Measure("held", "1", holders)
	r.Measure("depth_all", "1", all/float64(n))
	r.Measure("depth_handler", "1", held/holders)
	r.Measure("depth_router", "1", between/holders)
}

// functions of a stack, leaf first.
func functions(record runtime.StackRecord) (names []string) {
	for frames := runtime.CallersFrames(record.Stack()); ; {
		frame, more := frames.Next()
		names = append(names, frame.Function)
		if !more {
			return names
		}
	}
}

// at is the place of the first function whose name ends so, -1 where there is none.
func at(names []string, ending string) int {
	for i, name := range names {
		if strings.HasSuffix(name, ending) {
			return i
		}
	}
	return -1
}
